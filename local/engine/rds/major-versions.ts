import type {
  DBMajorEngineVersion,
  DescribeDBMajorEngineVersionsRequest,
  DescribeDBMajorEngineVersionsResponse,
} from '@aws-sdk/client-rds';
import { DAY, type Instant } from '../../../shared/domain/time';
import { invalidValue } from './identifiers';
import { listed } from './listing';
import type { RdsRegion } from './region';

/**
 * When RDS took a major version of PostgreSQL up, and when standard and extended support end (RDS for PostgreSQL release
 * calendar). RDS may move them; the newest ends are those of the community.
 */
const CALENDAR: readonly (readonly [major: string, since: string, standard: string, extended: string])[] = [
  ['11', '2019-03-13', '2024-02-29', '2027-03-31'],
  ['12', '2020-03-31', '2025-02-28', '2028-02-29'],
  ['13', '2021-02-24', '2026-02-28', '2029-02-28'],
  ['14', '2022-02-03', '2027-02-28', '2030-02-28'],
  ['15', '2023-02-27', '2028-02-29', '2031-02-28'],
  ['16', '2023-10-17', '2029-02-28', '2032-02-29'],
  ['17', '2024-11-21', '2030-02-28', '2033-02-28'],
  ['18', '2025-11-14', '2031-02-28', '2034-02-28'],
];

/** Engines whose calendar is not kept here have no versions; what is no engine of RDS is refused. */
const ENGINES =
  /^(postgres|mysql|mariadb|aurora-(postgresql|mysql)|oracle-.+|sqlserver-.+|db2-.+|custom-.+)$/;

export function describeDBMajorEngineVersions(
  _region: RdsRegion,
  input: DescribeDBMajorEngineVersionsRequest,
): DescribeDBMajorEngineVersionsResponse {
  const { Engine: engine, MajorEngineVersion: major } = input;
  if (engine !== undefined && !ENGINES.test(engine))
    throw invalidValue(`Unrecognized engine name: ${engine}`);
  const known = engine === undefined || engine === 'postgres' ? CALENDAR : [];
  const entries = known
    .filter(([version]) => major === undefined || version === major)
    .map((line) => [line[0], describe(line)] as const);
  const { items, marker } = listed(entries, input);
  return { DBMajorEngineVersions: items, ...(marker !== undefined && { Marker: marker }) };
}

function describe([major, since, standard, extended]: (typeof CALENDAR)[number]): DBMajorEngineVersion {
  const ends = day(standard);
  return {
    Engine: 'postgres',
    MajorEngineVersion: major,
    SupportedEngineLifecycles: [
      {
        LifecycleSupportName: 'open-source-rds-standard-support',
        LifecycleSupportStartDate: new Date(day(since)),
        LifecycleSupportEndDate: new Date(ends),
      },
      {
        LifecycleSupportName: 'open-source-rds-extended-support',
        LifecycleSupportStartDate: new Date(ends + DAY),
        LifecycleSupportEndDate: new Date(day(extended)),
      },
    ],
  };
}

function day(text: string): Instant {
  return Date.parse(`${text}T00:00:00Z`);
}

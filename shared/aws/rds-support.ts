import {
  type DBMajorEngineVersion,
  DescribeCertificatesCommand,
  DescribeDBMajorEngineVersionsCommand,
  type LifecycleSupportName,
} from '@aws-sdk/client-rds';
import type { EngineSupport } from '../domain/controls/seen';
import type { Instant } from '../domain/time';
import type { Support } from '../ports/details';
import type { Clients } from './clients';
import { calling } from './errors';
import { everyPage, PAGE } from './paging';

export class RdsSupport implements Support {
  constructor(private readonly clients: Clients) {}

  async engines(region: string): Promise<ReadonlyMap<string, EngineSupport>> {
    return calling(`ask until when PostgreSQL is supported in ${region}`, async () => {
      const versions = await everyPage(async (Marker) => {
        const page = await this.clients
          .rds(region)
          .send(new DescribeDBMajorEngineVersionsCommand({ Engine: 'postgres', MaxRecords: PAGE, Marker }));
        return { items: page.DBMajorEngineVersions, marker: page.Marker };
      });
      return new Map(versions.flatMap((version) => supportOf(version)));
    });
  }

  async authorities(region: string): Promise<ReadonlyMap<string, Instant>> {
    return calling(`list certificate authorities in ${region}`, async () => {
      const certificates = await everyPage(async (Marker) => {
        const page = await this.clients
          .rds(region)
          .send(new DescribeCertificatesCommand({ MaxRecords: PAGE, Marker }));
        return { items: page.Certificates, marker: page.Marker };
      });
      return new Map(
        certificates.flatMap(({ CertificateIdentifier: id, ValidTill }) =>
          id === undefined || ValidTill === undefined ? [] : [[id, ValidTill.getTime()] as const],
        ),
      );
    });
  }
}

/** A version that RDS gives no date for is left out: it is not known, rather than supported for ever. */
function supportOf({
  MajorEngineVersion: major,
  SupportedEngineLifecycles = [],
}: DBMajorEngineVersion): [string, EngineSupport][] {
  const end = (name: LifecycleSupportName) =>
    SupportedEngineLifecycles.find(
      ({ LifecycleSupportName }) => LifecycleSupportName === name,
    )?.LifecycleSupportEndDate?.getTime();
  const standard = end('open-source-rds-standard-support');
  if (major === undefined || standard === undefined) return [];
  return [[major, { standard, extended: end('open-source-rds-extended-support') ?? null }]];
}

import type { Part } from '../../domain/controls/part';
import { evidenceSeries } from '../../domain/evidence';
import type { InspectionRecord } from '../../domain/inspection/record';
import { Refusal } from '../../domain/refusal';
import {
  EVERY_TEST,
  foundRecord,
  type TestId,
  type TestRecord,
  type TestVerdict,
  testKey,
  testOfKey,
  testRecord,
} from '../../domain/restore-test';
import { type Duration, type Instant, MINUTE } from '../../domain/time';
import type { Evidence } from '../../ports/evidence';
import type { Looks } from '../observe';
import { Failed, looked, severalAtOnce } from './observe-part';

/** Where inspect-database keeps its records of live databases. */
const INSPECTIONS = 'inspections';

/** With less than this left nothing more is read. */
const RESERVE: Duration = MINUTE;

export interface Reading {
  readonly evidence: Evidence;
  readonly home: string;
  readonly now: Instant;
  readonly timeLeft: () => Duration;
}

type Test = TestId & { readonly verdict: TestVerdict };

/**
 * Of each region the newest restore test, and all back to the newest that passed: one call per 1,000 tests there ever
 * were, and one for each that is read. The keys tell the verdicts, so that none is read in vain.
 */
export async function restoreTestsOf(
  databases: readonly string[],
  { evidence, home, now, timeLeft }: Reading,
  looks: Looks,
): Promise<Map<string, Part<readonly TestRecord[]>>> {
  if (databases.length === 0) return new Map();
  const listed = await looked(looks, home, 'tests-unseen', () => evidence.list(EVERY_TEST));
  if ('unseen' in listed) return new Map(databases.map((id) => [id, listed]));
  const tests = newestPasses(listed.seen, now);
  const failed = new Failed();
  const parts = await severalAtOnce(databases, (id) =>
    failed.part(async () => {
      const records: TestRecord[] = [];
      for (const test of tests.get(id) ?? []) {
        const key = testKey(test, test.verdict);
        records.push(readable(testRecord(await readIn(evidence, key, timeLeft)), key));
      }
      return records;
    }),
  );
  failed.tell(looks, home, 'tests-unseen');
  return new Map(databases.map((id, at) => [id, parts[at] as Part<readonly TestRecord[]>]));
}

/** By database. One that was asked for with a time to come says nothing of the time till then. */
function newestPasses(keys: readonly string[], now: Instant): Map<string, Test[]> {
  const passed = new Set<string>();
  const wanted = new Map<string, Test[]>();
  const all = keys.flatMap((key) => testOfKey(key) ?? []).filter(({ requested }) => requested <= now);
  for (const test of all.sort((a, b) => b.requested - a.requested)) {
    const series = `${test.database} ${test.region}`;
    if (passed.has(series)) continue;
    if (test.verdict === 'passed') passed.add(series);
    const own = wanted.get(test.database);
    if (own === undefined) wanted.set(test.database, [test]);
    else own.push(test);
  }
  return wanted;
}

/**
 * The newest look at each live database: two calls each, more where it was not looked into for a day. The counts of rows
 * are left behind, which no control judges by: of 10,000 tenants they are 2 MiB, and of 1,000 databases more than a
 * Lambda holds.
 */
export async function inspectionsOf(
  databases: readonly string[],
  { evidence, home, now, timeLeft }: Reading,
  looks: Looks,
): Promise<Map<string, Part<InspectionRecord | null>>> {
  const failed = new Failed();
  const parts = await severalAtOnce(databases, (id) =>
    failed.part(async (): Promise<InspectionRecord | null> => {
      const key = await evidence.newest(evidenceSeries(INSPECTIONS, id, home), now);
      if (key === null) return null;
      return { ...readable(foundRecord(await readIn(evidence, key, timeLeft)), key), rows: {} };
    }),
  );
  failed.tell(looks, home, 'inspections-unseen');
  return new Map(databases.map((id, at) => [id, parts[at] as Part<InspectionRecord | null>]));
}

async function readIn(evidence: Evidence, key: string, timeLeft: () => Duration): Promise<unknown> {
  if (timeLeft() < RESERVE) throw new Refusal('busy', `read ${key}: no time was left for it`);
  return evidence.read(key);
}

function readable<T>(record: T | null, key: string): T {
  if (record !== null) return record;
  throw new Refusal(
    'invalid',
    `read ${key}: it is no record of a schema that is known here`,
    'look for who else writes into this bucket, or for a newer release that did',
  );
}

import { evidenceTime } from '../../shared/domain/evidence';
import type { InspectionRecord } from '../../shared/domain/inspection/record';
import {
  EVERY_TEST,
  foundKey,
  foundRecord,
  type TestId,
  type TestRecord,
  testOfKey,
  testPrefix,
  testRecord,
  testSeries,
  type UnableRecord,
  unableKey,
  unablePrefix,
} from '../../shared/domain/restore-test';
import { formatInstant, type Instant } from '../../shared/domain/time';
import type { Evidence } from '../../shared/ports/evidence';
import type { Kept } from './phase';
import type { LastTest } from './start';

/** What is kept about a test: three calls. */
export async function keptOf(evidence: Evidence, test: TestId): Promise<Kept> {
  const [verdict] = await evidence.list(testPrefix(test), { most: 1 });
  const [found] = await evidence.list(foundKey(test), { most: 1 });
  const unable = await evidence.list(unablePrefix(test));
  return {
    verdict: verdict !== undefined,
    found: found !== undefined,
    unable: unable.map((key) => key.slice(unablePrefix(test).length).replace(/\.json$/, '')),
  };
}

/** What inspect-database found; null for what is no record that we can read. */
export async function foundIn(evidence: Evidence, test: TestId): Promise<InspectionRecord | null> {
  return foundRecord(await evidence.read(foundKey(test)));
}

/** Why a test could not go on, as it was kept: `unreachable: connect ETIMEDOUT`. */
export async function obstaclesOf(evidence: Evidence, test: TestId): Promise<string[]> {
  const keys = await evidence.list(unablePrefix(test));
  const records = await Promise.all(keys.map((key) => evidence.read(key)));
  return records.flatMap((record) => {
    const { kind, why } = (record ?? {}) as Partial<UnableRecord>;
    return kind === undefined || why === undefined ? [] : [`${kind}: ${why}`];
  });
}

/** Keeps why a test could not go on, the first time that it could not for this kind of reason. */
export async function keepUnable(
  evidence: Evidence,
  test: TestId,
  kind: string,
  why: string,
  now: Instant,
): Promise<void> {
  const key = unableKey(test, kind);
  if ((await evidence.list(key, { most: 1 })).length > 0) return;
  const record: UnableRecord = { schema: 'holdfast.inspection-unable/1', at: formatInstant(now), kind, why };
  await evidence.keep(key, record);
}

/**
 * The newest test of each database, by the keys of all there ever were: one call per 1,000. One that was asked for with a
 * time to come says nothing of the time till then.
 */
export async function lastTests(evidence: Evidence, now: Instant): Promise<Map<string, LastTest>> {
  const newest = new Map<string, LastTest>();
  for (const key of await evidence.list(EVERY_TEST)) {
    const test = testOfKey(key);
    if (test === null || test.requested > now) continue;
    const known = newest.get(test.database);
    if (known === undefined || known.requested < test.requested) newest.set(test.database, test);
  }
  return newest;
}

/** The tests of a database in one region before this one, the newest `most` of them. */
export async function earlierTests(
  evidence: Evidence,
  { database, region, requested }: TestId,
  most: number,
): Promise<TestRecord[]> {
  const keys = await evidence.list(testSeries(database, region));
  const before = keys.filter((key) => (evidenceTime(key) ?? requested) < requested).slice(-most);
  const records = await Promise.all(before.map((key) => evidence.read(key)));
  return records.map(testRecord).filter((record) => record !== null);
}

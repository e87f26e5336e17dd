import { evidenceTime } from '../../shared/domain/evidence';
import {
  foundKey,
  type TestId,
  type TestRecord,
  testKey,
  testRecord,
  testSeries,
  type UnableRecord,
  unablePrefix,
} from '../../shared/domain/restore-test';
import type { Instant } from '../../shared/domain/time';
import type { Evidence } from '../../shared/ports/evidence';
import type { Kept } from './phase';
import type { LastTest } from './start';

/** What is kept about a test: three calls. */
export async function keptOf(evidence: Evidence, test: TestId): Promise<Kept> {
  const [verdict] = await evidence.list(testKey(test), { most: 1 });
  const [found] = await evidence.list(foundKey(test), { most: 1 });
  const unable = await evidence.list(unablePrefix(test));
  return {
    verdict: verdict !== undefined,
    found: found !== undefined,
    unable: unable.map((key) => key.slice(unablePrefix(test).length).replace(/\.json$/, '')),
  };
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

/** The newest test of a database in any of the regions: two or three calls for each. */
export async function lastTest(
  evidence: Evidence,
  database: string,
  regions: readonly string[],
  now: Instant,
): Promise<LastTest | null> {
  const keys: string[] = [];
  for (const region of regions) {
    const key = await evidence.newest(testSeries(database, region), now);
    if (key !== null) keys.push(key);
  }
  const [newest] = keys.sort((a, b) => (evidenceTime(b) ?? 0) - (evidenceTime(a) ?? 0));
  const requested = newest === undefined ? null : evidenceTime(newest);
  if (newest === undefined || requested === null) return null;
  const record = testRecord(await evidence.read(newest));
  return record === null ? null : { requested, verdict: record.verdict };
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

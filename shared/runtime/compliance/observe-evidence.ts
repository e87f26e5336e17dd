import type { Part } from '../../domain/controls/part';
import type { InspectionSeen } from '../../domain/controls/seen';
import { evidenceSeries } from '../../domain/evidence';
import { INSPECTIONS } from '../../domain/inspection/record';
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

/** With less than this left nothing more is read. */
const RESERVE: Duration = MINUTE;

export interface Reading {
  readonly evidence: Evidence;
  readonly home: string;
  readonly now: Instant;
  readonly timeLeft: () => Duration;
}

type Test = TestId & { readonly verdict: TestVerdict };

/** A quarter of weekly tests shows where restores are heading; of a fleet fewer each, since every one is a call. */
const HISTORY = 13;
const MOST_READ = 4_000;

/**
 * Of each region the newest restore test, and all back to the newest that passed: one call per 1,000 tests there ever
 * were, and one for each that is read. The keys tell the verdicts, so that none is read in vain. Older ones are read for
 * their times alone: 13 of each region, 4,000 in all.
 */
export async function restoreTestsOf(
  databases: readonly string[],
  { evidence, home, now, timeLeft }: Reading,
  looks: Looks,
): Promise<Map<string, Part<readonly TestRecord[]>>> {
  if (databases.length === 0) return new Map();
  const listed = await looked(looks, home, 'tests-unseen', () => evidence.list(EVERY_TEST));
  if ('unseen' in listed) return new Map(databases.map((id) => [id, listed]));
  const tests = wantedTests(listed.seen, databases, now);
  const failed = new Failed();
  const parts = await severalAtOnce(databases, (id) =>
    failed.part(async () => {
      const records: TestRecord[] = [];
      for (const test of tests.get(id) ?? []) {
        const key = testKey(test, test.verdict);
        const record = readable(testRecord(await readIn(evidence, key, timeLeft)), key);
        records.push(test.old ? { ...record, checks: [] } : record);
      }
      return records;
    }),
  );
  failed.tell(looks, home, 'tests-unseen');
  return new Map(databases.map((id, at) => [id, parts[at] as Part<readonly TestRecord[]>]));
}

interface Wanted extends Test {
  /** Older than one that passed: no verdict rests on it any more. */
  readonly old: boolean;
}

/** By database. One that was asked for with a time to come says nothing of the time till then. */
function wantedTests(
  keys: readonly string[],
  databases: readonly string[],
  now: Instant,
): Map<string, Wanted[]> {
  const asked = new Set(databases);
  const series = new Map<string, Test[]>();
  for (const key of keys) {
    const test = testOfKey(key);
    if (test === null || test.requested > now || !asked.has(test.database)) continue;
    const name = `${test.database} ${test.region}`;
    const known = series.get(name);
    if (known === undefined) series.set(name, [test]);
    else known.push(test);
  }
  const each = Math.min(HISTORY, Math.floor(MOST_READ / series.size));
  const wanted = new Map<string, Wanted[]>();
  for (const tests of series.values()) {
    tests.sort((a, b) => b.requested - a.requested);
    const passed = tests.findIndex(({ verdict }) => verdict === 'passed');
    const needed = passed < 0 ? tests.length : passed + 1;
    for (const [at, test] of tests.slice(0, Math.max(needed, each)).entries()) {
      const own = wanted.get(test.database) ?? [];
      wanted.set(test.database, own);
      own.push({ ...test, old: at >= needed });
    }
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
): Promise<Map<string, Part<InspectionSeen | null>>> {
  const failed = new Failed();
  const parts = await severalAtOnce(databases, (id) =>
    failed.part(async (): Promise<InspectionSeen | null> => {
      const key = await evidence.newest(evidenceSeries(INSPECTIONS, id, home), now);
      if (key === null) return null;
      return {
        ...readable(foundRecord(await readIn(evidence, key, timeLeft)), key),
        rows: {},
        evidence: key,
      };
    }),
  );
  failed.tell(looks, home, 'inspections-unseen');
  return new Map(databases.map((id, at) => [id, parts[at] as Part<InspectionSeen | null>]));
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

import type { RestoreTestRules } from '../policy';
import type { RestoreTimes, TestRecord } from '../restore-test';
import { DAY, type Duration, type Instant, parseInstant } from '../time';
import { invoke } from './command';
import { type Part, partOf } from './part';
import type { Seen } from './seen';

/** A restore test, with the moment that it was asked for. */
export interface Test {
  readonly record: TestRecord;
  readonly requested: Instant;
}

/** A database's restore tests, newest first. A record whose time cannot be read is nobody's evidence. */
export function testsOf(seen: Seen, database: string): Part<readonly Test[]> {
  const part = partOf(seen.restoreTests, database, 'the record of restore tests');
  if ('unseen' in part) return part;
  const tests = part.seen.flatMap((record) => {
    const requested = parseInstant(record.requested);
    return requested === null ? [] : [{ record, requested }];
  });
  return {
    seen: tests.sort((a, b) => b.requested - a.requested || (a.record.region < b.record.region ? -1 : 1)),
  };
}

/** Where every test stands, and what would be begun now. */
export function testsStanding(seen: Seen): string {
  return invoke(seen, 'test-restore', { dryRun: true });
}

/** Beyond one period: a test may last until it is given up, and one that came to nothing is repeated a day later. */
export function graceOf({ giveUpAfter }: RestoreTestRules): Duration {
  return DAY + giveUpAfter;
}

/** How long it may take until each place has had its turn: the newest backup of each, and an older one from anywhere. */
export function roundOf(rules: RestoreTestRules): Duration {
  return (rules.places.length + 1) * rules.every + graceOf(rules);
}

/** Until when a place may still be waiting for so many tests; null where no test at all was made. */
export function turnBy(tests: readonly Test[], rules: RestoreTestRules | null, turns = 1): Instant | null {
  const first = tests.at(-1);
  return first === undefined || rules === null ? null : first.requested + turns * roundOf(rules);
}

/** The newest test in a region whose restored database was looked into: only such a one has times. */
export function newestWithTimes(
  tests: readonly Test[],
  region: string,
): (Test & { readonly times: RestoreTimes }) | null {
  for (const test of tests) {
    const { times } = test.record;
    if (test.record.region === region && times !== null) return { ...test, times };
  }
  return null;
}

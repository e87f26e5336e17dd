import { few } from '../inspection/check';
import type { Snapshot } from '../snapshot';
import { DAY, type Duration, formatDuration } from '../time';
import { aws } from './command';
import { count } from './figures';
import { type Finding, failed, passed, unknown } from './finding';
import type { Seen } from './seen';

/**
 * Asking takes one call for each snapshot, and every call counts against the whole account: a fleet's are asked about
 * in the course of a week. What was told longer ago counts as not asked.
 */
const GOOD_FOR: Duration = 7 * DAY;

/**
 * With whom the snapshots of one database in one region are shared, against whom they may be.
 *
 * @param wrong of the accounts that one is shared with, those that it must not be shared with
 */
export function judgeSharing(
  snapshots: readonly Snapshot[],
  { now, sharing }: Seen,
  wrong: (accounts: readonly string[]) => readonly string[],
  fine: string,
  cost: string,
): Finding {
  // RDS's own cannot be shared; AWS Backup shares its own by its vaults.
  const manual = snapshots.filter(({ kind }) => kind === 'manual').sort((a, b) => (a.id < b.id ? -1 : 1));
  const bad: { readonly snapshot: Snapshot; readonly accounts: readonly string[] }[] = [];
  const unasked: Snapshot[] = [];
  let oldest: Duration = 0;
  for (const snapshot of manual) {
    const answer = sharing.get(snapshot.arn);
    const accounts = answer === undefined ? [] : wrong(answer.with);
    // An old answer does not clear a snapshot, and it is not forgotten either.
    if (accounts.length > 0) bad.push({ snapshot, accounts });
    else if (answer === undefined || now - answer.asked > GOOD_FOR) unasked.push(snapshot);
    else oldest = Math.max(oldest, now - answer.asked);
  }
  const [first] = bad;
  const all = count(manual.length, 'snapshot');
  if (first !== undefined) {
    const named = bad.map(({ snapshot, accounts }) => `${snapshot.id} with ${few(accounts)}`);
    return failed(`${bad.length} of ${all}: ${few(named)}`, {
      cost,
      command: aws(
        ...['rds', 'modify-db-snapshot-attribute', '--region', first.snapshot.region],
        ...['--db-snapshot-identifier', first.snapshot.id, '--attribute-name', 'restore'],
        ...['--values-to-remove', ...first.accounts],
      ),
      measure: { value: bad.length, unit: 'snapshots' },
    });
  }
  const [next] = unasked;
  if (next !== undefined)
    return unknown(
      `RDS was not asked about ${unasked.length} of ${all} in the last ${formatDuration(GOOD_FOR)}`,
      aws(
        ...['rds', 'describe-db-snapshot-attributes', '--region', next.region],
        ...['--db-snapshot-identifier', next.id],
      ),
    );
  return passed(
    manual.length === 0 ? 'no snapshot there that could be shared' : `${all}, ${fine}${since(oldest)}`,
  );
}

/** What was shared since the oldest answer, the next question finds out. */
function since(oldest: Duration): string {
  return oldest <= DAY ? '' : `; the oldest answer is ${count(Math.ceil(oldest / DAY), 'day')} old`;
}

import { few } from '../inspection/check';
import { protectionOfSnapshots } from '../selection';
import { newestGood, type Snapshot } from '../snapshot';
import { aws } from './command';
import type { Subject } from './control';
import { count } from './figures';
import { type Finding, failed, passed } from './finding';
import type { Seen } from './seen';

/** Of the snapshots of one database in one region. */
export function judgeEncryption(snapshots: readonly Snapshot[], seen: Seen, of: Subject): Finding {
  const bare = snapshots.filter(({ encrypted }) => !encrypted).sort((a, b) => (a.id < b.id ? -1 : 1));
  const [first] = bare;
  const all = count(snapshots.length, 'snapshot');
  if (first === undefined)
    return snapshots.length === 0
      ? { ...passed('no snapshot there'), nothingThere: true }
      : passed(`${all}, all encrypted`);
  return failed(`${bare.length} of ${all} not encrypted: ${few(bare.map(({ id }) => id))}`, {
    cost: 'whoever gets hold of one reads the whole database',
    command: aws(
      ...['rds', 'copy-db-snapshot', '--region', first.region],
      ...['--source-db-snapshot-identifier', first.id],
      // RDS's own and AWS Backup's begin with a word and a colon, which no target may have.
      ...['--target-db-snapshot-identifier', `${first.id.replace(/^[a-z]+:/, '')}-encrypted`],
      ...['--kms-key-id', keyFor(snapshots, seen, of)],
    ),
    measure: { value: bare.length, unit: 'snapshots' },
  });
}

/** What the policy names for copies there; else what its siblings are under; else `KEY`, for a person to fill in. */
function keyFor(snapshots: readonly Snapshot[], { policy, databases }: Seen, of: Subject): string {
  const live =
    'seen' in databases ? databases.seen.find(({ database }) => database.id === of.database) : null;
  const protection = protectionOfSnapshots(policy, of.database, live?.database, snapshots);
  const named = protection?.copies.find(({ region }) => region === of.region)?.key;
  return named ?? newestGood(snapshots.filter(({ key }) => key !== null))?.key ?? 'KEY';
}

import { few } from '../inspection/check';
import type { Snapshot } from '../snapshot';
import { aws } from './command';
import { count } from './figures';
import { type Finding, failed, passed } from './finding';

/** Of the snapshots of one database in one region. */
export function judgeEncryption(snapshots: readonly Snapshot[]): Finding {
  const bare = snapshots.filter(({ encrypted }) => !encrypted).sort((a, b) => (a.id < b.id ? -1 : 1));
  const [first] = bare;
  const all = count(snapshots.length, 'snapshot');
  if (first === undefined)
    return passed(snapshots.length === 0 ? 'no snapshot there' : `${all}, all encrypted`);
  return failed(`${bare.length} of ${all} not encrypted: ${few(bare.map(({ id }) => id))}`, {
    cost: 'whoever gets hold of one reads the whole database',
    command: aws(
      ...['rds', 'copy-db-snapshot', '--region', first.region],
      ...['--source-db-snapshot-identifier', first.id],
      // RDS's own and AWS Backup's begin with a word and a colon, which no target may have.
      ...['--target-db-snapshot-identifier', `${first.id.replace(/^[a-z]+:/, '')}-encrypted`],
      ...['--kms-key-id', 'alias/holdfast'],
    ),
    measure: { value: bare.length, unit: 'snapshots' },
  });
}

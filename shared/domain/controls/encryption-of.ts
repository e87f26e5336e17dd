import type { Database } from '../database';
import { few } from '../inspection/check';
import { protectionOfSnapshots } from '../selection';
import { newestGood, type Snapshot } from '../snapshot';
import { isOurs } from '../tags';
import { aws, invoke } from './command';
import type { Subject } from './control';
import { count } from './figures';
import { type Finding, failed, passed } from './finding';
import type { Seen } from './seen';

/**
 * As the controls have it for all databases. Not RDS's own copy command: what it makes carries no tag of ours, and nobody
 * prunes it.
 */
export const REKEY =
  'aws lambda invoke --function-name DEPLOYMENT-copy-snapshot --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE","rekey":{"to":"alias/KEY"}}\' /dev/stdout';

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
    command: righting(first, snapshots, seen, of),
    measure: { value: bare.length, unit: 'snapshots' },
  });
}

/**
 * The first step. Where our newest recovery point there is under a key, nothing has to be copied: what is not encrypted is
 * older, or somebody else's, and can go. Which, only a person can say.
 */
function righting(first: Snapshot, snapshots: readonly Snapshot[], seen: Seen, of: Subject): string {
  const { policy } = seen;
  const live = liveOf(seen, of.database);
  const newest = newestGood(
    snapshots.filter(({ kind, tags }) => kind === 'manual' && isOurs(tags, policy.name)),
  );
  if (newest?.encrypted)
    return aws(
      ...['rds', 'describe-db-snapshots', '--region', first.region],
      ...['--db-snapshot-identifier', first.id],
    );
  if (newest === null && live !== undefined && of.region === policy.home) return snapshotFirst(seen, live);
  return rekey(seen, of, live, snapshots);
}

/** Brings the newest recovery points of a database under a key; tagged as ours, they are pruned when their time is over. */
export function rekey(
  seen: Seen,
  { database, region }: Subject,
  live: Database | undefined,
  snapshots: readonly Snapshot[],
): string {
  const to = keyFor(seen, database, region, live, snapshots);
  return invoke(seen, 'copy-snapshot', { database, rekey: { to } });
}

/** What is to be brought under a key has to be there. */
export function snapshotFirst(seen: Seen, { id }: Pick<Database, 'id'>): string {
  return invoke(seen, 'create-snapshot', { database: id, reason: 'to be encrypted' });
}

/**
 * What the policy names for copies there, or else anywhere: an alias is looked up in each region. Else what its siblings
 * are under; else one for a person to fill in.
 */
function keyFor(
  { policy }: Seen,
  database: string,
  region: string,
  live: Database | undefined,
  snapshots: readonly Snapshot[],
): string {
  const copies = protectionOfSnapshots(policy, database, live, snapshots)?.copies ?? [];
  const there = copies.find((copy) => copy.region === region)?.key;
  const alias = copies.map(({ key }) => key).find((key) => key?.startsWith('alias/'));
  return there ?? alias ?? newestGood(snapshots.filter(({ key }) => key !== null))?.key ?? 'alias/KEY';
}

function liveOf({ databases }: Seen, id: string): Database | undefined {
  return 'seen' in databases
    ? databases.seen.find(({ database }) => database.id === id)?.database
    : undefined;
}

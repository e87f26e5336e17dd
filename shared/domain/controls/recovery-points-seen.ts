import type { Database } from '../database';
import { savingCommand } from '../key-danger';
import { newestFirst, newestGood, type Snapshot } from '../snapshot';
import type { Instant } from '../time';
import { aws } from './command';
import { outOfUse } from './keys-judged';
import type { Part } from './part';
import type { DatabaseSeen, Seen } from './seen';
import { keySeen, ownSnapshots, restorable } from './snapshots-seen';

/** How far point-in-time recovery reaches. */
export interface Pitr {
  /** Null where it is off, or cannot be used. */
  readonly at: Instant | null;
  /** Why it cannot be used, and the command that mends it: automated backups are under the instance's own key. */
  readonly lost: { readonly why: string; readonly command: string } | null;
  /** What nobody could see of it. */
  readonly doubt: string | null;
}

export function pitrOf({ latestRestorable: at, key, region }: Database, seen: Seen): Pitr {
  if (at === null || key === null) return { at, lost: null, doubt: null };
  const found = keySeen(region, key, seen);
  // As of snapshots: that a key was not seen takes nothing away, and key-in-danger tells of it.
  if (found === undefined) return { at, lost: null, doubt: 'whether its key can be used was not seen' };
  const look = aws('kms', 'describe-key', '--region', region, '--key-id', key);
  if (found === null)
    return { at: null, lost: { why: 'KMS knows no key of its name', command: look }, doubt: null };
  const { state } = found.key;
  if (state === 'enabled') return { at, lost: null, doubt: null };
  const lost = { why: `its key is ${outOfUse(state)}`, command: savingCommand(found.key) };
  return { at: null, lost, doubt: null };
}

/** The newest moment that a database can be restored to at home. */
export interface AtHome {
  /** Null where there is none. */
  readonly at: Instant | null;
  readonly by: 'PITR' | 'snapshot' | null;
  /** Why its snapshots could not be seen: what is told is of PITR alone, then. */
  readonly unseen: string | null;
  readonly pitr: Pitr;
}

/** PITR or a snapshot, whichever is newer; of both what can be restored. */
export function newestAtHome({ database }: Pick<DatabaseSeen, 'database'>, seen: Seen): AtHome {
  const pitr = pitrOf(database, seen);
  const byPitr = pitr.at === null ? null : 'PITR';
  const part = ownSnapshots(seen, seen.policy.home, database);
  if ('unseen' in part) return { at: pitr.at, by: byPitr, unseen: part.unseen, pitr };
  const snapshot = newestGood(restorable(part.seen, seen).good)?.recoveryPoint ?? null;
  if (pitr.at !== null && (snapshot === null || pitr.at >= snapshot))
    return { at: pitr.at, by: byPitr, unseen: null, pitr };
  return { at: snapshot, by: snapshot === null ? null : 'snapshot', unseen: null, pitr };
}

/** The newest copy in a region that can be restored; null where there is none. */
export function newestCopy(database: Database, region: string, seen: Seen): Part<Instant | null> {
  const part = ownSnapshots(seen, region, database);
  if ('unseen' in part) return part;
  return { seen: newestGood(restorable(part.seen, seen).good)?.recoveryPoint ?? null };
}

/** The newest of our snapshots and copies that can be restored, in whichever region; at home where it is there, too. */
export function newestAnywhere(database: Pick<Database, 'id' | 'resource'>, seen: Seen): Snapshot | null {
  const all = [...seen.snapshots.keys()].flatMap((region) => {
    const part = ownSnapshots(seen, region, database);
    return 'seen' in part ? restorable(part.seen, seen).good : [];
  });
  // The name of a copy begins with that of its source, which therefore comes first.
  return [...all].sort(newestFirst)[0] ?? null;
}

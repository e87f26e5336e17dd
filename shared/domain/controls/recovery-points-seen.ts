import type { Database } from '../database';
import { newestGood } from '../snapshot';
import type { Instant } from '../time';
import type { Part } from './part';
import type { DatabaseSeen, Seen } from './seen';
import { ownSnapshots, restorable } from './snapshots-seen';

/** The newest moment that a database can be restored to at home. */
export interface AtHome {
  /** Null where there is none. */
  readonly at: Instant | null;
  readonly by: 'PITR' | 'snapshot' | null;
  /** Why its snapshots could not be seen: what is told is of PITR alone, then. */
  readonly unseen: string | null;
}

/** PITR or a snapshot, whichever is newer; of snapshots those that can be restored. */
export function newestAtHome({ database }: Pick<DatabaseSeen, 'database'>, seen: Seen): AtHome {
  const pitr = database.latestRestorable;
  const part = ownSnapshots(seen, seen.policy.home, database);
  if ('unseen' in part) return { at: pitr, by: pitr === null ? null : 'PITR', unseen: part.unseen };
  const snapshot = newestGood(restorable(part.seen, seen).good)?.recoveryPoint ?? null;
  if (pitr !== null && (snapshot === null || pitr >= snapshot)) return { at: pitr, by: 'PITR', unseen: null };
  return { at: snapshot, by: snapshot === null ? null : 'snapshot', unseen: null };
}

/** The newest copy in a region that can be restored; null where there is none. */
export function newestCopy(database: Database, region: string, seen: Seen): Part<Instant | null> {
  const part = ownSnapshots(seen, region, database);
  if ('unseen' in part) return part;
  return { seen: newestGood(restorable(part.seen, seen).good)?.recoveryPoint ?? null };
}

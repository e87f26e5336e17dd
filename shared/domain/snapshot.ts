import { isOurs, TAG, type Tags } from './tags';
import type { Instant } from './time';

/** Where a snapshot stands. Statuses that RDS may add count as `pending`: neither good to restore nor to delete. */
export type SnapshotState = 'available' | 'pending' | 'failed' | 'deleting';

/** Who made a snapshot: a person or a program, RDS by itself, or AWS Backup. */
export type SnapshotKind = 'manual' | 'automated' | 'awsbackup';

/** A DB snapshot, in one region. */
export interface Snapshot {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly kind: SnapshotKind;
  /** Identifier of the DB instance it was taken of, also after that instance is gone. */
  readonly database: string;
  /** DbiResourceId of that instance; empty where neither our tag nor RDS says. */
  readonly resource: string;
  readonly state: SnapshotState;
  /** RDS's own word, for messages. */
  readonly status: string;
  /** 0 to 100. */
  readonly progress: number;
  /** When it appeared in this region. On a copy this is the copy's own time: never a measure of age. */
  readonly created: Instant | null;
  /**
   * The newest transaction inside: `SnapshotDatabaseTime`, else `OriginalSnapshotCreateTime` (aws-facts: Snapshots
   * and copies). `null` while RDS has not said.
   */
  readonly recoveryPoint: Instant | null;
  readonly encrypted: boolean;
  readonly key: string | null;
  /** On a copy: the ARN of its source. */
  readonly copyOf: string | null;
  readonly optionGroup: string | null;
  /** `17.6`. */
  readonly engineVersion: string;
  readonly sizeGiB: number;
  readonly tags: Tags;
}

export function stateOf(status: string): SnapshotState {
  switch (status) {
    case 'available':
    case 'failed':
    case 'deleting':
      return status;
    default:
      return 'pending';
  }
}

/** What the rules of age and retention look at. */
export type RecoveryPoint = Pick<Snapshot, 'id' | 'state' | 'recoveryPoint'>;

/** Good to restore from, as far as RDS tells. */
export function isGood(snapshot: RecoveryPoint): boolean {
  return snapshot.state === 'available' && snapshot.recoveryPoint !== null;
}

export function isOnDemand(snapshot: Snapshot): boolean {
  return snapshot.tags[TAG.requested] !== undefined;
}

/**
 * Newest recovery point first; equal ones by identifier, so that every run sees the same order. A snapshot comes before
 * its re-keyed copy, whose name begins with its own: a copy for a while must not push out what is kept for long.
 */
export function newestFirst(a: RecoveryPoint, b: RecoveryPoint): number {
  const byAge = (b.recoveryPoint ?? Number.POSITIVE_INFINITY) - (a.recoveryPoint ?? Number.POSITIVE_INFINITY);
  return Number.isNaN(byAge) || byAge === 0 ? (a.id < b.id ? -1 : 1) : byAge;
}

/** The newest good one, or `null`. */
export function newestGood<S extends RecoveryPoint>(snapshots: readonly S[]): S | null {
  return snapshots.filter(isGood).sort(newestFirst)[0] ?? null;
}

/** Ours, by the source database that our tag names. */
export function oursByDatabase(snapshots: readonly Snapshot[], owner: string): Map<string, Snapshot[]> {
  const groups = new Map<string, Snapshot[]>();
  for (const snapshot of snapshots) {
    if (!isOurs(snapshot.tags, owner)) continue;
    const database = snapshot.tags[TAG.database] ?? snapshot.database;
    const group = groups.get(database);
    if (group === undefined) groups.set(database, [snapshot]);
    else group.push(snapshot);
  }
  return groups;
}

/**
 * The snapshots of one database by the instance that they were taken of: deleted and made anew under its old name, an
 * instance is another one, and its slots must not push out what is left of the lost one.
 */
export function byInstance(snapshots: readonly Snapshot[]): Map<string, Snapshot[]> {
  const groups = new Map<string, Snapshot[]>();
  for (const snapshot of snapshots) {
    const group = groups.get(snapshot.resource);
    if (group === undefined) groups.set(snapshot.resource, [snapshot]);
    else group.push(snapshot);
  }
  return groups;
}

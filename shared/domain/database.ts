import type { Tags } from './tags';
import type { Instant } from './time';

/**
 * What a DB instance can do for us now. `lost-key` may recover within 7 days, unless RDS has given it up (`isGivenUp`);
 * `unusable` will not by itself.
 */
export type Condition = 'ready' | 'busy' | 'stopped' | 'starting' | 'lost-key' | 'unusable' | 'deleting';

/** A DB instance as the plans need it. */
export interface Database {
  /** DBInstanceIdentifier, unique in its region. */
  readonly id: string;
  readonly arn: string;
  /** DbiResourceId: never given twice, unlike the identifier. */
  readonly resource: string;
  readonly region: string;
  readonly engine: string;
  /** RDS's own word, for messages; `condition` is what the plans decide by. */
  readonly status: string;
  readonly condition: Condition;
  /** A member of an Aurora cluster is backed up by its cluster: RDS refuses an instance snapshot of it. */
  readonly inCluster: boolean;
  readonly encrypted: boolean;
  /** ARN of the KMS key that it is encrypted under; null where it is not. */
  readonly key: string | null;
  /** What it is a read replica of: an identifier of its region, or an ARN of another; null where it is none. */
  readonly replicaOf: string | null;
  /** Newest moment that PITR can restore to, where automated backups are on. */
  readonly latestRestorable: Instant | null;
  /** Where its server answers; null while RDS names no endpoint yet. */
  readonly endpoint: { readonly host: string; readonly port: number } | null;
  /** Whether roles may sign in with a token of IAM. */
  readonly iamLogin: boolean;
  /** DBInstanceClass and allocated storage. */
  readonly class: string;
  readonly sizeGiB: number;
  readonly deletionProtection: boolean;
  /** When it first stood; null while it is being created. */
  readonly created: Instant | null;
  readonly tags: Tags;
}

const GIVEN_UP = 'inaccessible-encryption-credentials';

const CONDITIONS: Readonly<Record<string, Condition>> = {
  available: 'ready',
  'storage-optimization': 'ready',
  stopped: 'stopped',
  stopping: 'stopped',
  starting: 'starting',
  creating: 'starting',
  deleting: 'deleting',
  failed: 'unusable',
  'restore-error': 'unusable',
  'storage-full': 'unusable',
  [GIVEN_UP]: 'lost-key',
  'inaccessible-encryption-credentials-recoverable': 'lost-key',
};

/**
 * RDS takes a snapshot only from `available` or `storage-optimization` (aws-facts: Snapshots and copies). A status
 * that is not in the list counts as busy: the slot is tried again at the next tick, and RDS has the last word.
 */
export function conditionOf(status: string): Condition {
  if (status.startsWith('incompatible-')) return 'unusable';
  return CONDITIONS[status] ?? 'busy';
}

/** It lost its key more than 7 days ago: RDS refuses to start it, and only a restore is left (aws-facts: KMS). */
export function isGivenUp({ status }: Pick<Database, 'status'>): boolean {
  return status === GIVEN_UP;
}

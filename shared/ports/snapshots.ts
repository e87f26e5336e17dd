import type { Quota } from '../domain/quota';
import type { Snapshot } from '../domain/snapshot';
import type { Tags } from '../domain/tags';

export interface NewSnapshot {
  readonly region: string;
  readonly database: string;
  readonly id: string;
  readonly tags: Tags;
}

export interface NewCopy {
  readonly source: Snapshot;
  readonly region: string;
  readonly id: string;
  /** A key of the destination region; null only where the source is not encrypted. */
  readonly key: string | null;
  readonly optionGroup: string | null;
  readonly tags: Tags;
}

/** Manual DB snapshots. Every method that acts throws a `Refusal` when AWS says no. */
export interface Snapshots {
  /** Every manual snapshot of the region, whoever made it: one call per 100. */
  list(region: string): Promise<Snapshot[]>;
  /** Every snapshot of the account in the region, RDS's own and AWS Backup's among them: two calls, and one per 100. */
  listEvery(region: string): Promise<Snapshot[]>;
  /** Those of the named ones that exist, read anew, in one call: the second look. */
  find(region: string, ids: readonly string[]): Promise<Snapshot[]>;
  create(wanted: NewSnapshot): Promise<Snapshot>;
  /** Begins a copy, in the destination region. */
  copy(wanted: NewCopy): Promise<Snapshot>;
  remove(snapshot: Snapshot): Promise<void>;
  /** `null` where the endpoint does not know the question (some emulators); one call. */
  quota(region: string): Promise<Quota | null>;
}

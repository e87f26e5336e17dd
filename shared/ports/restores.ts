import type { Database } from '../domain/database';
import type { TestPlace } from '../domain/policy';
import type { Quota } from '../domain/quota';
import type { Told } from '../domain/restore-test';
import type { Snapshot } from '../domain/snapshot';
import type { Tags } from '../domain/tags';
import type { Instant } from '../domain/time';

/** An instance to be restored: in the snapshot's region, in one zone, without backups of its own. */
export interface NewRestore {
  readonly snapshot: Snapshot;
  readonly id: string;
  readonly place: TestPlace;
  /** Null for the class of the source. */
  readonly class: string | null;
  readonly tags: Tags;
}

/** The parameter group of a place, as it is. */
export interface PlaceSeen {
  /** `postgres17`. */
  readonly family: string;
  /** `shared_preload_libraries`. */
  readonly preloaded: readonly string[];
}

/** Instances restored for a test. Every method throws a `Refusal` when AWS says no. */
export interface Restores {
  /**
   * What a place is made of. Refused as `gone` when the parameter group or the subnet group does not exist. Two calls, and
   * one per 100 parameters.
   */
  look(place: TestPlace): Promise<PlaceSeen>;
  /** DB instances of the region; `null` where the endpoint does not know the question. */
  quota(region: string): Promise<Quota | null>;
  /** Begins; the answer does not wait for the instance. */
  restore(wanted: NewRestore): Promise<void>;
  /** The instance of that name as it is now; `null` when there is none. */
  find(region: string, id: string): Promise<Database | null>;
  /** When RDS says that the instance first stood. RDS remembers events for 14 days; null when it says nothing. */
  stoodAt(instance: Database, since: Instant): Promise<Told | null>;
  /** Takes the deletion protection off. */
  unprotect(instance: Database): Promise<void>;
  /** Without a last snapshot, and with its automated backups. */
  remove(instance: Database): Promise<void>;
  /** Tags a snapshot, so that nobody prunes it. */
  hold(snapshot: Snapshot, tags: Tags): Promise<void>;
  /** Takes tags off a snapshot. */
  release(snapshot: Snapshot, tags: readonly string[]): Promise<void>;
}

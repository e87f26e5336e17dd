import type { EngineSupport, Maintenance, Quotas, Settings } from '../domain/controls/seen';
import type { Database } from '../domain/database';
import type { Snapshot } from '../domain/snapshot';
import type { Instant } from '../domain/time';

/** A DB instance with all that one listing tells of it. */
export interface DatabaseDetails {
  readonly database: Database;
  readonly settings: Settings;
  /** Null for an engine that has none. */
  readonly parameterGroup: string | null;
  /** Its read replicas, in whichever region. */
  readonly replicas: readonly { readonly id: string; readonly region: string }[];
}

/** How DB instances are set up. Every method throws a `Refusal` when RDS says no. */
export interface Details {
  /** Every DB instance of the region, whatever its engine and state: one call per 100. */
  list(region: string): Promise<DatabaseDetails[]>;
  /** Whether a parameter group forces TLS; null where it says nothing of it. One call. */
  tlsForced(region: string, parameterGroup: string): Promise<boolean | null>;
  /** What is pending, by the instance's ARN: one call per 100 instances that have something pending. */
  maintenance(region: string): Promise<ReadonlyMap<string, readonly Maintenance[]>>;
  /** One call for both; null where the endpoint does not know the question. */
  quotas(region: string): Promise<Quotas>;
}

export interface SnapshotSharing {
  /** Accounts that a manual snapshot is shared with, `all` for everybody; null where it is gone. One call. */
  sharedWith(snapshot: Snapshot): Promise<readonly string[] | null>;
}

/** Until when AWS stands by what databases run on. Refused as `unsupported` where the endpoint does not know. */
export interface Support {
  /** By major version of PostgreSQL: one call. */
  engines(region: string): Promise<ReadonlyMap<string, EngineSupport>>;
  /** The end of each certificate authority's validity, by its identifier: one call. */
  authorities(region: string): Promise<ReadonlyMap<string, Instant>>;
}

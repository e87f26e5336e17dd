import type { OwnCheck } from './inspection/own';
import type { Duration, Instant } from './time';

/** What an installation promises, parsed and checked; `shared/runtime/policy-file.ts` reads it from YAML. */
export interface Policy {
  /** The installation: the value of the ownership tag. */
  readonly name: string;
  readonly home: string;
  /** In file order. An identifier beats a tag; of two tags that match, the first listed wins. */
  readonly databases: readonly Selection[];
  readonly policies: Readonly<Record<string, Protection>>;
  /** Where the function that signs in to databases runs; null for outside of any VPC. */
  readonly network: Network | null;
  readonly compliance: ComplianceRules;
  readonly limits: Limits;
}

export interface ComplianceRules {
  readonly waivers: readonly Waiver[];
  /** Accounts that snapshots may be shared with. */
  readonly sharedWith: readonly string[];
  /** Whether findings go to Security Hub. */
  readonly securityHub: boolean;
  /** What a runbook's path is put behind to make an address of it; null where they are nowhere on a network. */
  readonly runbooks: string | null;
}

/** A finding that is accepted for a time. */
export interface Waiver {
  readonly control: string;
  /** Null for all of them. */
  readonly database: string | null;
  readonly region: string | null;
  readonly reason: string;
  /** The last moment that it holds for. */
  readonly until: Instant;
}

export interface Network {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

export interface Selection {
  readonly match:
    | { readonly identifiers: readonly string[] }
    | { readonly tags: Readonly<Record<string, string>> };
  readonly policy: string;
}

/** The promises that one group of databases shares. */
export interface Protection {
  readonly name: string;
  /** Who of the business agreed to the two objectives, and when (`2026-03-01`); null until someone has (REC-3). */
  readonly agreed: { readonly by: string | null; readonly on: string | null };
  /** RPO and RTO (REC-1, REC-2). */
  readonly recovery: { readonly point: Duration; readonly time: Duration };
  /** `takes`: how long RDS is expected to need for one snapshot. */
  readonly snapshots: { readonly every: Duration; readonly takes: Duration };
  readonly retention: Retention;
  /** How long an on-demand snapshot is kept where its caller does not say. */
  readonly onDemand: { readonly keep: Duration };
  readonly copies: readonly CopyTarget[];
  readonly pitr: { readonly retention: Duration; readonly window: string } | null;
  readonly keys: KeyRules;
  readonly restoreTest: RestoreTestRules | null;
  readonly failoverDrill: { readonly every: Duration; readonly window: string } | null;
  readonly tenants: {
    readonly table: string;
    readonly domains: string;
    /** Roles that are meant to reach several tenants' schemas, beside their owner (TEN-3). */
    readonly roles: readonly string[];
  } | null;
  readonly inspection: InspectionRules | null;
  readonly extensions: readonly string[];
}

/** SEC-2: what is promised of the keys that a database, its snapshots and their copies hang on. */
export interface KeyRules {
  /** Whole days, 90 to 2560. */
  readonly rotateEvery: Duration;
  /** Whether the guard itself brings a key back that is about to be deleted or disabled; else it only tells. */
  readonly rescue: boolean;
  /** Keys that may be changed beside those of `copies` and those with our tag: alias or id at home, or an ARN. */
  readonly also: readonly string[];
}

/** How a database is looked into, and what is expected there (DR-7). */
export interface InspectionRules {
  /** The PostgreSQL database, and the role that signs in by IAM (`rds_iam`) and only reads. */
  readonly database: string;
  readonly user: string;
  /** Columns that show when a row was changed: of these tables, in whichever schema has them. */
  readonly freshness: readonly { readonly table: string; readonly column: string }[];
  /** The longest that the business writes nothing, as over a night. */
  readonly quiet: Duration;
  /** The share of a table's rows that may be gone from one look to the next, 0 to 1. */
  readonly shrink: number;
  /** Tables, in whichever schema, that may shrink to nothing: queues, sessions. */
  readonly volatile: readonly string[];
  readonly checks: readonly OwnCheck[];
}

/** How backups are restored for a test, and where (DR-7). */
export interface RestoreTestRules {
  readonly every: Duration;
  /** A test that has come to no verdict after this time is given up. Longer than the promised recovery time. */
  readonly giveUpAfter: Duration;
  /** Class of the restored instance, as `db.t4g.medium`; null for that of the source. */
  readonly class: string | null;
  /** One for each region that backups are tested in. */
  readonly places: readonly TestPlace[];
}

/** Where a restored instance stands, apart from everything else. */
export interface TestPlace {
  readonly region: string;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string;
}

/** How many whole periods of each tier the newest recovery point is kept for. */
export interface Retention {
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

export type Tier = keyof Retention;

export interface CopyTarget {
  readonly region: string;
  /** Alias, id or ARN of a KMS key of that region; null only fits databases that are not encrypted. */
  readonly key: string | null;
  readonly optionGroup: string | null;
  /** The recovery point promised if the home region is lost. */
  readonly point: Duration;
  /** How long one copy is expected to take. */
  readonly takes: Duration;
  readonly retention: Retention;
}

/** AWS's limits, where the account's may have moved, and our own brakes. */
export interface Limits {
  /** Manual snapshots per region, for the arithmetic; a run asks AWS. */
  readonly manualSnapshots: number;
  /** Cross-region copies in flight per destination region: 20, 5 in older accounts. */
  readonly copiesInFlight: number;
  /** On-demand rotations that KMS grants one key for its whole life: 25, 10 in older accounts. */
  readonly onDemandRotations: number;
  /** The share of our snapshots in a region that one prune run may delete, 0 to 1. */
  readonly pruneShare: number;
  /** Restore tests at once, in all regions together. */
  readonly restoreTests: number;
  /** DB instances of a region's quota that restore tests leave to others. */
  readonly spareInstances: number;
}

import type { Database } from '../database';
import type { InspectionRecord } from '../inspection/record';
import type { KeysSeen } from '../key-use';
import type { Policy } from '../policy';
import type { Quota } from '../quota';
import type { TestRecord } from '../restore-test';
import type { Snapshot } from '../snapshot';
import type { Duration, Instant } from '../time';
import type { Part } from './part';

/** What one look at the world shows: everything that controls judge by, as data. Nothing in it changes. */
export interface Seen {
  readonly now: Instant;
  readonly policy: Policy;
  /** What the names of our functions and alarms begin with: `holdfast-prod`. */
  readonly deployment: string;
  /** The DB instances of the home region, whether a policy selects them or not. */
  readonly databases: Part<readonly DatabaseSeen[]>;
  /** Every snapshot of the account, RDS's own among them, by region: home and every copy region. */
  readonly snapshots: ReadonlyMap<string, Part<readonly Snapshot[]>>;
  /**
   * Whom manual snapshots are shared with, by ARN; one that is missing was not asked about. It takes one call for each
   * (DescribeDBSnapshotAttributes), so a run may bring along what earlier ones were told.
   */
  readonly sharing: ReadonlyMap<string, Sharing>;
  /** Accounts that snapshots may be shared with. */
  readonly allowedAccounts: readonly string[];
  readonly keys: Part<KeysSeen>;
  /** By region. */
  readonly quotas: ReadonlyMap<string, Part<Quotas>>;
  /** By database: of each region the newest, and all back to the newest that passed; may be more. In any order. */
  readonly restoreTests: ReadonlyMap<string, Part<readonly TestRecord[]>>;
  /** By database: the newest of the live one; null where it was never looked into. */
  readonly inspections: ReadonlyMap<string, Part<InspectionSeen | null>>;
  /** By database: the newest failover drill; null where there was none, and unseen where nothing records them. */
  readonly drills: ReadonlyMap<string, Part<Drill | null>>;
  readonly evidence: Part<EvidenceStore>;
  readonly alarms: Part<readonly Alarm[]>;
  /** When support ends, by major version of PostgreSQL, as AWS tells (DescribeDBMajorEngineVersions). */
  readonly engines: Part<ReadonlyMap<string, EngineSupport>>;
  /** Until when each certificate authority is valid, by its identifier, as AWS tells (DescribeCertificates). */
  readonly authorities: Part<ReadonlyMap<string, Instant>>;
}

/** A look into a live database, without its rows, and the key that the evidence store has it under. */
export interface InspectionSeen extends InspectionRecord {
  readonly evidence?: string;
}

/** A DB instance; what takes a call of its own may be missing apart from the rest. */
export interface DatabaseSeen {
  readonly database: Database;
  readonly settings: Part<Settings>;
  /** Its parameter group; null where RDS does not say. */
  readonly parameterGroup: string | null;
  /** Whether `rds.force_ssl` is 1 in it (DescribeDBParameters). */
  readonly tlsForced: Part<boolean>;
  /** Its read replicas, in whichever region. */
  readonly standbys: Part<readonly Standby[]>;
  /** DescribePendingMaintenanceActions. */
  readonly maintenance: Part<readonly Maintenance[]>;
}

/** Of DescribeDBInstances, beside what a `Database` has. */
export interface Settings {
  readonly multiAz: boolean;
  /** 0 where automated backups are off. */
  readonly backupRetentionDays: number;
  /** UTC: `00:00-01:00`. */
  readonly backupWindow: string;
  readonly performanceInsights: boolean;
  /** Null where RDS does not say. */
  readonly databaseInsights: 'standard' | 'advanced' | null;
  readonly copyTagsToSnapshot: boolean;
  readonly publiclyAccessible: boolean;
  /** `17.6`. */
  readonly engineVersion: string;
  /** CACertificateIdentifier: `rds-ca-rsa2048-g1`; null where RDS does not say. */
  readonly authority: string | null;
}

/** A read replica, and how far it is behind (CloudWatch's ReplicaLag). */
export interface Standby {
  readonly id: string;
  readonly region: string;
  readonly lag: Part<Duration>;
}

/** What AWS is about to do to an instance. */
export interface Maintenance {
  /** RDS's own word: `system-update`, `db-upgrade`, `ca-certificate-rotation`. */
  readonly action: string;
  /** When AWS does it whether anyone agreed or not; null where it leaves that to its owner. */
  readonly forced: Instant | null;
}

/** The answer to whom a snapshot is shared with. */
export interface Sharing {
  /** Account numbers, and `all` for everybody. */
  readonly with: readonly string[];
  /** When RDS was asked. */
  readonly asked: Instant;
}

/** Null where the endpoint does not know the question. */
export interface Quotas {
  readonly snapshots: Quota | null;
  readonly instances: Quota | null;
}

/** A failover that was tried on purpose. */
export interface Drill {
  readonly at: Instant;
  readonly passed: boolean;
  /** Until the service took writes again. */
  readonly took: Duration;
  /** One sentence. */
  readonly found: string;
}

/** The bucket that evidence is kept in. */
export interface EvidenceStore {
  readonly bucket: string;
  /** The default retention of its object lock; null where there is none. */
  readonly lock: { readonly mode: 'governance' | 'compliance'; readonly keeps: Duration } | null;
  readonly versioned: boolean;
  /** `s3`: under a key of S3's own, which every bucket has. */
  readonly encryption: 'kms' | 's3' | null;
}

/** An alarm of CloudWatch in the home region. */
export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly since: Instant;
}

/** RDS's standard support ends first; extended support costs extra and ends for good. */
export interface EngineSupport {
  readonly standard: Instant;
  readonly extended: Instant | null;
}

import type { DBInstance } from '@aws-sdk/client-rds';
import { DAY, type Duration, type Instant } from '../../../shared/domain/time';
import type { Arn, Endpoint } from '../data';
import { LOG_UPLOAD } from './settings';
import { VPC } from './subnet-group';
import { type TagMap, tagList } from './tags';

/** What an instance is made of, and what a snapshot of it remembers for a restore. */
export interface Shape {
  readonly engine: string;
  readonly engineVersion: string;
  readonly instanceClass: string;
  readonly allocatedStorage: number;
  readonly storageType: string;
  readonly port: number;
  readonly masterUsername: string;
  readonly databaseName: string | null;
  readonly licenseModel: string;
  readonly optionGroup: string;
  readonly backupRetention: number;
  readonly backupWindow: string;
  readonly iamAuthentication: boolean;
}

export interface Instance {
  readonly id: string;
  readonly arn: Arn;
  /** `db-...`: never used again, while the identifier may be. */
  readonly resourceId: string;
  /** When it was asked for; `created` is when it first stood. */
  readonly asked: Instant;
  created: Instant | null;
  shape: Shape;
  status: string;
  /** Counts changes of the status: an action that was planned under an older one does nothing. */
  phase: number;
  /** In an Aurora cluster, which is not snapshotted by the instance. */
  readonly cluster: string | null;
  readonly kmsKey: Arn | null;
  parameterGroup: string;
  /** What of its group is in force, by name: the rest waits for a reboot. */
  parameters: Readonly<Record<string, string>>;
  parameterStatus: 'in-sync' | 'pending-reboot';
  readonly subnetGroup: string;
  securityGroups: readonly string[];
  multiAz: boolean;
  zone: string;
  secondaryZone: string | null;
  publiclyAccessible: boolean;
  performanceInsights: boolean;
  deletionProtection: boolean;
  copyTagsToSnapshot: boolean;
  tags: TagMap;
  endpoint: Endpoint | null;
  /** When the first automated backup was complete: no point in time before it can be restored. */
  backedUpSince: Instant | null;
  /** Since when it has written nothing; `null` while it runs. */
  offlineSince: Instant | null;
  cancelBackup: (() => void) | null;
}

/** RDS's authority of today, and how long it certifies a server for, by AWS's time here. */
const CERTIFICATE_AUTHORITY = 'rds-ca-rsa2048-g1';
const CERTIFIED: Duration = 365 * DAY;

/** RDS takes snapshots from these two only (aws-facts: Snapshots and copies). */
export function canBeSnapshotted({ status }: Instance): boolean {
  return status === 'available' || status === 'storage-optimization';
}

function floor(instant: Instant, step: Duration): Instant {
  return Math.floor(instant / step) * step;
}

/** The newest moment that PITR can reach; `null` where there is nothing to restore from. */
export function latestRestorable(instance: Instance, now: Instant): Instant | null {
  if (instance.shape.backupRetention === 0 || instance.backedUpSince === null) return null;
  return Math.max(floor(instance.offlineSince ?? now, LOG_UPLOAD), instance.backedUpSince);
}

export function describeInstance(instance: Instance, now: Instant): DBInstance {
  const { shape } = instance;
  const restorable = latestRestorable(instance, now);
  return {
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: instance.arn,
    DbiResourceId: instance.resourceId,
    DBInstanceClass: shape.instanceClass,
    DBInstanceStatus: instance.status,
    Engine: shape.engine,
    EngineVersion: shape.engineVersion,
    LicenseModel: shape.licenseModel,
    MasterUsername: shape.masterUsername,
    AllocatedStorage: shape.allocatedStorage,
    StorageType: shape.storageType,
    BackupRetentionPeriod: shape.backupRetention,
    PreferredBackupWindow: shape.backupWindow,
    PreferredMaintenanceWindow: 'sun:05:00-sun:05:30',
    MultiAZ: instance.multiAz,
    AvailabilityZone: instance.zone,
    PubliclyAccessible: instance.publiclyAccessible,
    StorageEncrypted: instance.kmsKey !== null,
    DeletionProtection: instance.deletionProtection,
    CopyTagsToSnapshot: instance.copyTagsToSnapshot,
    PerformanceInsightsEnabled: instance.performanceInsights,
    DatabaseInsightsMode: 'standard',
    AutoMinorVersionUpgrade: true,
    IAMDatabaseAuthenticationEnabled: shape.iamAuthentication,
    CACertificateIdentifier: CERTIFICATE_AUTHORITY,
    MonitoringInterval: 0,
    DBParameterGroups: [
      { DBParameterGroupName: instance.parameterGroup, ParameterApplyStatus: instance.parameterStatus },
    ],
    OptionGroupMemberships: [{ OptionGroupName: shape.optionGroup, Status: 'in-sync' }],
    DBSecurityGroups: [],
    VpcSecurityGroups: instance.securityGroups.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
    DBSubnetGroup: {
      DBSubnetGroupName: instance.subnetGroup,
      SubnetGroupStatus: 'Complete',
      VpcId: VPC,
    },
    ReadReplicaDBInstanceIdentifiers: [],
    PendingModifiedValues: {},
    TagList: tagList(instance.tags),
    ...(shape.databaseName !== null && { DBName: shape.databaseName }),
    ...(instance.created !== null && {
      InstanceCreateTime: new Date(instance.created),
      CertificateDetails: {
        CAIdentifier: CERTIFICATE_AUTHORITY,
        ValidTill: new Date(instance.created + CERTIFIED),
      },
    }),
    ...(instance.kmsKey !== null && { KmsKeyId: instance.kmsKey }),
    ...(instance.cluster !== null && { DBClusterIdentifier: instance.cluster }),
    ...(instance.secondaryZone !== null && { SecondaryAvailabilityZone: instance.secondaryZone }),
    ...(restorable !== null && { LatestRestorableTime: new Date(restorable) }),
    // RDS names the endpoint once there is one to connect to.
    ...(instance.created !== null &&
      instance.endpoint !== null && {
        Endpoint: {
          Address: instance.endpoint.host,
          Port: instance.endpoint.port,
          HostedZoneId: 'Z2R2ITUGPM61AM',
        },
      }),
  };
}

import type { DBSnapshot } from '@aws-sdk/client-rds';
import type { Instant } from '../../../shared/domain/time';
import type { Arn } from '../data';
import type { Shape } from './instance';
import { type TagMap, tagList } from './tags';

/** What a snapshot knows of the instance it was taken of; every copy has the same one. */
export interface Origin {
  readonly instance: string;
  readonly resourceId: string;
  readonly created: Instant;
  readonly zone: string;
  readonly shape: Shape;
  /** For the instance that is restored from it. */
  readonly tags: ReadonlyMap<string, string>;
}

export interface Snapshot {
  readonly id: string;
  readonly arn: Arn;
  readonly type: 'manual' | 'automated' | 'awsbackup';
  readonly origin: Origin;
  status: 'creating' | 'available' | 'failed';
  /** Between which instants the data moves; `null` while it waits for its turn. */
  progress: { readonly from: Instant; readonly until: Instant } | null;
  /** Appears with the data: RDS tells no time of a snapshot that is still being made. */
  created: Instant | null;
  originallyCreated: Instant | null;
  /** The newest transaction inside. */
  databaseTime: Instant | null;
  readonly kmsKey: Arn | null;
  readonly optionGroup: string;
  /** The source, of a copy. */
  readonly copyOf: Arn | null;
  readonly sourceRegion: string;
  /** Across regions or accounts only does RDS say what a copy was made from. */
  readonly foreign: boolean;
  tags: TagMap;
  sizeInBytes: number | null;
  /** Accounts that may copy and restore it. */
  readonly sharedWith: Set<string>;
}

export function percent({ status, progress }: Snapshot, now: Instant): number {
  if (status === 'available') return 100;
  // What did not come about is not part of the way there.
  if (progress === null || status === 'failed') return 0;
  const { from, until } = progress;
  return Math.max(0, Math.min(99, Math.floor((100 * (now - from)) / Math.max(1, until - from))));
}

export function describeSnapshot(snapshot: Snapshot, now: Instant): DBSnapshot {
  const { origin, created, originallyCreated, databaseTime, kmsKey, copyOf, sizeInBytes } = snapshot;
  const { shape } = origin;
  return {
    DBSnapshotIdentifier: snapshot.id,
    DBSnapshotArn: snapshot.arn,
    DBInstanceIdentifier: origin.instance,
    DbiResourceId: origin.resourceId,
    InstanceCreateTime: new Date(origin.created),
    SnapshotType: snapshot.type,
    Status: snapshot.status,
    PercentProgress: percent(snapshot, now),
    Engine: shape.engine,
    EngineVersion: shape.engineVersion,
    LicenseModel: shape.licenseModel,
    MasterUsername: shape.masterUsername,
    AllocatedStorage: shape.allocatedStorage,
    StorageType: shape.storageType,
    Port: shape.port,
    AvailabilityZone: origin.zone,
    VpcId: 'vpc-default',
    OptionGroupName: snapshot.optionGroup,
    Encrypted: kmsKey !== null,
    IAMDatabaseAuthenticationEnabled: shape.iamAuthentication,
    SnapshotTarget: 'region',
    TagList: tagList(snapshot.tags),
    ...(kmsKey !== null && { KmsKeyId: kmsKey }),
    ...(snapshot.foreign && copyOf !== null && { SourceDBSnapshotIdentifier: copyOf }),
    ...(snapshot.foreign && { SourceRegion: snapshot.sourceRegion }),
    ...(created !== null && { SnapshotCreateTime: new Date(created) }),
    ...(originallyCreated !== null && { OriginalSnapshotCreateTime: new Date(originallyCreated) }),
    ...(databaseTime !== null && { SnapshotDatabaseTime: new Date(databaseTime) }),
    ...(snapshot.status === 'available' && sizeInBytes !== null && { FullSnapshotSizeInBytes: sizeInBytes }),
  };
}

import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListKeyRotationsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CreateDBInstanceCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { newestGood, type RecoveryPoint, stateOf } from '../../shared/domain/snapshot';
import { TAG, type Tags } from '../../shared/domain/tags';
import { type Instant, MINUTE } from '../../shared/domain/time';
import type { VirtualClock } from '../clock';
import type { Connection } from '../qrosity/create';

/** A snapshot as the rehearsal tells of it. */
export interface Standing extends RecoveryPoint {
  readonly tags: Tags;
  /** ARN of the key that it is under; null where it is not encrypted. */
  readonly key: string | null;
}

/** A key as the rehearsal tells of it. */
export interface KeyStanding {
  readonly arn: string;
  readonly state: string;
  readonly created: Instant;
  readonly deletion: Instant | null;
  readonly rotations: readonly { readonly at: Instant; readonly onDemand: boolean }[];
}

/** The customer's hands in one region, over the wire: what is not Holdfast's own work. */
export class Operator {
  readonly rds: RDSClient;
  readonly #kms: KMSClient;

  constructor(
    readonly region: string,
    endpoint: string,
    account: string,
    private readonly clock: VirtualClock,
  ) {
    const options = { region, endpoint, credentials: { accessKeyId: account, secretAccessKey: 'local' } };
    this.rds = new RDSClient(options);
    this.#kms = new KMSClient(options);
  }

  get now(): Instant {
    return this.clock.now();
  }

  /** As deploy/keys.yml and deploy/copy-region.yml make it, but for its rotation, which is left to rotate-keys. */
  async createKey(alias: string, owner: string): Promise<void> {
    const { KeyMetadata } = await this.#kms.send(
      new CreateKeyCommand({
        Description: 'snapshots',
        Tags: [{ TagKey: TAG.owner, TagValue: owner }],
      }),
    );
    await this.#kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
  }

  /** A key's ARN and state, and when its material changed. */
  async key(alias: string): Promise<KeyStanding> {
    const { KeyMetadata } = await this.#kms.send(new DescribeKeyCommand({ KeyId: alias }));
    const arn = KeyMetadata?.Arn ?? '';
    const { Rotations = [] } = await this.#kms.send(new ListKeyRotationsCommand({ KeyId: arn }));
    return {
      arn,
      state: KeyMetadata?.KeyState ?? 'unknown',
      created: KeyMetadata?.CreationDate?.getTime() ?? 0,
      deletion: KeyMetadata?.DeletionDate?.getTime() ?? null,
      rotations: Rotations.map(({ RotationDate, RotationType }) => ({
        at: RotationDate?.getTime() ?? 0,
        onDemand: RotationType === 'ON_DEMAND',
      })),
    };
  }

  /** How often KMS rotates a key by itself, in days; null while it does not. */
  async rotatesEvery(key: string): Promise<number | null> {
    const status = await this.#kms.send(new GetKeyRotationStatusCommand({ KeyId: key }));
    return status.KeyRotationEnabled === true ? (status.RotationPeriodInDays ?? null) : null;
  }

  async stopRotation(key: string): Promise<void> {
    await this.#kms.send(new DisableKeyRotationCommand({ KeyId: key }));
  }

  async scheduleDeletion(key: string, days: number): Promise<void> {
    await this.#kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: days }));
  }

  /** What the guard's hint says to type. */
  async saveKey(key: string): Promise<void> {
    await this.#kms.send(new CancelKeyDeletionCommand({ KeyId: key }));
    await this.#kms.send(new EnableKeyCommand({ KeyId: key }));
  }

  async createInstance(
    id: string,
    options: {
      key: string | null;
      tags: Tags;
      parameterGroup: string;
      user: string;
      password: string;
      database: string;
    },
  ): Promise<Connection> {
    await this.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: id,
        Engine: 'postgres',
        DBInstanceClass: 'db.t4g.medium',
        AllocatedStorage: 20,
        StorageEncrypted: options.key !== null,
        ...(options.key === null ? {} : { KmsKeyId: options.key }),
        BackupRetentionPeriod: 0,
        MultiAZ: true,
        DeletionProtection: true,
        CopyTagsToSnapshot: true,
        EnablePerformanceInsights: true,
        PubliclyAccessible: false,
        DBParameterGroupName: options.parameterGroup,
        EnableIAMDatabaseAuthentication: true,
        DBName: options.database,
        MasterUsername: options.user,
        MasterUserPassword: options.password,
        Tags: Object.entries(options.tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return this.#whenAvailable(id, options);
  }

  /** Turns automated backups on; answers when the first is there. */
  async keepBackups(id: string, days: number, window: string): Promise<void> {
    const order = {
      DBInstanceIdentifier: id,
      BackupRetentionPeriod: days,
      PreferredBackupWindow: window,
    };
    await this.rds.send(new ModifyDBInstanceCommand(order));
    for (;;) {
      const { DBInstanceStatus, LatestRestorableTime } = await this.describe(id);
      if (DBInstanceStatus === 'available' && LatestRestorableTime !== undefined) return;
      await this.clock.advance(MINUTE);
    }
  }

  async reboot(id: string): Promise<void> {
    await this.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: id }));
  }

  /** Restores a snapshot as a new instance, and waits on the virtual clock until it is available. */
  async restore(
    snapshot: string,
    id: string,
    login: { user: string; password: string; database: string },
  ): Promise<Connection> {
    await this.rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: id,
        DBSnapshotIdentifier: snapshot,
        DBInstanceClass: 'db.t4g.medium',
        Tags: [],
      }),
    );
    return this.#whenAvailable(id, login);
  }

  /** What RDS answers to a restore of the newest recovery point: how it refuses, or `accepted`; null without one. */
  async tryRestore(database: string): Promise<string | null> {
    const newest = newestGood(await this.snapshots(database));
    if (newest === null) return null;
    try {
      await this.rds.send(
        new RestoreDBInstanceFromDBSnapshotCommand({
          DBInstanceIdentifier: `${database}-tried`,
          DBSnapshotIdentifier: newest.id,
        }),
      );
      return 'accepted';
    } catch (error) {
      return (error as Error).name;
    }
  }

  async describe(id: string): Promise<DBInstance> {
    const { DBInstances } = await this.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
    const [instance] = DBInstances ?? [];
    if (instance === undefined) throw new Error(`there is no instance ${id} in ${this.region}`);
    return instance;
  }

  /** Those that Holdfast or a person took; `all`: RDS's own as well. */
  async snapshots(database: string, which: 'manual' | 'all' = 'manual'): Promise<Standing[]> {
    const { DBSnapshots } = await this.rds.send(
      new DescribeDBSnapshotsCommand({
        DBInstanceIdentifier: database,
        ...(which === 'manual' && { SnapshotType: which }),
      }),
    );
    return (DBSnapshots ?? []).map((found) => ({
      id: found.DBSnapshotIdentifier ?? '',
      state: stateOf(found.Status ?? ''),
      recoveryPoint: found.SnapshotDatabaseTime?.getTime() ?? null,
      key: found.KmsKeyId ?? null,
      tags: Object.fromEntries((found.TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    }));
  }

  close(): void {
    this.rds.destroy();
    this.#kms.destroy();
  }

  async #whenAvailable(
    id: string,
    { user, password, database }: { user: string; password: string; database: string },
  ): Promise<Connection> {
    for (;;) {
      const { DBInstanceStatus, Endpoint } = await this.describe(id);
      if (
        DBInstanceStatus === 'available' &&
        Endpoint?.Address !== undefined &&
        Endpoint.Port !== undefined
      ) {
        return { host: Endpoint.Address, port: Endpoint.Port, user, password, database };
      }
      if (DBInstanceStatus === 'failed')
        throw new Error(`instance ${id} failed to come up in ${this.region}`);
      await this.clock.advance(MINUTE);
    }
  }
}

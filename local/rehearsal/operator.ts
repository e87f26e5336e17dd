import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateDBInstanceCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { type RecoveryPoint, stateOf } from '../../shared/domain/snapshot';
import type { Tags } from '../../shared/domain/tags';
import { MINUTE } from '../../shared/domain/time';
import type { VirtualClock } from '../clock';
import type { Connection } from '../qrosity/create';

/** A snapshot as the rehearsal tells of it. */
export interface Standing extends RecoveryPoint {
  readonly tags: Tags;
}

/** The customer's hands in one region, over the wire: what is not Holdfast's own work. */
export class Operator {
  readonly #rds: RDSClient;
  readonly #kms: KMSClient;

  constructor(
    readonly region: string,
    endpoint: string,
    account: string,
    private readonly clock: VirtualClock,
  ) {
    const options = { region, endpoint, credentials: { accessKeyId: account, secretAccessKey: 'local' } };
    this.#rds = new RDSClient(options);
    this.#kms = new KMSClient(options);
  }

  async createKey(alias: string): Promise<void> {
    const { KeyMetadata } = await this.#kms.send(new CreateKeyCommand({ Description: 'snapshots' }));
    await this.#kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
  }

  async createInstance(
    id: string,
    options: {
      key: string | null;
      tags: Tags;
      backupDays: number;
      user: string;
      password: string;
      database: string;
    },
  ): Promise<Connection> {
    await this.#rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: id,
        Engine: 'postgres',
        DBInstanceClass: 'db.t4g.medium',
        AllocatedStorage: 20,
        StorageEncrypted: options.key !== null,
        ...(options.key === null ? {} : { KmsKeyId: options.key }),
        BackupRetentionPeriod: options.backupDays,
        PreferredBackupWindow: '00:00-01:00',
        DBName: options.database,
        MasterUsername: options.user,
        MasterUserPassword: options.password,
        Tags: Object.entries(options.tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return this.#whenAvailable(id, options);
  }

  async reboot(id: string): Promise<void> {
    await this.#rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: id }));
  }

  /** Restores a snapshot as a new instance, and waits on the virtual clock until it is available. */
  async restore(
    snapshot: string,
    id: string,
    login: { user: string; password: string; database: string },
  ): Promise<Connection> {
    await this.#rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: id,
        DBSnapshotIdentifier: snapshot,
        DBInstanceClass: 'db.t4g.medium',
        Tags: [],
      }),
    );
    return this.#whenAvailable(id, login);
  }

  async describe(id: string): Promise<DBInstance> {
    const { DBInstances } = await this.#rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }),
    );
    const [instance] = DBInstances ?? [];
    if (instance === undefined) throw new Error(`there is no instance ${id} in ${this.region}`);
    return instance;
  }

  async snapshots(database: string): Promise<Standing[]> {
    const { DBSnapshots } = await this.#rds.send(
      new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: database, SnapshotType: 'manual' }),
    );
    return (DBSnapshots ?? []).map((found) => ({
      id: found.DBSnapshotIdentifier ?? '',
      state: stateOf(found.Status ?? ''),
      recoveryPoint: found.SnapshotDatabaseTime?.getTime() ?? null,
      tags: Object.fromEntries((found.TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    }));
  }

  close(): void {
    this.#rds.destroy();
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

import {
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  type RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { TAG } from '../../shared/domain/tags';
import type { Connection } from '../qrosity/create';

interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** What the operator does with a copy of the database. Nothing here waits: time passes with the schedule. */
export class Clones {
  constructor(private readonly rds: RDSClient) {}

  /** Begins to restore a snapshot as an instance with tags of its own, so that no policy selects it. */
  async order(snapshot: string, id: string): Promise<void> {
    await this.rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: id,
        DBSnapshotIdentifier: snapshot,
        BackupRetentionPeriod: 0,
        Tags: [{ Key: 'purpose', Value: 'rehearsal' }],
      }),
    );
  }

  /** RDS's word for each. */
  async statuses(ids: readonly string[]): Promise<Map<string, string>> {
    const { DBInstances = [] } = await this.rds.send(new DescribeDBInstancesCommand({}));
    return new Map(
      DBInstances.filter(({ DBInstanceIdentifier: id = '' }) => ids.includes(id)).map(
        ({ DBInstanceIdentifier = '', DBInstanceStatus = '' }) => [DBInstanceIdentifier, DBInstanceStatus],
      ),
    );
  }

  async arn(id: string): Promise<string> {
    return (await this.#describe(id)).DBInstanceArn ?? '';
  }

  async connection(id: string, login: Login): Promise<Connection> {
    const { Endpoint } = await this.#describe(id);
    if (Endpoint?.Address === undefined || Endpoint.Port === undefined)
      throw new Error(`instance ${id} has no endpoint`);
    return { host: Endpoint.Address, port: Endpoint.Port, ...login };
  }

  async stop(id: string): Promise<void> {
    await this.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: id }));
  }

  async start(id: string): Promise<void> {
    await this.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: id }));
  }

  /** Of a clone: the tag says whose data it holds, for the clone has a name of its own. */
  async snapshot(id: string, snapshot: string, database: string): Promise<void> {
    await this.rds.send(
      new CreateDBSnapshotCommand({
        DBInstanceIdentifier: id,
        DBSnapshotIdentifier: snapshot,
        Tags: [{ Key: TAG.database, Value: database }],
      }),
    );
  }

  async snapshotStatus(id: string): Promise<string> {
    const order = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id });
    return (await this.rds.send(order)).DBSnapshots?.[0]?.Status ?? 'gone';
  }

  async remove(id: string): Promise<void> {
    await this.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: id, SkipFinalSnapshot: true }));
  }

  async removeSnapshot(id: string): Promise<void> {
    await this.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }));
  }

  async #describe(id: string) {
    const { DBInstances } = await this.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
    const [found] = DBInstances ?? [];
    if (found === undefined) throw new Error(`there is no instance ${id}`);
    return found;
  }
}

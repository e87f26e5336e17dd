import {
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeOptionGroupsCommand,
} from '@aws-sdk/client-rds';
import { conditionOf, type Database } from '../domain/database';
import type { Databases } from '../ports/databases';
import type { Clients } from './clients';
import { calling } from './errors';
import { everyPage, PAGE } from './paging';
import { fromTagList } from './tags';

export class RdsDatabases implements Databases {
  constructor(private readonly clients: Clients) {}

  async list(region: string): Promise<Database[]> {
    return (await instancesIn(this.clients, region)).map((instance) => databaseOf(instance, region));
  }

  async bindingOptions(region: string, optionGroup: string): Promise<string[]> {
    return calling(`describe option group ${optionGroup} in ${region}`, async () => {
      const { OptionGroupsList } = await this.clients
        .rds(region)
        .send(new DescribeOptionGroupsCommand({ OptionGroupName: optionGroup }));
      return (OptionGroupsList ?? [])
        .flatMap(({ Options }) => Options ?? [])
        .filter(({ Persistent, Permanent }) => Persistent === true || Permanent === true)
        .map(({ OptionName }) => OptionName ?? 'unnamed');
    });
  }
}

/** Every DB instance of the region, as RDS describes it: one call per 100. */
export function instancesIn(clients: Clients, region: string): Promise<DBInstance[]> {
  return calling(`list DB instances in ${region}`, () =>
    everyPage(async (Marker) => {
      const page = await clients
        .rds(region)
        .send(new DescribeDBInstancesCommand({ MaxRecords: PAGE, Marker }));
      return { items: page.DBInstances, marker: page.Marker };
    }),
  );
}

/** An instance as the plans need it. */
export function databaseOf(instance: DBInstance, region: string): Database {
  const status = instance.DBInstanceStatus ?? 'unknown';
  return {
    id: instance.DBInstanceIdentifier ?? '',
    arn: instance.DBInstanceArn ?? '',
    resource: instance.DbiResourceId ?? '',
    region,
    engine: instance.Engine ?? '',
    status,
    condition: conditionOf(status),
    inCluster: instance.DBClusterIdentifier !== undefined,
    encrypted: instance.StorageEncrypted === true,
    key: instance.KmsKeyId ?? null,
    replicaOf: instance.ReadReplicaSourceDBInstanceIdentifier ?? null,
    latestRestorable: instance.LatestRestorableTime?.getTime() ?? null,
    endpoint: endpointOf(instance),
    iamLogin: instance.IAMDatabaseAuthenticationEnabled === true,
    class: instance.DBInstanceClass ?? '',
    sizeGiB: instance.AllocatedStorage ?? 0,
    deletionProtection: instance.DeletionProtection === true,
    created: instance.InstanceCreateTime?.getTime() ?? null,
    tags: fromTagList(instance.TagList),
  };
}

function endpointOf({ Endpoint }: DBInstance): Database['endpoint'] {
  if (Endpoint?.Address === undefined || Endpoint.Port === undefined) return null;
  return { host: Endpoint.Address, port: Endpoint.Port };
}

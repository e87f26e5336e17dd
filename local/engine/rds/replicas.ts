import type { DBInstance, DBInstanceMessage, DescribeDBInstancesMessage } from '@aws-sdk/client-rds';
import { parseRdsArn } from '../arn';
import type { Instance } from './instance';
import { describeDBInstances } from './list-instances';
import type { RdsRegion } from './region';

/** Who replicates whom. Nothing is replicated here: it is only told. */
const replicas = new WeakMap<Instance, { readonly replica: Instance; readonly region: RdsRegion }[]>();
const sources = new WeakMap<Instance, Instance>();

/**
 * An instance that stands already becomes the read replica of another one.
 *
 * @param source its identifier, or its ARN where it is of another region
 */
export function makeReplica(region: RdsRegion, id: string, source: string): void {
  const replica = region.instance(id);
  const name = parseRdsArn(source);
  const from = name === null ? region : region.world.rds(name);
  const original = from.instance(name?.id ?? source);
  sources.set(replica, original);
  replicas.set(original, [...(replicas.get(original) ?? []), { replica, region }]);
}

/** The listing, with who replicates whom. */
export function describeReplicatedInstances(
  region: RdsRegion,
  input: DescribeDBInstancesMessage,
): DBInstanceMessage {
  const { DBInstances = [], ...rest } = describeDBInstances(region, input);
  return { ...rest, DBInstances: DBInstances.map((described) => told(region, described)) };
}

function told(region: RdsRegion, described: DBInstance): DBInstance {
  const instance = region.instances.get(described.DBInstanceIdentifier ?? '');
  if (instance === undefined) return described;
  const source = sources.get(instance);
  const standing = standingReplicas(instance);
  return {
    ...described,
    ReadReplicaDBInstanceIdentifiers: standing.map(({ replica }) => named(region, replica)).sort(),
    ...(source !== undefined && { ReadReplicaSourceDBInstanceIdentifier: named(region, source) }),
  };
}

function standingReplicas(instance: Instance) {
  return (replicas.get(instance) ?? []).filter(
    (one) => one.region.instances.get(one.replica.id) === one.replica,
  );
}

/** RDS stops neither read replicas nor what has some (User Guide: Stopping an Amazon RDS DB instance). */
export function canStop(instance: Instance): boolean {
  return !sources.has(instance) && standingReplicas(instance).length === 0;
}

/** RDS names an instance of another region by its ARN. */
function named({ place }: RdsRegion, { id, arn }: Instance): string {
  return parseRdsArn(arn)?.region === place.region ? id : arn;
}

import type { DBInstanceMessage, DescribeDBInstancesMessage } from '@aws-sdk/client-rds';
import { describeInstance } from './instance';
import { named } from './instance-state';
import { idOf, listed, readFilters } from './listing';
import type { RdsRegion } from './region';

const FILTERS = ['db-instance-id', 'dbi-resource-id', 'db-cluster-id', 'engine'] as const;

export function describeDBInstances(region: RdsRegion, input: DescribeDBInstancesMessage): DBInstanceMessage {
  const filters = readFilters(input.Filters, FILTERS);
  const ids = filters['db-instance-id']?.map(idOf);
  const instances = input.DBInstanceIdentifier
    ? [named(region, input.DBInstanceIdentifier)]
    : [...region.instances.values()];
  const entries = instances
    .filter(
      ({ id, resourceId, cluster, shape }) =>
        (ids?.includes(id) ?? true) &&
        (filters['dbi-resource-id']?.includes(resourceId.toLowerCase()) ?? true) &&
        (filters['db-cluster-id']?.includes(cluster ?? '') ?? true) &&
        (filters.engine?.includes(shape.engine) ?? true),
    )
    .map((instance) => [instance.id, instance] as const);
  const { items, marker } = listed(entries, input);
  return {
    DBInstances: items.map((instance) => describeInstance(instance, region.now)),
    ...(marker !== undefined && { Marker: marker }),
  };
}

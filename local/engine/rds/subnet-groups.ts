import type {
  CreateDBSubnetGroupMessage,
  CreateDBSubnetGroupResult,
  DBSubnetGroup,
  DBSubnetGroupMessage,
  DescribeDBSubnetGroupsMessage,
} from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { invalidValue, required } from './identifiers';
import { listed } from './listing';
import { groupArn } from './parameter-group';
import type { RdsRegion } from './region';
import { type SubnetGroup, VPC } from './subnet-group';
import { readTags, type TagMap } from './tags';

const NAME = /^[a-z0-9._ -]{1,255}$/;
const SUBNET = /^subnet-[a-z0-9-]+$/;
const SECURITY_GROUP = /^sg-[a-z0-9-]+$/;

export function subnetGroup(region: RdsRegion, name: string): SubnetGroup {
  const known = region.subnetGroups.get(name.toLowerCase());
  if (known !== undefined) return known;
  if (name !== 'default') {
    throw new WireError('DBSubnetGroupNotFoundFault', `DBSubnetGroup not found: ${name}`, 404);
  }
  // RDS makes it with the first instance of the default VPC.
  return add(region, name, 'default', ['subnet-default-a', 'subnet-default-b'], readTags([]));
}

function add(
  region: RdsRegion,
  name: string,
  description: string,
  subnets: readonly string[],
  tags: TagMap,
): SubnetGroup {
  const group = { name, arn: groupArn(region.place, 'subgrp', name), description, subnets, tags };
  region.subnetGroups.set(name, group);
  return group;
}

/** Subnets lie in the zones a, b and c by turns, in the order in which a group names them. */
export function describeSubnetGroup({ place }: RdsRegion, group: SubnetGroup): DBSubnetGroup {
  return {
    DBSubnetGroupName: group.name,
    DBSubnetGroupArn: group.arn,
    DBSubnetGroupDescription: group.description,
    SubnetGroupStatus: 'Complete',
    VpcId: VPC,
    Subnets: group.subnets.map((id, index) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: `${place.region}${'abc'[index % 3]}` },
      SubnetStatus: 'Active',
    })),
  };
}

export function createDBSubnetGroup(
  region: RdsRegion,
  input: CreateDBSubnetGroupMessage,
): CreateDBSubnetGroupResult {
  const name = required(input.DBSubnetGroupName, 'DBSubnetGroupName').toLowerCase();
  if (!NAME.test(name) || name === 'default') {
    throw invalidValue(
      'The parameter DBSubnetGroupName must contain no more than 255 letters, numbers, periods, underscores, spaces or hyphens, and must not be default.',
    );
  }
  const description = required(input.DBSubnetGroupDescription, 'DBSubnetGroupDescription');
  const subnets = [...new Set(input.SubnetIds ?? [])];
  const tags = readTags(input.Tags);
  const unknown = subnets.filter((subnet) => !SUBNET.test(subnet));
  if (unknown.length > 0) {
    throw new WireError('InvalidSubnet', `Some input subnets in :[${unknown.join(', ')}] are invalid.`);
  }
  if (subnets.length < 2) {
    throw new WireError(
      'DBSubnetGroupDoesNotCoverEnoughAZs',
      "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: 1. Add subnets to cover at least 2 AZs.",
    );
  }
  if (region.subnetGroups.has(name)) {
    throw new WireError('DBSubnetGroupAlreadyExists', `The DB subnet group '${name}' already exists.`);
  }
  return { DBSubnetGroup: describeSubnetGroup(region, add(region, name, description, subnets, tags)) };
}

export function describeDBSubnetGroups(
  region: RdsRegion,
  input: DescribeDBSubnetGroupsMessage,
): DBSubnetGroupMessage {
  const { DBSubnetGroupName: name } = input;
  const groups = name ? [subnetGroup(region, name)] : [...region.subnetGroups.values()];
  const { items, marker } = listed(
    groups.map((group) => [group.name, group] as const),
    input,
  );
  return {
    DBSubnetGroups: items.map((group) => describeSubnetGroup(region, group)),
    ...(marker !== undefined && { Marker: marker }),
  };
}

/** RDS moves an instance into another VPC only, and there is none here. */
export function refuseMove(region: RdsRegion, id: string, from: string, to: string | undefined): void {
  if (to === undefined || subnetGroup(region, to).name === from) return;
  throw new WireError(
    'InvalidVPCNetworkStateFault',
    `You cannot move DB instance ${id} to subnet group ${to}. The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the specified DB instance and try again.`,
  );
}

/** The security groups of an instance: the VPC's own unless others are named. */
export function securityGroups(named: readonly string[] | undefined): readonly string[] {
  if (named === undefined || named.length === 0) return ['sg-default'];
  const unknown = named.find((id) => !SECURITY_GROUP.test(id));
  if (unknown === undefined) return [...new Set(named)];
  throw invalidValue(`Invalid security group , groupId= ${unknown}, groupName=.`);
}

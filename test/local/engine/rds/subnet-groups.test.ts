import type { Cloud } from '../../../../local/cloud';
import { cloudAt, codeOf, HOME, type Region } from '../world';

describe('subnet groups', () => {
  let cloud: Cloud;
  let home: Region;
  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
  });

  const create = (DBSubnetGroupName: string, SubnetIds: string[] = ['subnet-0a1b', 'subnet-2c3d']) =>
    home.rds.CreateDBSubnetGroup({ DBSubnetGroupName, DBSubnetGroupDescription: 'For tests', SubnetIds });
  const names = async (DBSubnetGroupName?: string) => {
    const { DBSubnetGroups = [] } = await home.rds.DescribeDBSubnetGroups({ DBSubnetGroupName });
    return DBSubnetGroups.map((group) => group.DBSubnetGroupName);
  };

  it('are told with their subnets, of two zones at least', async () => {
    const { DBSubnetGroup } = await create('Restores');
    expect(DBSubnetGroup).toEqual({
      DBSubnetGroupName: 'restores',
      DBSubnetGroupArn: 'arn:aws:rds:us-east-1:111122223333:subgrp:restores',
      DBSubnetGroupDescription: 'For tests',
      SubnetGroupStatus: 'Complete',
      VpcId: 'vpc-default',
      Subnets: [
        {
          SubnetIdentifier: 'subnet-0a1b',
          SubnetAvailabilityZone: { Name: 'us-east-1a' },
          SubnetStatus: 'Active',
        },
        {
          SubnetIdentifier: 'subnet-2c3d',
          SubnetAvailabilityZone: { Name: 'us-east-1b' },
          SubnetStatus: 'Active',
        },
      ],
    });
    expect((await home.rds.DescribeDBSubnetGroups({})).DBSubnetGroups).toEqual([DBSubnetGroup]);
  });

  it('are refused', async () => {
    expect(await codeOf(create('one', ['subnet-1']))).toBe('DBSubnetGroupDoesNotCoverEnoughAZs');
    expect(await codeOf(create('one', ['subnet-1', 'subnet-1']))).toBe('DBSubnetGroupDoesNotCoverEnoughAZs');
    expect(await codeOf(create('one', ['subnet-1', 'vpc-2']))).toBe('InvalidSubnet');
    expect(await codeOf(create('default'))).toBe('InvalidParameterValue');
    expect(await codeOf(create('a/b'))).toBe('InvalidParameterValue');
    await create('one');
    expect(await codeOf(create('ONE'))).toBe('DBSubnetGroupAlreadyExists');
    expect(await names()).toEqual(['one']);
  });

  it('are found by their names, the default one always', async () => {
    expect(await codeOf(names('nothing'))).toBe('DBSubnetGroupNotFoundFault');
    expect(await names('default')).toEqual(['default']);
    await create('a_b.c d');
    expect(await names('A_B.c d')).toEqual(['a_b.c d']);
    expect(await names()).toEqual(['a_b.c d', 'default']);
  });
});

import { DeleteDBInstanceCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { HOUR } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, cloudAt, HOME } from '../world';
import { rdsOn } from './sdk';

describe('read replicas', () => {
  let cloud: Cloud;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    cloud.region(HOME).stage.instance({ id: 'qrosity-db' });
    cloud.region(HOME).stage.instance({ id: 'beside' });
    cloud.region(AWAY).stage.instance({ id: 'standby' });
    cloud.region(HOME).stage.replica('beside', 'qrosity-db');
    cloud.region(AWAY).stage.replica('standby', arn(HOME, 'qrosity-db'));
  });

  const arn = (region: string, id: string) => `arn:aws:rds:${region}:${ACCOUNT}:db:${id}`;
  const described = async (region: string, id: string) => {
    const { DBInstances } = await rdsOn(cloud, region).send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }),
    );
    return DBInstances?.[0];
  };

  it('are named by the source: by identifier in its region, by ARN elsewhere', async () => {
    expect((await described(HOME, 'qrosity-db'))?.ReadReplicaDBInstanceIdentifiers).toEqual([
      arn(AWAY, 'standby'),
      'beside',
    ]);
  });

  it('name their source in the same way', async () => {
    expect(await described(HOME, 'beside')).toMatchObject({
      ReadReplicaSourceDBInstanceIdentifier: 'qrosity-db',
      ReadReplicaDBInstanceIdentifiers: [],
    });
    expect(await described(AWAY, 'standby')).toMatchObject({
      ReadReplicaSourceDBInstanceIdentifier: arn(HOME, 'qrosity-db'),
    });
  });

  it('that are deleted are named no more', async () => {
    await rdsOn(cloud, AWAY).send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'standby', SkipFinalSnapshot: true }),
    );
    await cloud.clock.advance(HOUR);
    expect((await described(HOME, 'qrosity-db'))?.ReadReplicaDBInstanceIdentifiers).toEqual(['beside']);
  });
});

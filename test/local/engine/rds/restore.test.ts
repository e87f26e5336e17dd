import type { Cloud } from '../../../../local/cloud';
import { MINUTE } from '../../../../shared/domain/time';
import { AWAY, at, cloudAt, codeOf, HOME, instanceOf, type Region, snapshotArn, statusOf } from '../world';

describe('an instance restored from a snapshot', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    const { KeyMetadata } = await home.kms.CreateKey({});
    home.stage.instance({
      id: 'qrosity-db',
      tags: { holdfast: 'gold', 'aws:cloudformation:stack-name': 'prod' },
      key: KeyMetadata?.Arn ?? '',
      multiAz: true,
    });
    for (const name of ['tuned', 'quiet']) {
      await home.rds.CreateDBParameterGroup({
        DBParameterGroupName: name,
        DBParameterGroupFamily: 'postgres17',
        Description: name,
      });
    }
    await home.rds.CreateDBSubnetGroup({
      DBSubnetGroupName: 'lonely',
      DBSubnetGroupDescription: 'Nobody else is in it',
      SubnetIds: ['subnet-1', 'subnet-2'],
    });
    await home.rds.ModifyDBInstance({
      DBInstanceIdentifier: 'qrosity-db',
      DBParameterGroupName: 'tuned',
      VpcSecurityGroupIds: ['sg-erp'],
      EnableIAMDatabaseAuthentication: true,
      DeletionProtection: true,
    });
    await cloud.clock.advance(MINUTE);
    await home.rds.CreateDBSnapshot({
      DBInstanceIdentifier: 'qrosity-db',
      DBSnapshotIdentifier: 'one',
      Tags: [{ Key: 'of', Value: 'the snapshot' }],
    });
    await cloud.clock.advance(5 * MINUTE);
  });

  const restore = (more = {}) =>
    home.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'test',
      DBSnapshotIdentifier: 'one',
      ...more,
    });

  it('is creating for its time', async () => {
    expect((await restore()).DBInstance?.DBInstanceStatus).toBe('creating');
    await cloud.clock.advance(10 * MINUTE - 1);
    expect(await statusOf(home, 'test')).toBe('creating');
    await cloud.clock.advance(1);
    expect(await instanceOf(home, 'test')).toMatchObject({
      DBInstanceStatus: 'available',
      InstanceCreateTime: new Date(at('2026-03-01 09:16')),
    });
  });

  it('gets the defaults, whatever its source had, but its engine, size and key', async () => {
    const source = await instanceOf(home, 'qrosity-db');
    await restore();
    const seen = await instanceOf(home, 'test');
    expect(seen).toMatchObject({
      DBParameterGroups: [{ DBParameterGroupName: 'default.postgres17', ParameterApplyStatus: 'in-sync' }],
      DBSubnetGroup: { DBSubnetGroupName: 'default' },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-default' }],
      IAMDatabaseAuthenticationEnabled: false,
      MultiAZ: false,
      DeletionProtection: false,
      Engine: source.Engine,
      EngineVersion: source.EngineVersion,
      AllocatedStorage: source.AllocatedStorage,
      KmsKeyId: source.KmsKeyId,
    });
    expect(seen.DbiResourceId).not.toBe(source.DbiResourceId);
  });

  it('gets what is passed', async () => {
    await restore({
      DBParameterGroupName: 'quiet',
      DBSubnetGroupName: 'Lonely',
      VpcSecurityGroupIds: ['sg-test', 'sg-test', 'sg-other'],
      EnableIAMDatabaseAuthentication: true,
      MultiAZ: true,
      DBInstanceClass: 'db.r6g.large',
      Port: 6000,
    });
    expect(await instanceOf(home, 'test')).toMatchObject({
      DBParameterGroups: [{ DBParameterGroupName: 'quiet' }],
      DBSubnetGroup: { DBSubnetGroupName: 'lonely' },
      VpcSecurityGroups: [
        { VpcSecurityGroupId: 'sg-test', Status: 'active' },
        { VpcSecurityGroupId: 'sg-other', Status: 'active' },
      ],
      IAMDatabaseAuthenticationEnabled: true,
      MultiAZ: true,
      DBInstanceClass: 'db.r6g.large',
    });
  });

  it("inherits the source instance's tags, unless others are given", async () => {
    await restore();
    expect((await instanceOf(home, 'test')).TagList).toEqual([{ Key: 'holdfast', Value: 'gold' }]);
    await restore({ DBInstanceIdentifier: 'tagged', Tags: [{ Key: 'mine', Value: '1' }] });
    expect((await instanceOf(home, 'tagged')).TagList).toEqual([{ Key: 'mine', Value: '1' }]);
  });

  it('inherits them through a copy in another region too', async () => {
    const away = cloud.region(AWAY);
    await away.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn('one'),
      TargetDBSnapshotIdentifier: 'copy',
      KmsKeyId: 'alias/aws/rds',
    });
    await cloud.clock.advance(30 * MINUTE);
    await away.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'there',
      DBSnapshotIdentifier: 'copy',
    });
    expect((await instanceOf(away, 'there')).TagList).toEqual([{ Key: 'holdfast', Value: 'gold' }]);
  });

  it('is refused', async () => {
    expect(await codeOf(restore({ DBInstanceIdentifier: 'QROSITY-DB' }))).toBe('DBInstanceAlreadyExists');
    expect(await codeOf(restore({ DBSnapshotIdentifier: 'nothing' }))).toBe('DBSnapshotNotFound');
    expect(await codeOf(restore({ DBParameterGroupName: 'nothing' }))).toBe('DBParameterGroupNotFound');
    expect(await codeOf(restore({ DBSubnetGroupName: 'nothing' }))).toBe('DBSubnetGroupNotFoundFault');
    expect(await codeOf(restore({ VpcSecurityGroupIds: ['default'] }))).toBe('InvalidParameterValue');
    const abroad = cloud.region(AWAY).rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'x',
      DBSnapshotIdentifier: snapshotArn('one'),
    });
    expect(await codeOf(abroad)).toBe('InvalidParameterValue');
    home.stage.snapshotStatus('one', 'creating');
    expect(await codeOf(restore())).toBe('InvalidDBSnapshotState');
    home.stage.snapshotStatus('one', 'available');
    const { KmsKeyId } = await instanceOf(home, 'qrosity-db');
    await home.kms.DisableKey({ KeyId: KmsKeyId });
    expect(await codeOf(restore())).toBe('KMSKeyNotAccessibleFault');
    await home.kms.EnableKey({ KeyId: KmsKeyId });
    expect(await codeOf(restore())).toBe('ok');
  });
});

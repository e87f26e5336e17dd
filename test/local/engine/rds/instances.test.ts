import type { Cloud } from '../../../../local/cloud';
import { MINUTE } from '../../../../shared/domain/time';
import { at, cloudAt, codeOf, HOME, instanceOf, type Region, SMALL, snapshotOf, statusOf } from '../world';

describe('an instance', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
  });

  const create = (id: string, more = {}) =>
    home.rds.CreateDBInstance({ ...SMALL, DBInstanceIdentifier: id, BackupRetentionPeriod: 0, ...more });
  const one = { DBInstanceIdentifier: 'one' };

  describe('created', () => {
    it('is available after eight minutes, and has an endpoint only then', async () => {
      const { DBInstance } = await create('One');
      expect(DBInstance).toMatchObject({ DBInstanceIdentifier: 'one', DBInstanceStatus: 'creating' });
      await cloud.clock.advanceTo(at('2026-03-01 09:08') - 1);
      const before = await instanceOf(home, 'one');
      expect(before.DBInstanceStatus).toBe('creating');
      expect(before.Endpoint).toBeUndefined();
      expect(before.InstanceCreateTime).toBeUndefined();
      await cloud.clock.advance(1);
      expect(await instanceOf(home, 'ONE')).toMatchObject({
        DBInstanceStatus: 'available',
        Endpoint: { Address: 'one.light.invalid', Port: 5432 },
        InstanceCreateTime: new Date(at('2026-03-01 09:08')),
      });
    });

    it.each([
      [{ DBInstanceIdentifier: '1one' }, 'InvalidParameterValue'],
      [{ DBInstanceIdentifier: 'a'.repeat(64) }, 'InvalidParameterValue'],
      [{ DBInstanceIdentifier: 'a'.repeat(63) }, 'ok'],
      [{ Engine: 'db2' }, 'InvalidParameterValue'],
      [{ MasterUsername: undefined }, 'InvalidParameterValue'],
      [{ MasterUserPassword: undefined }, 'InvalidParameterValue'],
      [{ BackupRetentionPeriod: 35 }, 'ok'],
      [{ BackupRetentionPeriod: 36 }, 'InvalidParameterValue'],
      [{ PreferredBackupWindow: '00:00-00:29' }, 'InvalidParameterValue'],
      [{ PreferredBackupWindow: '23:45-00:15' }, 'ok'],
      [{ PreferredBackupWindow: 'noon' }, 'InvalidParameterValue'],
      [{ OptionGroupName: 'nothing' }, 'OptionGroupNotFoundFault'],
      [{ DBParameterGroupName: 'nothing' }, 'DBParameterGroupNotFound'],
      [{ DBParameterGroupName: 'default.postgres17' }, 'ok'],
      [{ DBParameterGroupName: 'default.postgres16' }, 'InvalidParameterCombination'],
      [{ DBSubnetGroupName: 'nothing' }, 'DBSubnetGroupNotFoundFault'],
      [{ DBSubnetGroupName: 'default' }, 'ok'],
      [{ VpcSecurityGroupIds: ['sg-1', 'nothing'] }, 'InvalidParameterValue'],
      [{ VpcSecurityGroupIds: ['sg-0a1b', 'sg-2'] }, 'ok'],
      [{ KmsKeyId: 'alias/aws/rds' }, 'InvalidParameterCombination'],
      [{ KmsKeyId: 'alias/nothing', StorageEncrypted: true }, 'KMSKeyNotAccessibleFault'],
      [{ Tags: [{ Key: 'aws:x', Value: 'y' }] }, 'InvalidParameterValue'],
    ])('with %j: %s', async (input, code) => {
      expect(await codeOf(create('one', input))).toBe(code);
      expect((await home.rds.DescribeDBInstances({})).DBInstances).toHaveLength(code === 'ok' ? 1 : 0);
    });

    it('keeps automated backups for a day, unless told otherwise', async () => {
      await create('one', { BackupRetentionPeriod: undefined });
      expect((await instanceOf(home, 'one')).BackupRetentionPeriod).toBe(1);
    });

    it('twice under one name: refused', async () => {
      await create('one');
      expect(await codeOf(create('ONE'))).toBe('DBInstanceAlreadyExists');
    });

    it('encrypted without a key is under the AWS-managed one', async () => {
      await create('one', { StorageEncrypted: true });
      const { KmsKeyId } = await instanceOf(home, 'one');
      expect((await home.kms.DescribeKey({ KeyId: KmsKeyId })).KeyMetadata?.KeyManager).toBe('AWS');
    });

    it('is told by the certificate that its server shows, for a year', async () => {
      await create('one', { EnableIAMDatabaseAuthentication: true });
      expect((await instanceOf(home, 'one')).CertificateDetails).toBeUndefined();
      await cloud.clock.advance(8 * MINUTE);
      expect(await instanceOf(home, 'one')).toMatchObject({
        IAMDatabaseAuthenticationEnabled: true,
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
        CertificateDetails: {
          CAIdentifier: 'rds-ca-rsa2048-g1',
          ValidTill: new Date(at('2027-03-01 09:08')),
        },
      });
    });

    it('again under an old name has another resource id', async () => {
      await create('one');
      const first = (await instanceOf(home, 'one')).DbiResourceId;
      await cloud.clock.advance(8 * MINUTE);
      await home.rds.DeleteDBInstance({ ...one, SkipFinalSnapshot: true });
      await cloud.clock.advance(4 * MINUTE);
      await create('one');
      const second = (await instanceOf(home, 'one')).DbiResourceId;
      expect(second).toMatch(/^db-[A-Z0-9]{26}$/);
      expect(second).not.toBe(first);
    });
  });

  describe('that stands', () => {
    beforeEach(() => {
      home.stage.instance({ id: 'one' });
    });

    it('is stopping for four minutes, and starting for five', async () => {
      await home.rds.StopDBInstance(one);
      expect(await statusOf(home, 'one')).toBe('stopping');
      await cloud.clock.advance(4 * MINUTE - 1);
      expect(await statusOf(home, 'one')).toBe('stopping');
      await cloud.clock.advance(1);
      expect(await statusOf(home, 'one')).toBe('stopped');
      await home.rds.StartDBInstance(one);
      await cloud.clock.advance(5 * MINUTE - 1);
      expect(await statusOf(home, 'one')).toBe('starting');
      await cloud.clock.advance(1);
      expect(await statusOf(home, 'one')).toBe('available');
    });

    it('reboots in a minute', async () => {
      await home.rds.RebootDBInstance(one);
      await cloud.clock.advance(MINUTE - 1);
      expect(await statusOf(home, 'one')).toBe('rebooting');
      await cloud.clock.advance(1);
      expect(await statusOf(home, 'one')).toBe('available');
    });

    it('fails over by a reboot where it is Multi-AZ: the zones swap', async () => {
      home.stage.instance({ id: 'two', multiAz: true });
      expect(await codeOf(home.rds.RebootDBInstance({ ...one, ForceFailover: true }))).toBe(
        'InvalidParameterCombination',
      );
      await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'two', ForceFailover: true });
      await cloud.clock.advance(MINUTE);
      expect(await instanceOf(home, 'two')).toMatchObject({
        AvailabilityZone: 'us-east-1b',
        SecondaryAvailabilityZone: 'us-east-1a',
      });
    });

    it.each([
      ['StopDBInstance', 'stopped'],
      ['StopDBInstance', 'backing-up'],
      ['StartDBInstance', 'available'],
      ['StartDBInstance', 'stopping'],
      ['RebootDBInstance', 'stopped'],
      ['RebootDBInstance', 'rebooting'],
      ['ModifyDBInstance', 'creating'],
    ] as const)('takes no %s while %s', async (operation, status) => {
      home.stage.status('one', status);
      expect(await codeOf(home.rds[operation](one))).toBe('InvalidDBInstanceState');
      expect(await statusOf(home, 'one')).toBe(status);
    });

    it('is modified at once in what recovery depends on', async () => {
      await home.rds.ModifyDBInstance({
        ...one,
        BackupRetentionPeriod: 30,
        DeletionProtection: true,
        MultiAZ: true,
      });
      expect(await instanceOf(home, 'one')).toMatchObject({
        DBInstanceStatus: 'modifying',
        BackupRetentionPeriod: 30,
        DeletionProtection: true,
        SecondaryAvailabilityZone: 'us-east-1b',
      });
      await cloud.clock.advance(MINUTE);
      // Backups were off: the first is taken now.
      expect(await statusOf(home, 'one')).toBe('backing-up');
      await cloud.clock.advance(5 * MINUTE);
      expect(await statusOf(home, 'one')).toBe('available');
      expect(await codeOf(home.rds.ModifyDBInstance({ ...one, BackupRetentionPeriod: 36 }))).toBe(
        'InvalidParameterValue',
      );
    });

    it('is modified in whom it lets in, and stays in its network', async () => {
      await home.rds.CreateDBSubnetGroup({
        DBSubnetGroupName: 'other',
        DBSubnetGroupDescription: 'Another',
        SubnetIds: ['subnet-1', 'subnet-2'],
      });
      const move = (DBSubnetGroupName: string) =>
        codeOf(home.rds.ModifyDBInstance({ ...one, DBSubnetGroupName, VpcSecurityGroupIds: ['sg-x'] }));
      expect(await move('nothing')).toBe('DBSubnetGroupNotFoundFault');
      expect(await move('other')).toBe('InvalidVPCNetworkStateFault');
      expect((await instanceOf(home, 'one')).VpcSecurityGroups).toEqual([
        { VpcSecurityGroupId: 'sg-default', Status: 'active' },
      ]);
      await home.rds.ModifyDBInstance({
        ...one,
        DBSubnetGroupName: 'default',
        VpcSecurityGroupIds: ['sg-x'],
        EnableIAMDatabaseAuthentication: true,
      });
      await cloud.clock.advance(MINUTE);
      await home.rds.ModifyDBInstance({ ...one, CopyTagsToSnapshot: true });
      expect(await instanceOf(home, 'one')).toMatchObject({
        DBSubnetGroup: { DBSubnetGroupName: 'default' },
        VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-x', Status: 'active' }],
        IAMDatabaseAuthenticationEnabled: true,
      });
    });

    it('is put into a status by a test for a time', async () => {
      home.stage.status('one', 'maintenance', 10 * MINUTE);
      await cloud.clock.advance(10 * MINUTE - 1);
      expect(await statusOf(home, 'one')).toBe('maintenance');
      await cloud.clock.advance(1);
      expect(await statusOf(home, 'one')).toBe('available');
    });
  });

  describe('deleted', () => {
    beforeEach(() => {
      home.stage.instance({ id: 'one', tags: { team: 'erp' }, copyTagsToSnapshot: true });
    });

    it('is deleting for four minutes, then gone', async () => {
      await home.rds.DeleteDBInstance({ ...one, SkipFinalSnapshot: true });
      await cloud.clock.advance(4 * MINUTE - 1);
      expect(await statusOf(home, 'one')).toBe('deleting');
      await cloud.clock.advance(1);
      expect(await codeOf(home.rds.DescribeDBInstances(one))).toBe('DBInstanceNotFound');
    });

    it('leaves a last snapshot unless that is skipped', async () => {
      await home.rds.DeleteDBInstance({ ...one, FinalDBSnapshotIdentifier: 'Last' });
      expect(await snapshotOf(home, 'last')).toMatchObject({ Status: 'creating', SnapshotType: 'manual' });
      await cloud.clock.advance(9 * MINUTE - 1);
      expect(await statusOf(home, 'one')).toBe('deleting');
      await cloud.clock.advance(1);
      expect(await codeOf(home.rds.DescribeDBInstances(one))).toBe('DBInstanceNotFound');
      expect(await snapshotOf(home, 'last')).toMatchObject({
        Status: 'available',
        SnapshotDatabaseTime: new Date(at('2026-03-01 09:00')),
        TagList: [{ Key: 'team', Value: 'erp' }],
      });
    });

    it('must say whether to leave one, and cannot say both', async () => {
      expect(await codeOf(home.rds.DeleteDBInstance(one))).toBe('InvalidParameterCombination');
      const both = home.rds.DeleteDBInstance({
        ...one,
        SkipFinalSnapshot: true,
        FinalDBSnapshotIdentifier: 'last',
      });
      expect(await codeOf(both)).toBe('InvalidParameterCombination');
      const illegal = home.rds.DeleteDBInstance({ ...one, FinalDBSnapshotIdentifier: 'last-' });
      expect(await codeOf(illegal)).toBe('InvalidParameterValue');
      expect(await statusOf(home, 'one')).toBe('available');
    });

    it('is not while it is protected', async () => {
      await home.rds.ModifyDBInstance({ ...one, DeletionProtection: true });
      await cloud.clock.advance(MINUTE);
      expect(await codeOf(home.rds.DeleteDBInstance({ ...one, SkipFinalSnapshot: true }))).toBe(
        'InvalidParameterCombination',
      );
    });

    it.each(['creating', 'backing-up', 'rebooting', 'deleting'])('is not while %s', async (status) => {
      home.stage.status('one', status);
      expect(await codeOf(home.rds.DeleteDBInstance({ ...one, SkipFinalSnapshot: true }))).toBe(
        'InvalidDBInstanceState',
      );
    });

    it('when broken leaves none', async () => {
      home.stage.status('one', 'failed');
      expect(await codeOf(home.rds.DeleteDBInstance({ ...one, FinalDBSnapshotIdentifier: 'last' }))).toBe(
        'InvalidDBInstanceState',
      );
      expect(await codeOf(home.rds.DeleteDBInstance({ ...one, SkipFinalSnapshot: true }))).toBe('ok');
    });
  });
});

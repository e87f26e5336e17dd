import type { Cloud } from '../../../../local/cloud';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import { cloudAt, codeOf, HOME, newKey, type Region, SMALL, snapshotOf, statusOf } from '../world';

const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
const FINAL = 'inaccessible-encryption-credentials';

describe('an instance that loses its key', () => {
  let cloud: Cloud;
  let home: Region;
  let KeyId: string;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    KeyId = await newKey(home);
    home.stage.instance({ id: 'one', key: KeyId, backupRetention: 7 });
    home.stage.instance({ id: 'plain' });
  });

  it('is recoverable once RDS has noticed, and nobody else is touched', async () => {
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(15 * MINUTE - 1);
    expect(await statusOf(home, 'one')).toBe('available');
    await cloud.clock.advance(1);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    expect(await statusOf(home, 'plain')).toBe('available');
  });

  it('goes on where the key is back before that', async () => {
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(15 * MINUTE - 1);
    await home.kms.EnableKey({ KeyId });
    await cloud.clock.advance(DAY);
    expect(await statusOf(home, 'one')).toBe('available');
  });

  it('comes back by StartDBInstance, once the key is enabled', async () => {
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(DAY);
    const start = () => codeOf(home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' }));
    expect(await start()).toBe('KMSKeyNotAccessibleFault');
    await home.kms.EnableKey({ KeyId });
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    expect(await start()).toBe('ok');
    await cloud.clock.advance(5 * MINUTE);
    expect(await statusOf(home, 'one')).toBe('available');
    await cloud.clock.advance(8 * DAY);
    expect(await statusOf(home, 'one')).toBe('available');
  });

  it('is lost for good after seven days, by a key that is pending deletion too', async () => {
    await home.kms.ScheduleKeyDeletion({ KeyId });
    await cloud.clock.advance(15 * MINUTE + 7 * DAY - 1);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    await cloud.clock.advance(1);
    expect(await statusOf(home, 'one')).toBe(FINAL);
    await home.kms.CancelKeyDeletion({ KeyId });
    await home.kms.EnableKey({ KeyId });
    expect(await codeOf(home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' }))).toBe(
      'InvalidDBInstanceState',
    );
  });

  it('without automated backups is lost for good as soon as RDS has noticed', async () => {
    home.stage.instance({ id: 'bare', key: KeyId, backupRetention: 0 });
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(15 * MINUTE - 1);
    expect(await statusOf(home, 'bare')).toBe('available');
    await cloud.clock.advance(1);
    expect([await statusOf(home, 'bare'), await statusOf(home, 'one')]).toEqual([FINAL, RECOVERABLE]);
    await home.kms.EnableKey({ KeyId });
    expect(await codeOf(home.rds.StartDBInstance({ DBInstanceIdentifier: 'bare' }))).toBe(
      'InvalidDBInstanceState',
    );
  });

  it('is snapshotted as ever until RDS has noticed, and not after that', async () => {
    await home.kms.DisableKey({ KeyId });
    const take = (id: string) =>
      home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: id });
    await take('before');
    await cloud.clock.advance(5 * MINUTE);
    expect((await snapshotOf(home, 'before')).Status).toBe('available');
    await cloud.clock.advance(10 * MINUTE);
    expect(await codeOf(take('after'))).toBe('InvalidDBInstanceState');
  });

  it('is not created under such a key', async () => {
    const create = (id: string) =>
      codeOf(
        home.rds.CreateDBInstance({
          ...SMALL,
          DBInstanceIdentifier: id,
          StorageEncrypted: true,
          KmsKeyId: KeyId,
        }),
      );
    await home.kms.DisableKey({ KeyId });
    expect(await create('two')).toBe('KMSKeyNotAccessibleFault');
    await home.kms.EnableKey({ KeyId });
    expect(await create('two')).toBe('ok');
  });

  it('is not restored while the key is disabled, is pending deletion or is deleted', async () => {
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(5 * MINUTE);
    const restore = (id: string) =>
      codeOf(
        home.rds.RestoreDBInstanceFromDBSnapshot({ DBInstanceIdentifier: id, DBSnapshotIdentifier: 's' }),
      );
    await home.kms.DisableKey({ KeyId });
    expect(await restore('r')).toBe('KMSKeyNotAccessibleFault');
    await home.kms.EnableKey({ KeyId });
    expect(await restore('r')).toBe('ok');
    await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(await restore('q')).toBe('KMSKeyNotAccessibleFault');
    await cloud.clock.advance(7 * DAY);
    expect(await restore('q')).toBe('KMSKeyNotAccessibleFault');
  });
});

describe('the grant that an instance lives on', () => {
  let cloud: Cloud;
  let home: Region;
  let KeyId: string;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    KeyId = await newKey(home);
  });

  const grants = async () => (await home.kms.ListGrants({ KeyId })).Grants ?? [];
  const resourceId = async (id: string) =>
    (await home.rds.DescribeDBInstances({ DBInstanceIdentifier: id })).DBInstances?.[0]?.DbiResourceId;

  it('is there once the instance is created, restored or staged', async () => {
    await home.rds.CreateDBInstance({
      ...SMALL,
      DBInstanceIdentifier: 'created',
      StorageEncrypted: true,
      KmsKeyId: KeyId,
    });
    home.stage.instance({ id: 'staged', key: KeyId });
    home.stage.instance({ id: 'plain' });
    await cloud.clock.advance(10 * MINUTE);
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'created', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(5 * MINUTE);
    await home.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'restored',
      DBSnapshotIdentifier: 's',
    });
    const found = await grants();
    expect(found[0]).toMatchObject({
      KeyId,
      GranteePrincipal: 'rds.amazonaws.com',
      Operations: expect.arrayContaining(['Decrypt', 'GenerateDataKeyWithoutPlaintext', 'CreateGrant']),
    });
    const of = found.map(({ Constraints }) => Constraints?.EncryptionContextSubset?.['aws:rds:db-id']).sort();
    const ids = await Promise.all(['created', 'staged', 'restored'].map(resourceId));
    expect(of).toEqual(ids.sort());
  });

  it('goes with the instance', async () => {
    home.stage.instance({ id: 'one', key: KeyId });
    await home.rds.DeleteDBInstance({ DBInstanceIdentifier: 'one', SkipFinalSnapshot: true });
    await cloud.clock.advance(4 * MINUTE - 1);
    expect(await grants()).toHaveLength(1);
    await cloud.clock.advance(1);
    expect(await grants()).toEqual([]);
  });

  it('revoked, is the key lost; StartDBInstance makes another one', async () => {
    home.stage.instance({ id: 'one', key: KeyId, backupRetention: 7 });
    home.stage.instance({ id: 'two', key: KeyId, backupRetention: 7 });
    const own = await resourceId('one');
    const [grant] = (await grants()).filter(
      ({ Constraints }) => Constraints?.EncryptionContextSubset?.['aws:rds:db-id'] === own,
    );
    await home.kms.RevokeGrant({ KeyId, GrantId: grant?.GrantId });
    await cloud.clock.advance(15 * MINUTE - 1);
    expect(await statusOf(home, 'one')).toBe('available');
    await cloud.clock.advance(1);
    expect([await statusOf(home, 'one'), await statusOf(home, 'two')]).toEqual([RECOVERABLE, 'available']);
    // The key was enabled all along: that alone brings nothing back.
    await home.kms.EnableKey({ KeyId });
    await cloud.clock.advance(DAY);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    await home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advance(5 * MINUTE);
    expect(await statusOf(home, 'one')).toBe('available');
    const after = await grants();
    expect(after).toHaveLength(2);
    expect(after.map(({ GrantId }) => GrantId)).not.toContain(grant?.GrantId);
    await cloud.clock.advance(8 * DAY);
    expect(await statusOf(home, 'one')).toBe('available');
  });

  it('is renewed, not doubled, when a stopped instance starts', async () => {
    home.stage.instance({ id: 'one', key: KeyId, backupRetention: 7 });
    const before = await grants();
    await home.rds.StopDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advance(4 * MINUTE);
    await home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' });
    const after = await grants();
    expect(after).toHaveLength(1);
    expect(after[0]?.GrantId).not.toBe(before[0]?.GrantId);
  });

  it('on the key that AWS manages may be revoked, and nobody may make another', async () => {
    home.stage.instance({ id: 'one', key: 'alias/aws/rds', backupRetention: 7 });
    KeyId = (await home.kms.DescribeKey({ KeyId: 'alias/aws/rds' })).KeyMetadata?.Arn ?? '';
    const [grant] = await grants();
    await home.kms.RevokeGrant({ KeyId, GrantId: grant?.GrantId });
    await cloud.clock.advance(15 * MINUTE);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    const create = home.kms.CreateGrant({
      KeyId,
      GranteePrincipal: 'rds.amazonaws.com',
      Operations: ['Decrypt'],
    });
    expect(await codeOf(create)).toBe('AccessDeniedException');
  });
});

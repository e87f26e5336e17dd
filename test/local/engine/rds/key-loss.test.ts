import { type Cloud, createCloud } from '../../../../local/cloud';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import {
  at,
  cloudAt,
  codeOf,
  HOME,
  newKey,
  type Region,
  refusalOf,
  SMALL,
  snapshotOf,
  statusOf,
} from '../world';

const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
const FINAL = 'inaccessible-encryption-credentials';
/** Until RDS detects the loss, and until the instance is inaccessible. */
const NOTICED = 15 * MINUTE;
const GONE = NOTICED + 2 * HOUR;

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
    await cloud.clock.advance(GONE - 1);
    expect(await statusOf(home, 'one')).toBe('available');
    await cloud.clock.advance(1);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    expect(await statusOf(home, 'plain')).toBe('available');
  });

  it('has two hours from the detection on, and RDS detects within half an hour', async () => {
    cloud = createCloud({ start: at('2026-03-01 09:00') });
    home = cloud.region(HOME);
    KeyId = await newKey(home);
    home.stage.instance({ id: 'one', key: KeyId, backupRetention: 7 });
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(125 * MINUTE - 1);
    expect(await statusOf(home, 'one')).toBe('available');
    await cloud.clock.advance(25 * MINUTE + 1);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
  });

  it('has lost it already where it is placed under a disabled one', async () => {
    await home.kms.DisableKey({ KeyId });
    home.stage.instance({ id: 'late', key: KeyId, backupRetention: 7 });
    await cloud.clock.advance(GONE);
    expect(await statusOf(home, 'late')).toBe(RECOVERABLE);
  });

  it('goes on where the key is back before that', async () => {
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(GONE - 1);
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
    await cloud.clock.advance(GONE + 7 * DAY - 1);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    await cloud.clock.advance(1);
    expect(await statusOf(home, 'one')).toBe(FINAL);
    await home.kms.CancelKeyDeletion({ KeyId });
    await home.kms.EnableKey({ KeyId });
    expect(await codeOf(home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' }))).toBe(
      'InvalidDBInstanceState',
    );
  });

  describe('without automated backups', () => {
    const lost = async () => {
      home.stage.instance({ id: 'bare', key: KeyId });
      await home.kms.DisableKey({ KeyId });
      await cloud.clock.advance(9 * DAY);
      expect(await statusOf(home, 'bare')).toBe('available');
    };
    const start = (id: string) => codeOf(home.rds.StartDBInstance({ DBInstanceIdentifier: id }));

    it.each([
      ['a reboot', () => home.rds.RebootDBInstance({ DBInstanceIdentifier: 'bare' })],
      [
        'a modification',
        () => home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'bare', DBInstanceClass: 'db.m7g.large' }),
      ],
    ])('stays available until %s detaches its volume, and is lost for good then', async (_name, detach) => {
      await lost();
      await detach();
      await cloud.clock.advance(MINUTE);
      expect(await statusOf(home, 'bare')).toBe(FINAL);
      await home.kms.EnableKey({ KeyId });
      expect(await start('bare')).toBe('InvalidDBInstanceState');
    });

    it('is as it was where the key is back before that', async () => {
      await lost();
      await home.kms.EnableKey({ KeyId });
      await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'bare' });
      await cloud.clock.advance(DAY);
      expect(await statusOf(home, 'bare')).toBe('available');
    });

    it('is not started under a lost key, and lost for good where that goes while it starts', async () => {
      home.stage.instance({ id: 'bare', key: KeyId, status: 'stopped' });
      await home.kms.DisableKey({ KeyId });
      expect(await start('bare')).toBe('KMSKeyNotAccessibleFault');
      await home.kms.EnableKey({ KeyId });
      expect(await start('bare')).toBe('ok');
      await home.kms.DisableKey({ KeyId });
      await cloud.clock.advance(5 * MINUTE);
      expect(await statusOf(home, 'bare')).toBe(FINAL);
    });

    it('is recoverable as others once backups are turned on', async () => {
      await lost();
      await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'bare', BackupRetentionPeriod: 7 });
      await cloud.clock.advance(MINUTE + GONE);
      expect(await statusOf(home, 'bare')).toBe(RECOVERABLE);
    });
  });

  it('is lost for good at once where it cannot be stopped: a read replica, and its source', async () => {
    home.stage.instance({ id: 'replica', key: KeyId });
    home.stage.replica('replica', 'one');
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(GONE - 1);
    expect([await statusOf(home, 'one'), await statusOf(home, 'replica')]).toEqual([
      'available',
      'available',
    ]);
    await cloud.clock.advance(1);
    expect([await statusOf(home, 'one'), await statusOf(home, 'replica')]).toEqual([FINAL, FINAL]);
  });

  describe('while it is brought up', () => {
    const disabledAndUp = async (minutes: number) => {
      await home.kms.DisableKey({ KeyId });
      await cloud.clock.advance(minutes * MINUTE);
    };
    const losesIt = async (id: string) => {
      expect(await statusOf(home, id)).not.toBe(RECOVERABLE);
      await cloud.clock.advance(GONE - 1);
      expect(await statusOf(home, id)).not.toBe(RECOVERABLE);
      await cloud.clock.advance(1);
      expect(await statusOf(home, id)).toBe(RECOVERABLE);
    };
    const create = (DBInstanceIdentifier: string) =>
      home.rds.CreateDBInstance({ ...SMALL, DBInstanceIdentifier, StorageEncrypted: true, KmsKeyId: KeyId });
    const slow = async () => {
      cloud = cloudAt('2026-03-01 09:00', {
        durations: {
          create: [4 * HOUR, 4 * HOUR],
          restore: [4 * HOUR, 4 * HOUR],
          reboot: [4 * HOUR, 4 * HOUR],
        },
      });
      home = cloud.region(HOME);
      KeyId = await newKey(home);
    };

    it('is looked at when it is created', async () => {
      await slow();
      await create('new');
      // The last hour of the four is the first backup's.
      await disabledAndUp(180);
      await losesIt('new');
    });

    it('is looked at when it is restored', async () => {
      await slow();
      home.stage.instance({ id: 'one', key: KeyId, backupRetention: 7 });
      await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
      await cloud.clock.advance(5 * MINUTE);
      await home.rds.RestoreDBInstanceFromDBSnapshot({
        DBInstanceIdentifier: 'new',
        DBSnapshotIdentifier: 's',
      });
      await disabledAndUp(180);
      await losesIt('new');
    });

    it('is looked at anew when it is rebooted', async () => {
      await slow();
      home.stage.instance({ id: 'one', key: KeyId, backupRetention: 7 });
      await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'one' });
      await disabledAndUp(240);
      await losesIt('one');
    });

    it('keeps it where the key is back by then', async () => {
      await slow();
      await create('new');
      await disabledAndUp(60);
      await home.kms.EnableKey({ KeyId });
      await cloud.clock.advance(9 * DAY);
      expect(await statusOf(home, 'new')).toBe('available');
    });
  });

  describe('has events', () => {
    const told = async (id: string) => {
      const { Events = [] } = await home.rds.DescribeEvents({
        SourceType: 'db-instance',
        SourceIdentifier: id,
        StartTime: new Date(at('2026-03-01 09:00')),
      });
      return Events.map(({ Date: when, EventCategories, Message = '' }) => [
        when?.toISOString().slice(5, 16),
        ...(EventCategories ?? []),
        Message.split('.')[0],
      ]);
    };
    const is = 'Amazon RDS is unable to access the KMS encryption key for database instance';
    const hasBeen = 'Amazon RDS has been unable to access the KMS encryption key for database instance';
    const can = 'Amazon RDS can now successfully access the KMS encryption key for database instance';

    it('at the detection, at the end of it, and at the recovery', async () => {
      const heard: unknown[] = [];
      cloud.events.listen(({ source, detail }) => {
        if (source === 'aws.rds')
          heard.push([detail.EventID, detail.SourceIdentifier, detail.EventCategories]);
      });
      await home.kms.DisableKey({ KeyId });
      await cloud.clock.advance(4 * HOUR);
      await home.kms.EnableKey({ KeyId });
      await cloud.clock.advance(HOUR);
      const before = [
        ['03-01T09:15', 'failure', `${is} one`],
        ['03-01T11:15', 'availability', `${hasBeen} one`],
      ];
      expect(await told('one')).toEqual(before);
      await home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' });
      await cloud.clock.advance(HOUR);
      expect(await told('one')).toEqual([
        ...before,
        ['03-01T14:00', 'failure', `${can} one`],
        ['03-01T14:05', 'notification', 'DB instance started'],
      ]);
      expect(heard).toEqual([
        ['RDS-EVENT-0418', 'one', ['failure']],
        ['RDS-EVENT-0419', 'one', ['availability']],
        ['RDS-EVENT-0420', 'one', ['failure']],
        ['RDS-EVENT-0088', 'one', ['notification']],
      ]);
      expect(await told('plain')).toEqual([]);
    });

    it('where the key is back in between, and none where it is back before RDS has detected the loss', async () => {
      await home.kms.DisableKey({ KeyId });
      await cloud.clock.advance(NOTICED - 1);
      await home.kms.EnableKey({ KeyId });
      await cloud.clock.advance(4 * HOUR);
      expect(await told('one')).toEqual([]);
      await home.kms.DisableKey({ KeyId });
      await cloud.clock.advance(NOTICED);
      await home.kms.EnableKey({ KeyId });
      await cloud.clock.advance(4 * HOUR);
      expect(await told('one')).toEqual([
        ['03-01T13:29', 'failure', `${is} one`],
        ['03-01T13:29', 'failure', `${can} one`],
      ]);
    });

    it('once, however often the instance becomes available in between', async () => {
      home.stage.instance({ id: 'bare', key: KeyId });
      await home.kms.DisableKey({ KeyId });
      const snapshot = (id: string, of: string) =>
        home.rds.CreateDBSnapshot({ DBInstanceIdentifier: of, DBSnapshotIdentifier: id });
      await snapshot('a', 'one');
      await cloud.clock.advance(GONE - 1);
      await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'one' });
      await snapshot('b', 'bare');
      await cloud.clock.advance(GONE);
      const notices = async (id: string) => (await told(id)).filter(([, , text]) => text === `${is} ${id}`);
      expect(await notices('one')).toEqual([['03-01T09:15', 'failure', `${is} one`]]);
      expect(await notices('bare')).toEqual([['03-01T09:15', 'failure', `${is} bare`]]);
    });

    it('once, of an instance without backups', async () => {
      home.stage.instance({ id: 'bare', key: KeyId });
      await home.kms.DisableKey({ KeyId });
      await cloud.clock.advance(DAY);
      await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'bare', DBSnapshotIdentifier: 's' });
      await cloud.clock.advance(DAY);
      expect(await told('bare')).toEqual([['03-01T09:15', 'failure', `${is} bare`]]);
      await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'bare' });
      await cloud.clock.advance(HOUR);
      expect((await told('bare')).at(-1)).toEqual(['03-03T09:01', 'availability', `${hasBeen} bare`]);
    });
  });

  it('is snapshotted as ever until RDS has noticed, and not after that', async () => {
    await home.kms.DisableKey({ KeyId });
    const take = (id: string) =>
      home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: id });
    await take('before');
    await cloud.clock.advance(5 * MINUTE);
    expect((await snapshotOf(home, 'before')).Status).toBe('available');
    await cloud.clock.advance(GONE - 5 * MINUTE);
    expect(await codeOf(take('after'))).toBe('InvalidDBInstanceState');
  });

  it('is not created under such a key', async () => {
    const create = (id: string) =>
      refusalOf(
        home.rds.CreateDBInstance({
          ...SMALL,
          DBInstanceIdentifier: id,
          StorageEncrypted: true,
          KmsKeyId: KeyId,
        }),
      );
    await home.kms.DisableKey({ KeyId });
    expect(await create('two')).toBe(
      `KMSKeyNotAccessibleFault: The specified KMS key [${KeyId}] does not exist, is not enabled or you do not have permissions to access it.`,
    );
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
    await cloud.clock.advance(GONE - 1);
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
    await cloud.clock.advance(GONE);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    const create = home.kms.CreateGrant({
      KeyId,
      GranteePrincipal: 'rds.amazonaws.com',
      Operations: ['Decrypt'],
    });
    expect(await codeOf(create)).toBe('AccessDeniedException');
  });
});

import type { Cloud } from '../../../../local/cloud';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  cloudAt,
  codeOf,
  HOME,
  newKey,
  type Region,
  STRANGER,
  snapshotArn,
  snapshotOf,
} from '../world';

describe('a copy and its key', () => {
  let cloud: Cloud;
  let home: Region;
  let away: Region;
  let homeKey: string;
  let awayKey: string;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    away = cloud.region(AWAY);
    homeKey = await newKey(home);
    awayKey = await newKey(away);
    await away.kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: awayKey });
    home.stage.snapshots([
      { id: 'plain', instance: 'a', at: at('2026-03-01 07:00') },
      { id: 'sealed', instance: 'b', at: at('2026-03-01 07:00'), key: homeKey },
      { id: 'managed', instance: 'c', at: at('2026-03-01 07:00'), key: 'alias/aws/rds' },
    ]);
  });

  const copy = (source: string, KmsKeyId?: string, to = away, target = 'copy') =>
    to.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn(source),
      TargetDBSnapshotIdentifier: target,
      ...(KmsKeyId !== undefined && { KmsKeyId }),
    });

  it('of an encrypted snapshot into another region needs one', async () => {
    expect(await codeOf(copy('sealed'))).toBe('InvalidParameterValue');
    expect(await codeOf(copy('managed'))).toBe('InvalidParameterValue');
    expect(await codeOf(copy('plain'))).toBe('ok');
  });

  it('may be named by ARN, id, alias or alias ARN, and is answered by ARN', async () => {
    const names = [
      awayKey,
      awayKey.split('/')[1],
      'alias/holdfast',
      `arn:aws:kms:${AWAY}:${ACCOUNT}:alias/holdfast`,
    ];
    for (const [index, name] of names.entries()) {
      const { DBSnapshot } = await copy('sealed', name, away, `copy-${index}`);
      expect(DBSnapshot).toMatchObject({ Encrypted: true, KmsKeyId: awayKey });
    }
  });

  it('of the wrong region, missing or asymmetric: refused', async () => {
    const asymmetric = await newKey(away, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    await away.kms.DescribeKey({ KeyId: 'alias/aws/sns' });
    for (const key of [
      homeKey,
      'alias/nothing',
      '00000000-0000-4000-8000-000000000000',
      asymmetric,
      'alias/aws/sns',
      '',
    ]) {
      expect([key, await codeOf(copy('sealed', key))]).toEqual([key, 'KMSKeyNotAccessibleFault']);
    }
    expect(await codeOf(snapshotOf(away, 'copy'))).toBe('DBSnapshotNotFound');
  });

  it('disabled or pending deletion: refused, until it is back', async () => {
    await away.kms.DisableKey({ KeyId: awayKey });
    expect(await codeOf(copy('sealed', 'alias/holdfast'))).toBe('KMSKeyNotAccessibleFault');
    await away.kms.EnableKey({ KeyId: awayKey });
    await away.kms.ScheduleKeyDeletion({ KeyId: awayKey, PendingWindowInDays: 7 });
    expect(await codeOf(copy('sealed', 'alias/holdfast'))).toBe('KMSKeyNotAccessibleFault');
    await away.kms.CancelKeyDeletion({ KeyId: awayKey });
    expect(await codeOf(copy('sealed', 'alias/holdfast'))).toBe('KMSKeyNotAccessibleFault');
    await away.kms.EnableKey({ KeyId: awayKey });
    expect(await codeOf(copy('sealed', 'alias/holdfast'))).toBe('ok');
  });

  it('that is deleted: refused for good, by its alias too', async () => {
    await away.kms.ScheduleKeyDeletion({ KeyId: awayKey, PendingWindowInDays: 7 });
    await cloud.clock.advance(7 * DAY);
    for (const key of [awayKey, 'alias/holdfast']) {
      expect([key, await codeOf(copy('sealed', key))]).toEqual([key, 'KMSKeyNotAccessibleFault']);
    }
  });

  it('of the source must be there too: not disabled, not pending deletion, not deleted', async () => {
    await home.kms.DisableKey({ KeyId: homeKey });
    expect(await codeOf(copy('sealed', awayKey))).toBe('KMSKeyNotAccessibleFault');
    await home.kms.EnableKey({ KeyId: homeKey });
    await home.kms.ScheduleKeyDeletion({ KeyId: homeKey, PendingWindowInDays: 7 });
    expect(await codeOf(copy('sealed', awayKey))).toBe('KMSKeyNotAccessibleFault');
    await cloud.clock.advance(7 * DAY);
    expect(await codeOf(copy('sealed', awayKey))).toBe('KMSKeyNotAccessibleFault');
    expect(await codeOf(copy('plain', awayKey))).toBe('ok');
  });

  it('that waits for its material opens nothing, until that is imported', async () => {
    const external = await newKey(away, { Origin: 'EXTERNAL' });
    expect(await codeOf(copy('sealed', external))).toBe('KMSKeyNotAccessibleFault');
    away.stage.importMaterial(external);
    expect(await codeOf(copy('sealed', external))).toBe('ok');
  });

  it('may be a replica of the source key, once that is made', async () => {
    const primary = await newKey(home, { MultiRegion: true });
    const { ReplicaKeyMetadata } = await home.kms.ReplicateKey({ KeyId: primary, ReplicaRegion: AWAY });
    const replica = ReplicaKeyMetadata?.Arn ?? '';
    await cloud.clock.advance(10_000 - 1);
    expect(await codeOf(copy('sealed', replica))).toBe('KMSKeyNotAccessibleFault');
    await cloud.clock.advance(1);
    expect((await copy('sealed', replica)).DBSnapshot?.KmsKeyId).toBe(replica);
  });

  it('that rotates opens what was written before, and what is written after', async () => {
    await home.kms.RotateKeyOnDemand({ KeyId: homeKey });
    await away.kms.RotateKeyOnDemand({ KeyId: awayKey });
    await cloud.clock.advance(5 * MINUTE);
    expect(await codeOf(copy('sealed', awayKey))).toBe('ok');
  });

  describe('that goes in the meantime', () => {
    const statuses = async (...ids: string[]) =>
      Promise.all(ids.map(async (id) => (await snapshotOf(away, id)).Status));
    const told = async () =>
      (await away.rds.DescribeEvents({ SourceType: 'db-snapshot' })).Events?.map(
        ({ SourceIdentifier, Message }) => `${SourceIdentifier}: ${Message}`,
      );
    /** One that moves, and one that waits for it. */
    const two = async () => {
      home.stage.snapshots([{ id: 'next', instance: 'b', at: at('2026-03-01 08:00'), key: homeKey }]);
      await copy('sealed', awayKey, away, 'moving');
      await copy('next', awayKey, away, 'waiting');
      await cloud.clock.advance(10 * MINUTE);
    };

    it.each([
      ['source', 'disabled', () => home.kms.DisableKey({ KeyId: homeKey })],
      ['source', 'pending deletion', () => home.kms.ScheduleKeyDeletion({ KeyId: homeKey })],
      ['target', 'disabled', () => away.kms.DisableKey({ KeyId: awayKey })],
      ['target', 'pending deletion', () => away.kms.ScheduleKeyDeletion({ KeyId: awayKey })],
    ])('fails it, by its %s key %s, at its end and before the next one begins', async (which, _how, goes) => {
      await two();
      await goes();
      await cloud.clock.advance(20 * MINUTE - 1);
      expect(await statuses('moving', 'waiting')).toEqual(['creating', 'creating']);
      await cloud.clock.advance(1);
      expect(await statuses('moving', 'waiting')).toEqual(['failed', 'failed']);
      const why = `The KMS key [${which === 'source' ? homeKey : awayKey}] does not exist, is not enabled or you do not have permissions to access it.`;
      expect(await told()).toEqual([
        `moving: Started copy of snapshot sealed from region ${HOME}`,
        `moving: Canceled snapshot copy request of sealed from region ${HOME}: ${why}`,
        `waiting: Canceled snapshot copy request of next from region ${HOME}: ${why}`,
      ]);
      expect(await codeOf(away.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'moving' }))).toBe('ok');
    });

    it('and is back in time changes nothing', async () => {
      await two();
      await home.kms.DisableKey({ KeyId: homeKey });
      await away.kms.DisableKey({ KeyId: awayKey });
      await cloud.clock.advance(10 * MINUTE);
      await home.kms.EnableKey({ KeyId: homeKey });
      await away.kms.EnableKey({ KeyId: awayKey });
      await cloud.clock.advance(20 * MINUTE);
      expect(await statuses('moving', 'waiting')).toEqual(['available', 'available']);
    });

    it('fails a copy within a region too, and none that is not encrypted', async () => {
      await copy('sealed', undefined, home);
      await copy('plain');
      await home.kms.DisableKey({ KeyId: homeKey });
      await cloud.clock.advance(30 * MINUTE);
      expect((await snapshotOf(home, 'copy')).Status).toBe('failed');
      expect((await snapshotOf(away, 'copy')).Status).toBe('available');
    });
  });

  it('makes an encrypted copy of a plain snapshot', async () => {
    expect((await copy('plain', awayKey)).DBSnapshot).toMatchObject({ Encrypted: true, KmsKeyId: awayKey });
    const { DBSnapshot } = await copy('plain', undefined, away, 'still-plain');
    expect(DBSnapshot?.Encrypted).toBe(false);
    expect(DBSnapshot?.KmsKeyId).toBeUndefined();
  });

  it('stays the same within a region, unless another is passed', async () => {
    expect((await copy('sealed', undefined, home)).DBSnapshot?.KmsKeyId).toBe(homeKey);
    const other = await newKey(home);
    expect((await copy('sealed', other, home, 'rekeyed')).DBSnapshot?.KmsKeyId).toBe(other);
  });

  it('alias/aws/rds of the destination appears with its first use', async () => {
    expect((await away.kms.ListAliases({})).Aliases?.map(({ AliasName }) => AliasName)).toEqual([
      'alias/holdfast',
    ]);
    await copy('sealed', 'alias/aws/rds');
    await cloud.clock.advance(30 * MINUTE);
    const { KmsKeyId } = await snapshotOf(away, 'copy');
    const { KeyMetadata } = await away.kms.DescribeKey({ KeyId: KmsKeyId });
    expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
    expect((await away.kms.ListAliases({ KeyId: KmsKeyId })).Aliases?.[0]?.AliasName).toBe('alias/aws/rds');
  });

  it('managed by AWS opens to no other account, a customer key does', async () => {
    home.stage.share('managed', STRANGER);
    home.stage.share('sealed', STRANGER);
    const stranger = cloud.region(HOME, STRANGER);
    const key = await newKey(stranger);
    expect(await codeOf(copy('managed', key, stranger))).toBe('KMSKeyNotAccessibleFault');
    expect(await codeOf(copy('sealed', undefined, stranger))).toBe('InvalidParameterValue');
    expect(await codeOf(copy('sealed', key, stranger))).toBe('ok');
  });
});

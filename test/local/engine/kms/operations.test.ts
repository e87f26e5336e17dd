import { DAY } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, at, cloudAt, codeOf, HOME, STRANGER } from '../world';

describe('KMS', () => {
  const begin = async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const { kms } = cloud.region(HOME);
    const { KeyMetadata } = await kms.CreateKey({
      Description: 'of a test',
      Tags: [{ TagKey: 'a', TagValue: '1' }],
    });
    const KeyId = KeyMetadata?.KeyId ?? '';
    await kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: KeyId });
    const stateOf = async () => (await kms.DescribeKey({ KeyId })).KeyMetadata?.KeyState;
    return { cloud, kms, KeyId, KeyMetadata, stateOf };
  };

  it('describes a key by id, ARN, alias and alias ARN', async () => {
    const { kms, KeyId, KeyMetadata } = await begin();
    expect(KeyMetadata).toMatchObject({
      Arn: `arn:aws:kms:${HOME}:${ACCOUNT}:key/${KeyId}`,
      KeyState: 'Enabled',
      Enabled: true,
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      CreationDate: new Date(at('2026-03-01 09:00')),
    });
    for (const name of [
      KeyId,
      KeyMetadata?.Arn,
      'alias/holdfast',
      `arn:aws:kms:${HOME}:${ACCOUNT}:alias/holdfast`,
    ]) {
      expect((await kms.DescribeKey({ KeyId: name })).KeyMetadata?.KeyId).toBe(KeyId);
    }
  });

  it('knows no key of another region or account, and none that is not there', async () => {
    const { cloud, kms, KeyMetadata } = await begin();
    const elsewhere = [cloud.region(AWAY).kms, cloud.region(HOME, STRANGER).kms];
    for (const other of elsewhere) {
      expect(await codeOf(other.DescribeKey({ KeyId: KeyMetadata?.Arn }))).toBe('NotFoundException');
      expect(await codeOf(other.DescribeKey({ KeyId: 'alias/holdfast' }))).toBe('NotFoundException');
    }
    expect(await codeOf(kms.DescribeKey({ KeyId: 'alias/nothing' }))).toBe('NotFoundException');
    expect(await codeOf(kms.DescribeKey({ KeyId: '' }))).toBe('ValidationException');
  });

  it('disables and enables', async () => {
    const { kms, KeyId, stateOf } = await begin();
    await kms.DisableKey({ KeyId });
    expect((await kms.DescribeKey({ KeyId })).KeyMetadata).toMatchObject({
      KeyState: 'Disabled',
      Enabled: false,
    });
    await kms.EnableKey({ KeyId: 'alias/holdfast' });
    expect(await stateOf()).toBe('Enabled');
  });

  it('deletes a key after its time, its aliases with it', async () => {
    const { cloud, kms, KeyId, stateOf } = await begin();
    const answer = await kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(answer).toMatchObject({
      KeyState: 'PendingDeletion',
      DeletionDate: new Date(at('2026-03-08 09:00')),
    });
    expect(await codeOf(kms.EnableKey({ KeyId }))).toBe('KMSInvalidStateException');
    expect(await codeOf(kms.DisableKey({ KeyId }))).toBe('KMSInvalidStateException');
    await cloud.clock.advance(7 * DAY - 1);
    expect(await stateOf()).toBe('PendingDeletion');
    await cloud.clock.advance(1);
    expect(await codeOf(kms.DescribeKey({ KeyId }))).toBe('NotFoundException');
    expect(await codeOf(kms.DescribeKey({ KeyId: 'alias/holdfast' }))).toBe('NotFoundException');
  });

  it('takes a deletion back, and leaves the key disabled', async () => {
    const { cloud, kms, KeyId, stateOf } = await begin();
    expect(await codeOf(kms.CancelKeyDeletion({ KeyId }))).toBe('KMSInvalidStateException');
    await kms.ScheduleKeyDeletion({ KeyId });
    await kms.CancelKeyDeletion({ KeyId });
    expect(await stateOf()).toBe('Disabled');
    await cloud.clock.advance(31 * DAY);
    expect(await stateOf()).toBe('Disabled');
    for (const days of [6, 31]) {
      expect(await codeOf(kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: days }))).toBe(
        'ValidationException',
      );
    }
  });

  it("has the key that AWS manages from the first asking on, and it is AWS's", async () => {
    const { kms } = await begin();
    const { KeyMetadata } = await kms.DescribeKey({ KeyId: 'alias/aws/rds' });
    expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
    const again = await kms.DescribeKey({ KeyId: 'alias/aws/rds' });
    expect(again.KeyMetadata?.KeyId).toBe(KeyMetadata?.KeyId);
    expect(await codeOf(kms.DisableKey({ KeyId: KeyMetadata?.KeyId }))).toBe('AccessDeniedException');
  });

  it('lists keys, aliases and tags, by pages', async () => {
    const { kms, KeyId } = await begin();
    for (let n = 0; n < 4; n += 1) await kms.CreateKey({});
    const first = await kms.ListKeys({ Limit: 3 });
    const second = await kms.ListKeys({ Limit: 3, Marker: first.NextMarker });
    expect([first.Truncated, second.Truncated]).toEqual([true, false]);
    const ids = [...(first.Keys ?? []), ...(second.Keys ?? [])].map((key) => key.KeyId);
    expect(new Set(ids).size).toBe(5);
    expect((await kms.ListAliases({ KeyId })).Aliases).toMatchObject([
      { AliasName: 'alias/holdfast', TargetKeyId: KeyId },
    ]);
    await kms.TagResource({ KeyId, Tags: [{ TagKey: 'b', TagValue: '2' }] });
    expect((await kms.ListResourceTags({ KeyId })).Tags).toEqual([
      { TagKey: 'a', TagValue: '1' },
      { TagKey: 'b', TagValue: '2' },
    ]);
    expect(await codeOf(kms.ListKeys({ Marker: 'x' }))).toBe('InvalidMarkerException');
    expect(await codeOf(kms.ListKeys({ Limit: 0 }))).toBe('ValidationException');
  });

  it('refuses aliases that are taken, reserved or none', async () => {
    const { kms, KeyId } = await begin();
    const alias = (AliasName: string, TargetKeyId = KeyId) =>
      codeOf(kms.CreateAlias({ AliasName, TargetKeyId }));
    expect(await alias('alias/holdfast')).toBe('AlreadyExistsException');
    expect(await alias('alias/aws/mine')).toBe('NotAuthorizedException');
    expect(await alias('holdfast')).toBe('InvalidAliasNameException');
    expect(await alias('alias/new', 'nothing')).toBe('NotFoundException');
  });
});

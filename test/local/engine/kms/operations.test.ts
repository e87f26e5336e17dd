import type { CreateKeyRequest } from '@aws-sdk/client-kms';
import { DAY } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, at, cloudAt, codeOf, HOME, refusalOf, STRANGER } from '../world';

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

  it('says what is wrong with the name of a key', async () => {
    const { kms } = await begin();
    const id = '00000000-0000-4000-8000-000000000000';
    const here = `arn:aws:kms:${HOME}:${ACCOUNT}`;
    const calls = [
      (KeyId: string) => refusalOf(kms.DescribeKey({ KeyId })),
      (KeyId: string) => refusalOf(kms.DisableKey({ KeyId })),
    ];
    for (const call of calls) {
      const missing = `NotFoundException: Key '${here}:key/${id}' does not exist`;
      expect(await call(id)).toBe(missing);
      expect(await call(`${here}:key/${id}`)).toBe(missing);
      expect(await call(`mrk-${'0'.repeat(32)}`)).toMatch(/^NotFoundException: Key '.*' does not exist$/);
      expect(await call('foo')).toBe("NotFoundException: Invalid keyId 'foo'");
      for (const wrong of ['arn:aws:kms', `${here}:thing/x`, `arn:aws:s3:${HOME}:${ACCOUNT}:key/${id}`]) {
        expect(await call(wrong)).toMatch(/^InvalidArnException: /);
      }
    }
    expect(await refusalOf(kms.DescribeKey({ KeyId: 'alias/nothing' }))).toBe(
      `NotFoundException: Alias ${here}:alias/nothing is not found.`,
    );
    expect(await refusalOf(kms.DisableKey({ KeyId: 'alias/holdfast' }))).toBe(
      "NotFoundException: Invalid keyId 'alias/holdfast'",
    );
  });

  it('takes an alias to look a key up, and for nothing else', async () => {
    const { kms } = await begin();
    for (const alias of ['alias/holdfast', `arn:aws:kms:${HOME}:${ACCOUNT}:alias/holdfast`]) {
      const asked = { KeyId: alias };
      expect(await codeOf(kms.DescribeKey(asked))).toBe('ok');
      expect(await codeOf(kms.EnableKeyRotation(asked))).toBe('NotFoundException');
      expect(await codeOf(kms.GetKeyRotationStatus(asked))).toBe('NotFoundException');
      expect(await codeOf(kms.DisableKey(asked))).toBe('NotFoundException');
      expect(await codeOf(kms.ScheduleKeyDeletion(asked))).toBe('NotFoundException');
    }
  });

  it('makes keys of every kind, and none that does not exist', async () => {
    const { kms } = await begin();
    const make = async (input: CreateKeyRequest) => (await kms.CreateKey(input)).KeyMetadata;
    expect(await make({})).toMatchObject({
      AWSAccountId: ACCOUNT,
      Origin: 'AWS_KMS',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const mac = await make({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    expect(mac?.KeyUsage).toBe('GENERATE_VERIFY_MAC');
    expect(mac?.CurrentKeyMaterialId).toBeUndefined();
    expect(await make({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-1234567890abcdef0' })).toMatchObject({
      Origin: 'AWS_CLOUDHSM',
      CustomKeyStoreId: 'cks-1234567890abcdef0',
      KeyState: 'Enabled',
    });
    for (const wrong of [
      { KeySpec: 'RSA_2048' },
      { KeySpec: 'RSA_2048', KeyUsage: 'KEY_AGREEMENT' },
      { KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'SIGN_VERIFY' },
      { KeySpec: 'RSA_1024' as 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
      { Origin: 'AWS_CLOUDHSM' },
      { CustomKeyStoreId: 'cks-1234567890abcdef0' },
    ] as const) {
      expect([wrong, await codeOf(kms.CreateKey(wrong))]).toEqual([wrong, 'ValidationException']);
    }
    const store = { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-1', MultiRegion: true } as const;
    expect(await codeOf(kms.CreateKey(store))).toBe('UnsupportedOperationException');
  });

  it('tells what a key can do, and its spec by the old name too', async () => {
    const { kms } = await begin();
    const make = async (input: CreateKeyRequest) => (await kms.CreateKey(input)).KeyMetadata;
    const rsa = await make({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect(rsa).toMatchObject({
      KeySpec: 'RSA_2048',
      CustomerMasterKeySpec: 'RSA_2048',
      EncryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
    });
    expect(rsa?.SigningAlgorithms).toBeUndefined();
    const signer = await make({ KeySpec: 'RSA_4096', KeyUsage: 'SIGN_VERIFY' });
    expect(signer?.SigningAlgorithms).toHaveLength(6);
    expect(signer?.EncryptionAlgorithms).toBeUndefined();
    expect(await make({})).toMatchObject({
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    });
    const curve = await make({ KeySpec: 'ECC_NIST_P384', KeyUsage: 'SIGN_VERIFY' });
    expect(curve?.SigningAlgorithms).toEqual(['ECDSA_SHA_384']);
  });

  it('waits for the material of an EXTERNAL key', async () => {
    const { cloud, kms } = await begin();
    const { KeyMetadata } = await kms.CreateKey({ Origin: 'EXTERNAL' });
    const external = KeyMetadata?.KeyId ?? '';
    expect(KeyMetadata).toMatchObject({ KeyState: 'PendingImport', Enabled: false, Origin: 'EXTERNAL' });
    expect(KeyMetadata?.CurrentKeyMaterialId).toBeUndefined();
    expect(await codeOf(kms.EnableKey({ KeyId: external }))).toBe('KMSInvalidStateException');
    await kms.ScheduleKeyDeletion({ KeyId: external });
    await kms.CancelKeyDeletion({ KeyId: external });
    expect((await kms.DescribeKey({ KeyId: external })).KeyMetadata?.KeyState).toBe('PendingImport');
    cloud.region(HOME).stage.importMaterial(external);
    expect((await kms.DescribeKey({ KeyId: external })).KeyMetadata).toMatchObject({
      KeyState: 'Enabled',
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(() => cloud.region(HOME).stage.importMaterial('alias/holdfast')).toThrow('AWS_KMS');
  });

  it('disables and enables', async () => {
    const { kms, KeyId, stateOf } = await begin();
    await kms.DisableKey({ KeyId });
    expect((await kms.DescribeKey({ KeyId })).KeyMetadata).toMatchObject({
      KeyState: 'Disabled',
      Enabled: false,
    });
    await kms.EnableKey({ KeyId });
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

  it.each(['rds', 'sns'])(
    "has the key that AWS manages for %s from the first asking on, and it is AWS's",
    async (service) => {
      const { kms } = await begin();
      const names = async () => (await kms.ListAliases({})).Aliases?.map(({ AliasName }) => AliasName);
      expect(await names()).toEqual(['alias/holdfast']);
      const { KeyMetadata } = await kms.DescribeKey({ KeyId: `alias/aws/${service}` });
      expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
      const again = await kms.DescribeKey({
        KeyId: `arn:aws:kms:${HOME}:${ACCOUNT}:alias/aws/${service}`,
      });
      expect(again.KeyMetadata?.KeyId).toBe(KeyMetadata?.KeyId);
      expect(await names()).toEqual([`alias/aws/${service}`, 'alias/holdfast']);
      expect(await codeOf(kms.DisableKey({ KeyId: KeyMetadata?.KeyId }))).toBe('AccessDeniedException');
    },
  );

  it('has no key of a service that is not here', async () => {
    const { kms } = await begin();
    for (const KeyId of ['alias/aws/ebs', 'alias/aws/constructor']) {
      expect(await codeOf(kms.DescribeKey({ KeyId }))).toBe('NotFoundException');
    }
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
});

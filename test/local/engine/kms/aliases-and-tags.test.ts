import { DAY } from '../../../../shared/domain/time';
import { at, cloudAt, codeOf, HOME, newKey, refusalOf } from '../world';

const begin = async () => {
  const cloud = cloudAt('2026-03-01 09:00');
  const home = cloud.region(HOME);
  const [one, two] = [await newKey(home), await newKey(home)];
  await home.kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: one });
  return { cloud, home, kms: home.kms, one, two };
};

describe('an alias', () => {
  it('is refused where it is taken, reserved, none, or leads nowhere', async () => {
    const { kms, one } = await begin();
    const alias = (AliasName: string, TargetKeyId = one) =>
      codeOf(kms.CreateAlias({ AliasName, TargetKeyId }));
    expect(await alias('alias/holdfast')).toBe('AlreadyExistsException');
    expect(await alias('alias/aws/mine')).toBe('NotAuthorizedException');
    expect(await alias('alias/hold fast')).toBe('InvalidAliasNameException');
    expect(await refusalOf(kms.CreateAlias({ AliasName: 'holdfast', TargetKeyId: one }))).toBe(
      'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
    expect(await alias('alias/new', 'nothing')).toBe('NotFoundException');
    expect(await alias('alias/new', 'alias/holdfast')).toBe('NotFoundException');
    await kms.ScheduleKeyDeletion({ KeyId: one });
    expect(await alias('alias/new')).toBe('KMSInvalidStateException');
  });

  it('goes over to another key, and says since when', async () => {
    const { cloud, kms, two } = await begin();
    await cloud.clock.advance(DAY);
    await kms.UpdateAlias({ AliasName: 'alias/holdfast', TargetKeyId: two });
    expect((await kms.DescribeKey({ KeyId: 'alias/holdfast' })).KeyMetadata?.Arn).toBe(two);
    expect((await kms.ListAliases({ KeyId: two })).Aliases).toMatchObject([
      {
        CreationDate: new Date(at('2026-03-01 09:00')),
        LastUpdatedDate: new Date(at('2026-03-02 09:00')),
      },
    ]);
  });

  it('leaves a key that is dying, and goes to none that is', async () => {
    const { kms, one, two } = await begin();
    await kms.ScheduleKeyDeletion({ KeyId: one });
    await kms.UpdateAlias({ AliasName: 'alias/holdfast', TargetKeyId: two });
    const back = kms.UpdateAlias({ AliasName: 'alias/holdfast', TargetKeyId: one });
    expect(await codeOf(back)).toBe('KMSInvalidStateException');
  });

  it('goes only to a key of its kind, and only where it is there and not of AWS', async () => {
    const { home, kms, two } = await begin();
    const update = (AliasName: string, TargetKeyId: string) =>
      codeOf(kms.UpdateAlias({ AliasName, TargetKeyId }));
    const rsa = await newKey(home, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    const curve = await newKey(home, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const signer = await newKey(home, { KeySpec: 'RSA_4096', KeyUsage: 'SIGN_VERIFY' });
    expect(await update('alias/holdfast', rsa)).toBe('ValidationException');
    expect(await update('alias/nothing', two)).toBe('NotFoundException');
    expect(await update('alias/aws/rds', two)).toBe('NotAuthorizedException');
    await kms.CreateAlias({ AliasName: 'alias/signer', TargetKeyId: curve });
    expect(await update('alias/signer', rsa)).toBe('ValidationException');
    expect(await update('alias/signer', signer)).toBe('ok');
  });

  it('is one of 50 that a key can have, however it comes to the key', async () => {
    const { kms, one, two } = await begin();
    for (let n = 1; n < 50; n += 1) await kms.CreateAlias({ AliasName: `alias/n${n}`, TargetKeyId: one });
    expect(await codeOf(kms.CreateAlias({ AliasName: 'alias/n50', TargetKeyId: one }))).toBe(
      'LimitExceededException',
    );
    await kms.CreateAlias({ AliasName: 'alias/n50', TargetKeyId: two });
    const move = (AliasName: string) => codeOf(kms.UpdateAlias({ AliasName, TargetKeyId: one }));
    expect(await move('alias/n50')).toBe('LimitExceededException');
    expect(await move('alias/n1')).toBe('ok');
  });

  it('is deleted, and its key stays', async () => {
    const { kms, one } = await begin();
    await kms.DeleteAlias({ AliasName: 'alias/holdfast' });
    expect(await codeOf(kms.DescribeKey({ KeyId: 'alias/holdfast' }))).toBe('NotFoundException');
    expect(await codeOf(kms.DescribeKey({ KeyId: one }))).toBe('ok');
    expect(await codeOf(kms.DeleteAlias({ AliasName: 'alias/holdfast' }))).toBe('NotFoundException');
    expect(await codeOf(kms.DeleteAlias({ AliasName: 'alias/aws/rds' }))).toBe('NotAuthorizedException');
  });
});

describe('the tags of a key', () => {
  it('come by pages of 50 at most', async () => {
    const { kms, one } = await begin();
    const names = Array.from({ length: 50 }, (_, n) => `t${String(n).padStart(2, '0')}`);
    await kms.TagResource({ KeyId: one, Tags: names.map((TagKey) => ({ TagKey, TagValue: 'x' })) });
    const whole = await kms.ListResourceTags({ KeyId: one });
    expect([whole.Tags?.length, whole.Truncated, whole.NextMarker]).toEqual([50, false, undefined]);
    const first = await kms.ListResourceTags({ KeyId: one, Limit: 49 });
    const second = await kms.ListResourceTags({ KeyId: one, Limit: 49, Marker: first.NextMarker });
    expect([first.Truncated, second.Truncated]).toEqual([true, false]);
    expect([...(first.Tags ?? []), ...(second.Tags ?? [])].map(({ TagKey }) => TagKey)).toEqual(names);
    for (const Limit of [0, 51]) {
      expect(await codeOf(kms.ListResourceTags({ KeyId: one, Limit }))).toBe('ValidationException');
    }
    const more = kms.TagResource({ KeyId: one, Tags: [{ TagKey: 'one too many', TagValue: '' }] });
    expect(await refusalOf(more)).toBe('TagException: Too many tags');
    const Tags = [...names, 'x'].map((TagKey) => ({ TagKey, TagValue: '' }));
    expect(await refusalOf(kms.CreateKey({ Tags }))).toBe('TagException: Too many tags');
  });

  it('are taken away by name, also where there is no such tag', async () => {
    const { kms, one } = await begin();
    await kms.TagResource({
      KeyId: one,
      Tags: [
        { TagKey: 'a', TagValue: '1' },
        { TagKey: 'b', TagValue: '2' },
      ],
    });
    await kms.UntagResource({ KeyId: one, TagKeys: ['a', 'never'] });
    expect((await kms.ListResourceTags({ KeyId: one })).Tags).toEqual([{ TagKey: 'b', TagValue: '2' }]);
  });

  it('have keys of 1 to 128 characters, and values of 256 at most', async () => {
    const { kms, one } = await begin();
    const tag = (key: number, value: number) =>
      refusalOf(
        kms.TagResource({ KeyId: one, Tags: [{ TagKey: 'k'.repeat(key), TagValue: 'v'.repeat(value) }] }),
      );
    expect(await tag(128, 256)).toBe('ok');
    expect(await tag(129, 0)).toMatch(
      /^ValidationException: .* at 'tags.1.member.tagKey' .* Member must have length less than or equal to 128$/,
    );
    expect(await tag(1, 257)).toMatch(/^ValidationException: .* 'tags.1.member.tagValue' .* equal to 256$/);
    expect(await tag(0, 0)).toMatch(/^ValidationException: .* greater than or equal to 1$/);
  });

  it('stay as they are while the key is dying, and are never of AWS or double', async () => {
    const { kms, one } = await begin();
    const tag = (...names: string[]) =>
      codeOf(kms.TagResource({ KeyId: one, Tags: names.map((TagKey) => ({ TagKey, TagValue: '' })) }));
    expect(await tag('aws:mine')).toBe('TagException');
    expect(await tag('AWS:mine')).toBe('TagException');
    expect(await tag('a', 'a')).toBe('TagException');
    await kms.ScheduleKeyDeletion({ KeyId: one });
    expect(await tag('a')).toBe('KMSInvalidStateException');
    expect(await codeOf(kms.UntagResource({ KeyId: one, TagKeys: ['a'] }))).toBe('KMSInvalidStateException');
  });
});

import { createHash } from 'node:crypto';
import type { Cloud } from '../../../../local/cloud';
import type { Upload } from '../../../../local/engine/s3/put-object';
import { MINUTE } from '../../../../shared/domain/time';
import { cloudAt, codeOf, HOME, newKey, type Region } from '../world';

const Bucket = 'evidence';
const Key = 'inspections/a.json';

const base64 = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('base64');

describe('an object', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00:00.750');
    home = cloud.region(HOME);
    await home.s3.CreateBucket({ Bucket });
  });

  const versioned = (Status: 'Enabled' | 'Suspended' = 'Enabled') =>
    home.s3.PutBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
  const put = (Body: string, input: Partial<Upload> = {}) =>
    home.s3.PutObject({ Bucket, Key, Body, ...input });
  const get = (VersionId?: string) =>
    home.s3.GetObject({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) });
  const text = async (VersionId?: string) => Buffer.from((await get(VersionId)).Body).toString();
  const remove = (VersionId?: string) =>
    home.s3.DeleteObject({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) });

  it('is told again as it was put', async () => {
    const given = {
      ContentType: 'application/json',
      CacheControl: 'no-store',
      Metadata: { Schema: 'holdfast.inspection/1' },
      Tagging: 'a=1&b=2',
    };
    const { ETag } = await put('{"a":1}', given);
    expect(ETag).toBe(`"${createHash('md5').update('{"a":1}').digest('hex')}"`);
    const { Body, ...told } = await get();
    expect(Buffer.from(Body).toString()).toBe('{"a":1}');
    expect(told).toEqual({
      ContentType: 'application/json',
      CacheControl: 'no-store',
      Metadata: { schema: 'holdfast.inspection/1' },
      TagCount: 2,
      ETag,
      AcceptRanges: 'bytes',
      ContentLength: 7,
      LastModified: new Date('2026-03-01T09:00:00Z'),
      ServerSideEncryption: 'AES256',
    });
    expect(await home.s3.HeadObject({ Bucket, Key })).toEqual(told);
  });

  it('that is not there is refused, and so is a version of it', async () => {
    expect(await codeOf(get())).toBe('NoSuchKey');
    expect(await codeOf(home.s3.HeadObject({ Bucket, Key }))).toBe('NoSuchKey');
    await put('x');
    expect(await codeOf(get('other'))).toBe('NoSuchVersion');
  });

  it('without versions is overwritten and deleted for good', async () => {
    expect((await put('one')).VersionId).toBeUndefined();
    await put('two');
    expect(await text('null')).toBe('two');
    await remove('null');
    expect(await codeOf(get())).toBe('NoSuchKey');
    await put('three');
    expect(await remove()).toEqual({});
    expect(await codeOf(get('null'))).toBe('NoSuchVersion');
  });

  it('with versions keeps what was there before', async () => {
    await put('before');
    await versioned();
    const { VersionId: one } = await put('one');
    const { VersionId: two } = await put('two');
    expect(new Set(['null', one, two]).size).toBe(3);
    expect([await text(), await text(one), await text('null')]).toEqual(['two', 'one', 'before']);
    await remove(two);
    expect(await text()).toBe('one');
  });

  it('is hidden by a delete marker, and shows again when the marker goes', async () => {
    await versioned();
    const { VersionId: one } = await put('one');
    const marker = await remove();
    expect(marker).toEqual({ DeleteMarker: true, VersionId: expect.any(String) });
    expect(await codeOf(get())).toBe('NoSuchKey');
    expect(await codeOf(get(marker.VersionId))).toBe('MethodNotAllowed');
    expect(await text(one)).toBe('one');
    expect((await home.s3.ListObjectsV2({ Bucket })).Contents).toEqual([]);
    expect(await remove(marker.VersionId)).toEqual({ DeleteMarker: true, VersionId: marker.VersionId });
    expect(await text()).toBe('one');
  });

  it('of suspended versions has one without an id, beside those that were kept before', async () => {
    await versioned();
    const { VersionId: one } = await put('one');
    await versioned('Suspended');
    await put('two');
    expect((await put('three')).VersionId).toBe('null');
    expect([await text(), await text(one)]).toEqual(['three', 'one']);
    expect(await remove()).toEqual({ DeleteMarker: true, VersionId: 'null' });
    expect(await text(one)).toBe('one');
    expect(await codeOf(get('null'))).toBe('MethodNotAllowed');
  });

  it('may be deleted though it is not there', async () => {
    expect(await codeOf(remove())).toBe('ok');
    expect(await codeOf(remove('other'))).toBe('ok');
    await versioned();
    expect(await remove()).toMatchObject({ DeleteMarker: true });
  });

  it('has to match the checksums that it comes with', async () => {
    const sums = {
      ContentMD5: base64('md5', 'x'),
      ChecksumSHA1: base64('sha1', 'x'),
      ChecksumSHA256: base64('sha256', 'x'),
      // Of the letter x: 0x8cdc1683 (zlib).
      ChecksumCRC32: 'jNwWgw==',
    };
    expect(await put('x', sums)).toMatchObject({ ChecksumCRC32: sums.ChecksumCRC32 });
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) {
      expect([name, await codeOf(put('y', { [name]: sums[name] }))]).toEqual([name, 'BadDigest']);
    }
    expect(await text()).toBe('x');
    expect(await get()).not.toHaveProperty('ChecksumSHA256');
    expect(await home.s3.GetObject({ Bucket, Key, ChecksumMode: 'ENABLED' })).toMatchObject({
      ChecksumSHA256: sums.ChecksumSHA256,
    });
  });

  it('has a key of 1,024 bytes at most, and ten tags', async () => {
    expect(await codeOf(put('x', { Key: 'ü'.repeat(512) }))).toBe('ok');
    expect(await codeOf(put('x', { Key: `${'ü'.repeat(512)}a` }))).toBe('KeyTooLongError');
    const tags = (count: number) => Array.from({ length: count }, (_, at) => `t${at}=`).join('&');
    expect(await codeOf(put('x', { Tagging: tags(10) }))).toBe('ok');
    expect(await codeOf(put('x', { Tagging: tags(11) }))).toBe('BadRequest');
    expect(await codeOf(put('x', { Tagging: 'a=1&a=2' }))).toBe('InvalidArgument');
  });

  it('is refused what would not be heeded', async () => {
    expect(await codeOf(put('x', { ACL: 'public-read' }))).toBe('NotImplemented');
    expect(await codeOf(put('x', { ChecksumCRC32C: 'AAAAAA==' }))).toBe('NotImplemented');
    await put('x');
    expect(await codeOf(home.s3.GetObject({ Bucket, Key, Range: 'bytes=0-1' }))).toBe('NotImplemented');
  });

  describe('under a key', () => {
    const kms = { ServerSideEncryption: 'aws:kms' } as const;

    it('names it by its ARN, whoever asked for it', async () => {
      const arn = await newKey(home);
      await home.kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: arn.split('/')[1] });
      expect(await put('x', { ...kms, SSEKMSKeyId: 'alias/holdfast' })).toMatchObject({
        ...kms,
        SSEKMSKeyId: arn,
        BucketKeyEnabled: false,
      });
      const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/holdfast' } as const;
      const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }];
      await home.s3.PutBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
      await put('x');
      expect(await get()).toMatchObject({ ...kms, SSEKMSKeyId: arn, BucketKeyEnabled: true });
      expect(await put('x', { ServerSideEncryption: 'AES256' })).not.toHaveProperty('SSEKMSKeyId');
    });

    it('has no MD5, so that equal bodies are not told by their tags', async () => {
      expect((await put('x', kms)).ETag).not.toBe((await put('x', kms)).ETag);
    });

    it('cannot be put or read while the key is of no use', async () => {
      const SSEKMSKeyId = await newKey(home);
      await put('x', { ...kms, SSEKMSKeyId });
      await home.kms.DisableKey({ KeyId: SSEKMSKeyId });
      expect(await codeOf(put('y', { ...kms, SSEKMSKeyId }))).toBe('KMS.DisabledException');
      expect(await codeOf(get())).toBe('KMS.DisabledException');
      await home.kms.EnableKey({ KeyId: SSEKMSKeyId });
      expect(await text()).toBe('x');
      await home.kms.ScheduleKeyDeletion({ KeyId: SSEKMSKeyId, PendingWindowInDays: 7 });
      expect(await codeOf(get())).toBe('KMS.KMSInvalidStateException');
      await cloud.clock.advance(7 * 24 * 60 * MINUTE);
      expect(await codeOf(get())).toBe('KMS.NotFoundException');
    });

    it('that goes by no algorithm of its own is refused', async () => {
      expect(await codeOf(put('x', { SSEKMSKeyId: await newKey(home) }))).toBe('InvalidArgument');
    });
  });

  describe('put on a condition', () => {
    it('does not take the place of another one', async () => {
      expect(await codeOf(put('one', { IfNoneMatch: '*' }))).toBe('ok');
      expect(await codeOf(put('two', { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
      expect(await text()).toBe('one');
      expect(await codeOf(put('two', { IfNoneMatch: '"abc"' }))).toBe('NotImplemented');
    });

    it('takes the place of one that a delete marker hides', async () => {
      await versioned();
      await put('one');
      await remove();
      expect(await codeOf(put('two', { IfNoneMatch: '*' }))).toBe('ok');
    });

    it('takes the place of the very one that was read', async () => {
      expect(await codeOf(put('x', { IfMatch: '"abc"' }))).toBe('NoSuchKey');
      const { ETag = '' } = await put('one');
      expect(await codeOf(put('x', { IfMatch: '"abc"' }))).toBe('PreconditionFailed');
      expect(await codeOf(put('two', { IfMatch: ETag }))).toBe('ok');
      expect(await codeOf(put('three', { IfMatch: ETag }))).toBe('PreconditionFailed');
      expect(await text()).toBe('two');
    });

    it('of two writers lets the first one through', async () => {
      const codes = await Promise.all(['one', 'two'].map((body) => codeOf(put(body, { IfNoneMatch: '*' }))));
      expect(codes).toEqual(['ok', 'PreconditionFailed']);
      expect(await text()).toBe('one');
    });
  });
});

import type { ListObjectsV2Request } from '@aws-sdk/client-s3';
import { cloudAt, codeOf, HOME, type Region } from '../world';

const Bucket = 'evidence';

describe('a list of objects', () => {
  let home: Region;

  beforeEach(async () => {
    home = cloudAt('2026-03-01 09:00').region(HOME);
    await home.s3.CreateBucket({ Bucket });
  });

  const put = async (...keys: string[]) => {
    for (const Key of keys) await home.s3.PutObject({ Bucket, Key, Body: Key });
  };
  const list = (input: Omit<ListObjectsV2Request, 'Bucket'> = {}) =>
    home.s3.ListObjectsV2({ Bucket, ...input });
  const keys = async (input: Omit<ListObjectsV2Request, 'Bucket'> = {}) =>
    ((await list(input)).Contents ?? []).map(({ Key }) => Key);

  it('is in the order of the UTF-8 bytes of the keys', async () => {
    // In UTF-16, as JavaScript compares, the emoji (d83d) would come before the last one (ffee).
    await put('b', '😀', '\uffee', 'B', 'a/b', 'a-b', 'ü', 'a');
    expect(await keys()).toEqual(['B', 'a', 'a-b', 'a/b', 'b', 'ü', '\uffee', '😀']);
  });

  it('tells of each object what can be told', async () => {
    await put('a');
    expect(await list()).toEqual({
      Name: Bucket,
      Prefix: '',
      MaxKeys: 1000,
      KeyCount: 1,
      IsTruncated: false,
      CommonPrefixes: [],
      Contents: [
        {
          Key: 'a',
          LastModified: new Date('2026-03-01T09:00:00Z'),
          ETag: '"0cc175b9c0f1b6a831c399e269772661"',
          Size: 1,
          StorageClass: 'STANDARD',
        },
      ],
    });
  });

  it('begins with a prefix, and behind a key, which need not be there', async () => {
    await put('a/1', 'a/2', 'a/3', 'b/1');
    expect(await keys({ Prefix: 'a/' })).toEqual(['a/1', 'a/2', 'a/3']);
    expect(await keys({ StartAfter: 'a/2' })).toEqual(['a/3', 'b/1']);
    expect(await keys({ Prefix: 'a/', StartAfter: 'a/20' })).toEqual(['a/3']);
    expect(await keys({ Prefix: 'b/', StartAfter: 'a/2' })).toEqual(['b/1']);
    expect(await keys({ Prefix: 'a/', StartAfter: 'b/' })).toEqual([]);
  });

  it('names what lies below a delimiter once', async () => {
    await put('a', 'a/1', 'a/2/x', 'b/1', 'c');
    const { Contents, CommonPrefixes, KeyCount } = await list({ Delimiter: '/' });
    expect(Contents?.map(({ Key }) => Key)).toEqual(['a', 'c']);
    expect(CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'b/' }]);
    expect(KeyCount).toBe(4);
    const below = await list({ Delimiter: '/', Prefix: 'a/' });
    expect(below.Contents?.map(({ Key }) => Key)).toEqual(['a/1']);
    expect(below.CommonPrefixes).toEqual([{ Prefix: 'a/2/' }]);
    // What comes behind `a/1` still lies below `a/`.
    expect((await list({ Delimiter: '/', StartAfter: 'a/1' })).CommonPrefixes).toEqual([
      { Prefix: 'a/' },
      { Prefix: 'b/' },
    ]);
  });

  it('is given in pages of 1,000 and fewer, which hold while others come and go', async () => {
    const all = Array.from({ length: 2001 }, (_, at) => `k${String(at).padStart(4, '0')}`);
    await put(...all);
    const first = await list({ MaxKeys: 5000 });
    expect([first.KeyCount, first.MaxKeys, first.IsTruncated]).toEqual([1000, 1000, true]);
    // The last one of the page goes, one comes before it: neither shifts the next page.
    await home.s3.DeleteObject({ Bucket, Key: 'k0999' });
    await put('k0000a');
    const second = await list({ ContinuationToken: first.NextContinuationToken, StartAfter: 'z' });
    expect(second.Contents?.[0]?.Key).toBe('k1000');
    const third = await list({ ContinuationToken: second.NextContinuationToken });
    expect(third.Contents?.map(({ Key }) => Key)).toEqual(['k2000']);
    expect([third.IsTruncated, third.NextContinuationToken]).toEqual([false, undefined]);
  });

  it('pages through common prefixes as through objects', async () => {
    await put('a/1', 'a/2', 'b', 'c/1', 'c/2', 'd');
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ Delimiter: '/', MaxKeys: 1, ContinuationToken });
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen).toEqual(['a/', 'b', 'c/', 'd']);
  });

  it('of no keys is empty and whole, though there are some', async () => {
    await put('a');
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, Contents: [], IsTruncated: false });
  });

  it('can be escaped, for keys that XML cannot hold', async () => {
    await put('a b/ü+\u0001');
    expect((await list({ EncodingType: 'url', Prefix: 'a b/' })).Contents?.[0]?.Key).toBe('a+b/%C3%BC%2B%01');
  });

  it.each([
    [{ MaxKeys: -1 }],
    [{ ContinuationToken: 'x' }],
    [{ ContinuationToken: '' }],
    [{ EncodingType: 'html' as 'url' }],
  ])('is refused for %j', async (input) => {
    expect(await codeOf(list(input))).toBe('InvalidArgument');
  });
});

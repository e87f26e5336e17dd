import type { _Object, ListObjectsV2Output, ListObjectsV2Request } from '@aws-sdk/client-s3';
import type { Place } from '../arn';
import { keyOf, takePage } from '../paging';
import { type Bucket, type Buckets, bucketOf, byUtf8, invalid, only } from './bucket';

const KNOWN = [
  'Bucket',
  'ContinuationToken',
  'Delimiter',
  'EncodingType',
  'ExpectedBucketOwner',
  'MaxKeys',
  'Prefix',
  'StartAfter',
] as const;

/** S3's largest page, and its default. */
const MOST = 1000;

interface Line {
  readonly object?: _Object;
  readonly prefix?: string;
}

/** The current objects in the order of their keys; of those that share a prefix up to the delimiter, the prefix once. */
export function listObjectsV2(
  store: Buckets,
  input: ListObjectsV2Request,
  place: Place,
): ListObjectsV2Output {
  only(input, KNOWN);
  const bucket = bucketOf(store, place, input);
  const { ContinuationToken, Delimiter, EncodingType, MaxKeys = MOST, Prefix = '', StartAfter } = input;
  if (MaxKeys < 0) throw invalid('Argument maxKeys must be an integer between 0 and 2147483647');
  if (EncodingType !== undefined && EncodingType !== 'url')
    throw invalid('Invalid Encoding Method specified');
  const incorrect = () => invalid('The continuation token provided is incorrect');
  if (ContinuationToken === '') throw incorrect();
  const after = keyOf(ContinuationToken, incorrect);
  const most = Math.min(MaxKeys, MOST);
  const lines = linesOf(bucket, {
    prefix: Prefix,
    delimiter: Delimiter ?? '',
    after,
    startAfter: StartAfter ?? '',
  });
  const { items, marker } = most === 0 ? { items: [], marker: undefined } : takePage(lines, most);
  const said = (text: string) => (EncodingType === 'url' ? urlEncoded(text) : text);
  return {
    Name: bucket.name,
    Prefix: said(Prefix),
    MaxKeys: most,
    KeyCount: items.length,
    IsTruncated: marker !== undefined,
    Contents: items.flatMap(({ object }) =>
      object === undefined ? [] : [{ ...object, Key: said(object.Key ?? '') }],
    ),
    CommonPrefixes: items.flatMap(({ prefix }) => (prefix === undefined ? [] : [{ Prefix: said(prefix) }])),
    ...(Delimiter !== undefined && { Delimiter: said(Delimiter) }),
    ...(EncodingType !== undefined && { EncodingType }),
    ...(StartAfter !== undefined && { StartAfter: said(StartAfter) }),
    ...(ContinuationToken !== undefined && { ContinuationToken }),
    ...(marker !== undefined && { NextContinuationToken: marker }),
  };
}

interface Wanted {
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  /** The key or common prefix that the page before ended with; `startAfter` no longer counts then. */
  readonly after: string | null;
  readonly startAfter: string;
}

function* linesOf(
  bucket: Bucket,
  { prefix, delimiter, after, startAfter }: Wanted,
): Generator<[string, Line]> {
  const behind = after ?? startAfter;
  const first = byUtf8(behind, prefix) > 0 ? behind : prefix;
  let last = after ?? '';
  for (const [key, [current]] of bucket.objects.entries(first)) {
    if (!key.startsWith(prefix)) return;
    if (key === behind || current === undefined || current.content === null) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) {
      const { content, modified } = current;
      const object: _Object = {
        Key: key,
        LastModified: new Date(modified),
        ETag: content.etag,
        Size: content.body.byteLength,
        StorageClass: 'STANDARD',
      };
      yield [key, { object }];
      continue;
    }
    const common = key.slice(0, end + delimiter.length);
    if (common !== last) yield [common, { prefix: common }];
    last = common;
  }
}

/** As S3 writes keys that XML could not hold: slashes stay, so that a list can still be read. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}

import { createHash } from 'node:crypto';
import type { PutObjectOutput, PutObjectRequest } from '@aws-sdk/client-s3';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import {
  type Bucket,
  type Buckets,
  bucketOf,
  type Content,
  type Encryption,
  invalid,
  only,
  type Version,
} from './bucket';
import { CHECKSUM_NAMES, checked } from './checksums';
import { encryptionOf, toldEncryption } from './encryption';
import { retentionOf } from './lock';

/** Of what may be said of an object, that which is told again word for word. */
const TOLD = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
] as const;

const KNOWN = [
  'Body',
  'Bucket',
  'BucketKeyEnabled',
  'ChecksumAlgorithm',
  'ContentLength',
  'ContentMD5',
  'ExpectedBucketOwner',
  'IfMatch',
  'IfNoneMatch',
  'Key',
  'Metadata',
  'ObjectLockLegalHoldStatus',
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
  'SSEKMSKeyId',
  'ServerSideEncryption',
  'Tagging',
  ...TOLD,
  ...CHECKSUM_NAMES,
] as const;

/** S3's longest key, in bytes of UTF-8, and its most tags of an object. */
const MOST_BYTES = 1024;
const MOST_TAGS = 10;

/** The SDK also sends streams; what arrives here has been collected by the transport. */
export type Upload = Omit<PutObjectRequest, 'Body'> & { readonly Body?: string | Uint8Array | undefined };

export function putObject(store: Buckets, input: Upload, place: Place): PutObjectOutput {
  only(input, KNOWN);
  const bucket = bucketOf(store, place, input);
  const { Key: key = '', IfMatch, IfNoneMatch } = input;
  if (Buffer.byteLength(key) > MOST_BYTES) throw new WireError('KeyTooLongError', 'Your key is too long');
  const content = contentOf(store, bucket, input, place);
  const before = bucket.objects.get(key) ?? [];
  heed(before[0], IfMatch, IfNoneMatch);
  const id = bucket.versioning === 'Enabled' ? store.newVersionId() : 'null';
  bucket.objects.set(key, [
    { id, modified: store.second(), content },
    // Where versions are not kept there is one without an id, and the newest takes its place.
    ...before.filter((version) => version.id !== id),
  ]);
  return {
    ETag: content.etag,
    ...content.checksums,
    ...toldEncryption(content.encryption),
    ...(bucket.versioning !== null && { VersionId: id }),
  };
}

/**
 * Conditional writes (S3: conditional requests). A delete marker counts as nothing. Two writers on AWS can also meet so
 * closely that one is told 409 ConditionalRequestConflict; here one of them is always first.
 */
function heed(
  current: Version | undefined,
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): void {
  const standing = current?.content ?? null;
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') {
      throw new WireError('NotImplemented', 'If-None-Match takes nothing but * in a write', 501);
    }
    if (standing !== null) throw unmet();
  }
  if (ifMatch !== undefined) {
    if (standing === null) throw new WireError('NoSuchKey', 'The specified key does not exist.', 404);
    if (unquoted(standing.etag) !== unquoted(ifMatch)) throw unmet();
  }
}

function unmet(): WireError {
  return new WireError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
  );
}

function unquoted(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}

function contentOf(store: Buckets, bucket: Bucket, input: Upload, place: Place): Content {
  const body = typeof input.Body === 'string' ? Buffer.from(input.Body) : (input.Body ?? new Uint8Array());
  const checksums = checked(input, body);
  const retention = retentionOf(bucket, input, store.world.clock.now());
  const legalHold = input.ObjectLockLegalHoldStatus === 'ON';
  // Whatever an object's lock comes from, its default included.
  if ((retention !== null || legalHold) && input.ContentMD5 === undefined && isEmpty(checksums)) {
    throw new WireError(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  }
  const encryption = encryptionOf(bucket, input, store.world.keys(place));
  return {
    body,
    etag: `"${etagOf(store, body, encryption)}"`,
    told: {
      ContentType: 'application/octet-stream',
      ...Object.fromEntries(
        TOLD.map((name) => [name, input[name]]).filter(([, value]) => value !== undefined),
      ),
    },
    checksums,
    metadata: lowerCased(input.Metadata ?? {}),
    tags: tagsOf(input.Tagging ?? ''),
    encryption,
    retention,
    legalHold,
  };
}

/** An MD5 only without KMS: under `aws:kms` it is none, and equal bodies do not have equal ones (S3: Object, ETag). */
function etagOf(store: Buckets, body: Uint8Array, { algorithm }: Encryption): string {
  return algorithm === 'AES256' ? createHash('md5').update(body).digest('hex') : store.newEtag();
}

/** Names of metadata go as headers, which know no capitals. */
function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}

function tagsOf(text: string): Map<string, string> {
  const pairs = [...new URLSearchParams(text)];
  const tags = new Map(pairs);
  if (tags.size < pairs.length) throw invalid('Cannot provide multiple Tags with the same key');
  if (tags.size > MOST_TAGS) throw new WireError('BadRequest', 'Object tags cannot be greater than 10');
  return tags;
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

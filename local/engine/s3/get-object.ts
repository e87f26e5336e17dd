import type {
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
} from '@aws-sdk/client-s3';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import { type Bucket, type Buckets, bucketOf, type Content, only, type Version } from './bucket';
import { toldEncryption, usable } from './encryption';

/** Neither ranges nor conditional reads. */
const KNOWN = ['Bucket', 'ChecksumMode', 'ExpectedBucketOwner', 'Key', 'VersionId'] as const;

export type Got = Omit<GetObjectOutput, 'Body'> & { readonly Body: Uint8Array };

export function getObject(store: Buckets, input: GetObjectRequest, place: Place): Got {
  const { content, told } = found(store, input, place);
  return { ...told, Body: content.body };
}

export function headObject(store: Buckets, input: HeadObjectRequest, place: Place): HeadObjectOutput {
  return found(store, input, place).told;
}

function found(
  store: Buckets,
  input: GetObjectRequest | HeadObjectRequest,
  place: Place,
): { readonly content: Content; readonly told: HeadObjectOutput } {
  only(input, KNOWN);
  const bucket = bucketOf(store, place, input);
  const version = versionOf(bucket, input);
  const { content } = version;
  if (content === null) {
    throw new WireError(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource: it is a delete marker.',
      405,
    );
  }
  const { encryption, retention, tags } = content;
  if (encryption.key !== null) usable(store.world.keys(place), encryption.key);
  const told: HeadObjectOutput = {
    ...content.told,
    // Told to those who ask; the SDK does, and compares what it reads.
    ...(input.ChecksumMode === 'ENABLED' && content.checksums),
    AcceptRanges: 'bytes',
    ContentLength: content.body.byteLength,
    ETag: content.etag,
    LastModified: new Date(version.modified),
    Metadata: { ...content.metadata },
    ...toldEncryption(encryption),
    ...(tags.size > 0 && { TagCount: tags.size }),
    ...(bucket.versioning !== null && { VersionId: version.id }),
    ...(retention !== null && {
      ObjectLockMode: retention.mode,
      ObjectLockRetainUntilDate: new Date(retention.until),
    }),
    ...(content.legalHold && { ObjectLockLegalHoldStatus: 'ON' }),
  };
  return { content, told };
}

function versionOf({ objects }: Bucket, { Key = '', VersionId }: GetObjectRequest): Version {
  const versions = objects.get(Key) ?? [];
  if (VersionId !== undefined) {
    const named = versions.find(({ id }) => id === VersionId);
    if (named !== undefined) return named;
    throw new WireError('NoSuchVersion', 'The specified version does not exist.', 404);
  }
  const [current] = versions;
  if (current !== undefined && current.content !== null) return current;
  throw new WireError('NoSuchKey', 'The specified key does not exist.', 404);
}

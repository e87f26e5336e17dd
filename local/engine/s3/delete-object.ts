import type { DeleteObjectOutput, DeleteObjectRequest } from '@aws-sdk/client-s3';
import type { Place } from '../arn';
import { type Bucket, type Buckets, bucketOf, denied, only, type Version } from './bucket';
import { isLocked } from './lock';

const KNOWN = ['BypassGovernanceRetention', 'Bucket', 'ExpectedBucketOwner', 'Key', 'VersionId'] as const;

/** Hides the object under a delete marker; with a version's id, removes that one for good. What is not there is gone. */
export function deleteObject(store: Buckets, input: DeleteObjectRequest, place: Place): DeleteObjectOutput {
  only(input, KNOWN);
  const bucket = bucketOf(store, place, input);
  const { Key: key = '', VersionId, BypassGovernanceRetention = false } = input;
  const versions = bucket.objects.get(key) ?? [];
  if (VersionId === undefined) return hide(store, bucket, key, versions);
  const version = versions.find(({ id }) => id === VersionId);
  const content = version?.content ?? null;
  if (content !== null && isLocked(content, store.world.clock.now(), BypassGovernanceRetention)) {
    throw denied('Access Denied because object protected by object lock.');
  }
  keep(
    bucket,
    key,
    versions.filter((one) => one !== version),
  );
  const wasMarker = version !== undefined && content === null;
  return { VersionId, ...(wasMarker && { DeleteMarker: true }) };
}

function hide(store: Buckets, bucket: Bucket, key: string, versions: readonly Version[]): DeleteObjectOutput {
  if (bucket.versioning === null) {
    keep(bucket, key, []);
    return {};
  }
  const id = bucket.versioning === 'Enabled' ? store.newVersionId() : 'null';
  const marker = { id, modified: store.second(), content: null };
  keep(bucket, key, [marker, ...versions.filter((version) => version.id !== id)]);
  return { DeleteMarker: true, VersionId: id };
}

function keep({ objects }: Bucket, key: string, versions: readonly Version[]): void {
  if (versions.length === 0) objects.delete(key);
  else objects.set(key, versions);
}

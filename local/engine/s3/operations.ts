import { type Call, type Operations, WireError } from '../../wire/service';
import type { Place } from '../arn';
import type { Buckets } from './bucket';
import { createBucket, headBucket, listBuckets } from './buckets';
import { deleteObject } from './delete-object';
import { getObject, headObject } from './get-object';
import { listObjectsV2 } from './list-objects';
import { putObject } from './put-object';
import {
  getBucketEncryption,
  getBucketVersioning,
  getObjectLockConfiguration,
  putBucketEncryption,
  putBucketVersioning,
  putObjectLockConfiguration,
} from './settings';

/** S3 by its operations, as far as it takes to keep records that nobody can change. */
export function s3Operations(buckets: (place: Place) => Buckets, isLost: (region: string) => boolean) {
  const on =
    <Input, Output>(operation: (store: Buckets, input: Input, place: Place) => Output) =>
    async (input: Input, { account, region }: Pick<Call, 'account' | 'region'>): Promise<Output> => {
      if (isLost(region)) throw new WireError('InternalError', `${region} does not answer.`, 500);
      const place = { account, region };
      return operation(buckets(place), input, place);
    };
  return {
    CreateBucket: on(createBucket),
    DeleteObject: on(deleteObject),
    GetBucketEncryption: on(getBucketEncryption),
    GetBucketVersioning: on(getBucketVersioning),
    GetObject: on(getObject),
    GetObjectLockConfiguration: on(getObjectLockConfiguration),
    HeadBucket: on(headBucket),
    HeadObject: on(headObject),
    ListBuckets: on(listBuckets),
    ListObjectsV2: on(listObjectsV2),
    PutBucketEncryption: on(putBucketEncryption),
    PutBucketVersioning: on(putBucketVersioning),
    PutObject: on(putObject),
    PutObjectLockConfiguration: on(putObjectLockConfiguration),
  } satisfies Operations;
}

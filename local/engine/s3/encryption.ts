import type { PutObjectOutput, PutObjectRequest, ServerSideEncryption } from '@aws-sdk/client-s3';
import { WireError } from '../../wire/service';
import type { KeyStore } from '../kms/keys';
import { type Bucket, type Encryption, invalid } from './bucket';

/** `AES256` is the key that S3 keeps for itself; `aws:kms` without a name is the one that AWS manages. */
export function encryptionAsked(
  algorithm: ServerSideEncryption,
  key: string | undefined,
  bucketKey = false,
): Encryption {
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    throw new WireError('NotImplemented', `${algorithm} is not spoken here`, 501);
  }
  if (algorithm === 'AES256' && key !== undefined) {
    throw invalid('a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms');
  }
  return { algorithm, key: key ?? null, bucketKey };
}

/** How a version is encrypted: as its caller says, or else as the bucket does it. The key's name becomes its ARN. */
export function encryptionOf(
  bucket: Bucket,
  {
    ServerSideEncryption: algorithm,
    SSEKMSKeyId,
    BucketKeyEnabled,
  }: Pick<PutObjectRequest, 'ServerSideEncryption' | 'SSEKMSKeyId' | 'BucketKeyEnabled'>,
  keys: KeyStore,
): Encryption {
  if (SSEKMSKeyId !== undefined && algorithm !== 'aws:kms') {
    throw invalid(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    );
  }
  const wanted =
    algorithm === undefined
      ? bucket.encryption
      : encryptionAsked(algorithm, SSEKMSKeyId, BucketKeyEnabled ?? bucket.encryption.bucketKey);
  return wanted.key === null ? wanted : { ...wanted, key: usable(keys, wanted.key) };
}

/**
 * The ARN of a key that is usable now, for writing and for reading. With a bucket key S3 asks KMS only now and then, so
 * that AWS may still read for some time what is refused here; nobody can count on it.
 */
export function usable(keys: KeyStore, reference: string): string {
  const key = keys.find(reference);
  if (key === null) throw new WireError('KMS.NotFoundException', `Key '${reference}' does not exist`);
  if (key.state === 'Enabled') return key.arn;
  throw key.state === 'Disabled'
    ? new WireError('KMS.DisabledException', `${key.arn} is disabled.`)
    : new WireError('KMS.KMSInvalidStateException', `${key.arn} is ${key.state}.`);
}

/** How an answer says it. */
export function toldEncryption({
  algorithm,
  key,
  bucketKey,
}: Encryption): Pick<PutObjectOutput, 'ServerSideEncryption' | 'SSEKMSKeyId' | 'BucketKeyEnabled'> {
  return {
    ServerSideEncryption: algorithm,
    ...(key !== null && { SSEKMSKeyId: key }),
    ...(algorithm === 'aws:kms' && { BucketKeyEnabled: bucketKey }),
  };
}

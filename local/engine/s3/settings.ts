import type {
  GetBucketEncryptionOutput,
  GetBucketEncryptionRequest,
  GetBucketVersioningOutput,
  GetBucketVersioningRequest,
  GetObjectLockConfigurationOutput,
  GetObjectLockConfigurationRequest,
  ObjectLockRule,
  PutBucketEncryptionRequest,
  PutBucketVersioningRequest,
  PutObjectLockConfigurationRequest,
} from '@aws-sdk/client-s3';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import { type Buckets, bucketOf, type DefaultRetention, invalid, malformed } from './bucket';
import { encryptionAsked } from './encryption';

/** S3's longest default retention: 100 years. */
const MOST = { Days: 36_500, Years: 100 } as const;

function unfit(message: string): WireError {
  return new WireError('InvalidBucketState', message, 409);
}

export function getBucketVersioning(
  store: Buckets,
  input: GetBucketVersioningRequest,
  place: Place,
): GetBucketVersioningOutput {
  const { versioning } = bucketOf(store, place, input);
  return versioning === null ? {} : { Status: versioning };
}

/** Versions, once kept, are never unkept: `Suspended` is as far back as it goes, and a lock forbids even that. */
export function putBucketVersioning(
  store: Buckets,
  input: PutBucketVersioningRequest,
  place: Place,
): Record<string, never> {
  const bucket = bucketOf(store, place, input);
  const status = input.VersioningConfiguration?.Status;
  if (status !== 'Enabled' && status !== 'Suspended') throw malformed();
  if (bucket.lock !== null && status !== 'Enabled') {
    throw unfit(
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  bucket.versioning = status;
  return {};
}

export function getObjectLockConfiguration(
  store: Buckets,
  input: GetObjectLockConfigurationRequest,
  place: Place,
): GetObjectLockConfigurationOutput {
  const { lock } = bucketOf(store, place, input);
  if (lock === null) {
    throw new WireError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      404,
    );
  }
  const { retention } = lock;
  return {
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      ...(retention !== null && {
        Rule: {
          DefaultRetention: {
            Mode: retention.mode,
            ...(retention.days !== null && { Days: retention.days }),
            ...(retention.years !== null && { Years: retention.years }),
          },
        },
      }),
    },
  };
}

/** Turns the lock on, for good, or changes its default retention: for versions that are put from then on. */
export function putObjectLockConfiguration(
  store: Buckets,
  input: PutObjectLockConfigurationRequest,
  place: Place,
): Record<string, never> {
  const bucket = bucketOf(store, place, input);
  const { ObjectLockEnabled, Rule } = input.ObjectLockConfiguration ?? {};
  if (ObjectLockEnabled !== 'Enabled') throw malformed();
  if (bucket.versioning !== 'Enabled') {
    throw unfit("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
  }
  bucket.lock = { retention: Rule === undefined ? null : defaultRetention(Rule) };
  return {};
}

function defaultRetention({ DefaultRetention }: ObjectLockRule): DefaultRetention {
  const { Mode, Days, Years } = DefaultRetention ?? {};
  const length = Days ?? Years;
  if (Mode !== 'GOVERNANCE' && Mode !== 'COMPLIANCE') throw malformed();
  if (length === undefined || (Days !== undefined && Years !== undefined)) throw malformed();
  const most = Days === undefined ? MOST.Years : MOST.Days;
  if (length < 1) throw invalid('Default retention period must be a positive integer value.');
  if (length > most) throw invalid('Default retention period too large.');
  return { mode: Mode, days: Days ?? null, years: Years ?? null };
}

export function getBucketEncryption(
  store: Buckets,
  input: GetBucketEncryptionRequest,
  place: Place,
): GetBucketEncryptionOutput {
  const { algorithm, key, bucketKey } = bucketOf(store, place, input).encryption;
  const rule = { SSEAlgorithm: algorithm, ...(key !== null && { KMSMasterKeyID: key }) };
  return {
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: rule, BucketKeyEnabled: bucketKey }],
    },
  };
}

/** S3 does not look at the key until something is put under it. */
export function putBucketEncryption(
  store: Buckets,
  input: PutBucketEncryptionRequest,
  place: Place,
): Record<string, never> {
  const bucket = bucketOf(store, place, input);
  const [rule, ...others] = input.ServerSideEncryptionConfiguration?.Rules ?? [];
  const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  if (SSEAlgorithm === undefined || others.length > 0) throw malformed();
  bucket.encryption = encryptionAsked(SSEAlgorithm, KMSMasterKeyID, rule?.BucketKeyEnabled);
  return {};
}

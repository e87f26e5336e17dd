import type { DefaultRetention } from '@aws-sdk/client-s3';
import { WireError } from '../../../../local/wire/service';
import { S3Bucket } from '../../../../shared/aws/s3-bucket';
import { DAY } from '../../../../shared/domain/time';
import { HOME } from '../../../support/builders';
import { type Local, local, refusalOf } from './local';

const BUCKET = 'holdfast-evidence';

describe('how a bucket keeps what is in it', () => {
  let aws: Local;
  let bucket: S3Bucket;

  beforeEach(() => {
    aws = local();
    bucket = new S3Bucket(aws.options);
  });

  const s3 = () => aws.cloud.region(HOME).s3;
  const locked = async (DefaultRetention: DefaultRetention) => {
    await s3().PutObjectLockConfiguration({
      Bucket: BUCKET,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } },
    });
    return (await bucket.settings(HOME, BUCKET)).lock;
  };

  it('is under its own key and without lock or versions, unless someone set it up', async () => {
    await s3().CreateBucket({ Bucket: BUCKET });
    expect(await bucket.settings(HOME, BUCKET)).toEqual({
      bucket: BUCKET,
      lock: null,
      versioned: false,
      encryption: 's3',
    });
    expect(aws.router.log.table()).toEqual({
      [`s3 ${HOME} GetBucketEncryption`]: 1,
      [`s3 ${HOME} GetBucketVersioning`]: 1,
      [`s3 ${HOME} GetObjectLockConfiguration`]: 1,
    });
  });

  it('is a lock with a default retention in days or years, of one mode or the other', async () => {
    await s3().CreateBucket({ Bucket: BUCKET, ObjectLockEnabledForBucket: true });
    expect(await bucket.settings(HOME, BUCKET)).toMatchObject({ lock: null, versioned: true });
    expect(await locked({ Mode: 'GOVERNANCE', Days: 400 })).toEqual({ mode: 'governance', keeps: 400 * DAY });
    expect(await locked({ Mode: 'COMPLIANCE', Years: 2 })).toEqual({ mode: 'compliance', keeps: 730 * DAY });
  });

  it('is under the key that it names, or under that of AWS for S3', async () => {
    await s3().CreateBucket({ Bucket: BUCKET });
    const under = async (KMSMasterKeyID: string | undefined, SSEAlgorithm: 'aws:kms' | 'AES256') => {
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm, KMSMasterKeyID } };
      await s3().PutBucketEncryption({
        Bucket: BUCKET,
        ServerSideEncryptionConfiguration: { Rules: [rule] },
      });
      return bucket.key(HOME, BUCKET);
    };
    const arn = `arn:aws:kms:${HOME}:111122223333:key/1`;
    expect(await under(arn, 'aws:kms')).toBe(arn);
    expect(await under(undefined, 'aws:kms')).toBe('alias/aws/s3');
    expect(await under(undefined, 'AES256')).toBeNull();
    expect(await refusalOf(bucket.key(HOME, 'nothing'))).toContain('read the encryption of s3://nothing');
  });

  it('is a key of KMS, or none where S3 says that there is no rule', async () => {
    await s3().CreateBucket({ Bucket: BUCKET });
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } };
    await s3().PutBucketEncryption({
      Bucket: BUCKET,
      ServerSideEncryptionConfiguration: { Rules: [rule] },
    });
    expect(await bucket.settings(HOME, BUCKET)).toMatchObject({ encryption: 'kms' });
    const none = new WireError('ServerSideEncryptionConfigurationNotFoundError', 'none', 404);
    aws.faults.refuse(none, { operation: 'GetBucketEncryption' });
    expect(await bucket.settings(HOME, BUCKET)).toMatchObject({ encryption: null });
  });

  it.each([
    ['GetBucketVersioning', 'versioning'],
    ['GetObjectLockConfiguration', 'object lock'],
    ['GetBucketEncryption', 'encryption'],
  ])('is a refusal where %s is refused: what was not seen is not off', async (operation, what) => {
    await s3().CreateBucket({ Bucket: BUCKET });
    aws.faults.refuse(new WireError('AccessDenied', 'no', 403), { operation });
    expect(await refusalOf(bucket.settings(HOME, BUCKET))).toBe(
      `denied: read the ${what} of s3://${BUCKET}: AccessDenied: no`,
    );
  });

  it('is a refusal where there is no such bucket', async () => {
    expect(await refusalOf(bucket.settings(HOME, BUCKET))).toMatch(/^gone: read the versioning/);
  });
});

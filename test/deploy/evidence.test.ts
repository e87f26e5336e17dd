import { FINDINGS } from '../../shared/domain/findings/record';
import { EVERY_AGE } from '../../shared/domain/recovery-ages';
import { service } from './service';

const deployed = service();
const { EvidenceBucket: bucket, EvidenceBucketPolicy: access, Key: key } = deployed.resources.Resources;
const properties = bucket?.Properties ?? {};

/** The year that an audit looks back on, and five weeks to do it in. */
const DAYS = 365 + 35;

it('keeps evidence when the stack goes, under a name that CloudFormation makes', () => {
  for (const kept of [bucket, access]) {
    expect(kept).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }
  expect(properties).not.toHaveProperty('BucketName');
  expect(deployed.resources).toMatchObject({
    Outputs: { EvidenceBucket: { Value: { Ref: 'EvidenceBucket' } } },
  });
});

it('locks every record for longer than a year, in a way that a mistake can be corrected', () => {
  expect(properties).toMatchObject({
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: DAYS } },
    },
    VersioningConfiguration: { Status: 'Enabled' },
  });
});

it('encrypts records under the key of the stack, which stays as long as they do', () => {
  expect(properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
    {
      ServerSideEncryptionByDefault: {
        SSEAlgorithm: 'aws:kms',
        KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
      },
      BucketKeyEnabled: true,
    },
  ]);
  expect(key?.DeletionPolicy).toBe('Retain');
});

it('belongs to the account alone, and is closed to everyone else', () => {
  expect(properties.OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
  expect(properties.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
});

it('answers nobody who comes without TLS, and lets nobody in by itself', () => {
  const { Bucket, PolicyDocument } = access?.Properties ?? {};
  expect(Bucket).toEqual({ Ref: 'EvidenceBucket' });
  expect(PolicyDocument.Statement).toEqual([
    {
      Sid: 'EncryptedInTransit',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [
        { 'Fn::GetAtt': ['EvidenceBucket', 'Arn'] },
        { 'Fn::Sub': expect.stringMatching(/^\$\{EvidenceBucket\.Arn\}\/\*$/) },
      ],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
});

it('lets go of what was hidden, of uploads that broke off, and of what every look leaves once its lock has ended', () => {
  const rules: Record<string, unknown>[] = properties.LifecycleConfiguration.Rules;
  for (const rule of rules) expect(rule.Status).toBe('Enabled');
  const locked = properties.ObjectLockConfiguration.Rule.DefaultRetention.Days;
  const ending = rules.filter((rule) => 'ExpirationInDays' in rule);
  expect(ending.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual([
    [FINDINGS, locked],
    ['findings-pages/', locked],
    [EVERY_AGE, locked],
  ]);
  for (const rule of rules)
    for (const ends of ['ExpirationDate', 'Transitions', 'Transition']) expect(rule).not.toHaveProperty(ends);
  expect(rules.filter((rule) => !ending.includes(rule))).toEqual([
    expect.objectContaining({
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      ExpiredObjectDeleteMarker: true,
    }),
    expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
  ]);
});

it('gives no role of ours the means to break a lock', () => {
  const roles = Object.values(deployed.resources.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
  for (const { Properties } of roles) {
    const text = JSON.stringify(Properties.Policies);
    expect(text).not.toMatch(
      /"s3:(\*|Bypass|PutObject(Lock|Retention|LegalHold)|Delete|PutBucket|PutLifecycle)/,
    );
  }
});

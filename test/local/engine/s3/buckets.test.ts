import type { Cloud } from '../../../../local/cloud';
import { ACCOUNT, AWAY, cloudAt, codeOf, HOME, newKey, type Region, STRANGER } from '../world';

const Bucket = 'evidence';

describe('a bucket', () => {
  let cloud: Cloud;
  let home: Region;
  let away: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00:00.750');
    home = cloud.region(HOME);
    away = cloud.region(AWAY);
  });

  const there = (name: string) => ({
    Bucket: name,
    CreateBucketConfiguration: { LocationConstraint: AWAY as 'us-west-2' },
  });

  it('lies in the region that it was made in', async () => {
    await home.s3.CreateBucket({ Bucket });
    await away.s3.CreateBucket(there('evidence-away'));
    expect(await home.s3.HeadBucket({ Bucket })).toMatchObject({ BucketRegion: HOME });
    expect(await away.s3.HeadBucket({ Bucket: 'evidence-away' })).toMatchObject({ BucketRegion: AWAY });
    expect(await codeOf(away.s3.HeadBucket({ Bucket }))).toBe('PermanentRedirect');
    expect(await codeOf(home.s3.HeadBucket({ Bucket: 'nowhere' }))).toBe('NoSuchBucket');
  });

  it('is asked for by its region everywhere but in us-east-1', async () => {
    const make = (region: Region, LocationConstraint?: string) =>
      codeOf(
        region.s3.CreateBucket({
          Bucket,
          ...(LocationConstraint !== undefined && {
            CreateBucketConfiguration: { LocationConstraint: LocationConstraint as 'us-west-2' },
          }),
        }),
      );
    expect(await make(away)).toBe('IllegalLocationConstraintException');
    expect(await make(away, 'eu-west-1')).toBe('IllegalLocationConstraintException');
    expect(await make(home, HOME)).toBe('InvalidLocationConstraint');
    expect(await make(home, 'eu-west-1')).toBe('InvalidLocationConstraint');
    expect(await make(home, AWAY)).toBe('ok');
    expect(await codeOf(away.s3.HeadBucket({ Bucket }))).toBe('ok');
  });

  it('has its name to itself in all accounts and regions', async () => {
    await home.s3.CreateBucket({ Bucket, ObjectLockEnabledForBucket: true });
    const stranger = cloud.region(HOME, STRANGER);
    expect(await codeOf(stranger.s3.CreateBucket({ Bucket }))).toBe('BucketAlreadyExists');
    expect(await codeOf(away.s3.CreateBucket(there(Bucket)))).toBe('BucketAlreadyOwnedByYou');
    await away.s3.CreateBucket(there('evidence-away'));
    expect(await codeOf(away.s3.CreateBucket(there('evidence-away')))).toBe('BucketAlreadyOwnedByYou');
    // In us-east-1 it is not refused, and nothing about it changes.
    expect(await codeOf(home.s3.CreateBucket({ Bucket }))).toBe('ok');
    expect(await codeOf(home.s3.GetObjectLockConfiguration({ Bucket }))).toBe('ok');
  });

  it.each(['ab', 'Evidence', 'a_b', '-ab', 'ab-', 'a..b', '192.168.1.1', 'a'.repeat(64)])(
    'cannot be called %s',
    async (name) => {
      expect(await codeOf(home.s3.CreateBucket({ Bucket: name }))).toBe('InvalidBucketName');
    },
  );

  it("is closed to other accounts, and to who expects somebody else's", async () => {
    await home.s3.CreateBucket({ Bucket });
    expect(await codeOf(cloud.region(HOME, STRANGER).s3.HeadBucket({ Bucket }))).toBe('AccessDenied');
    const expecting = (ExpectedBucketOwner: string) =>
      codeOf(home.s3.ListObjectsV2({ Bucket, ExpectedBucketOwner }));
    expect(await expecting(ACCOUNT)).toBe('ok');
    expect(await expecting(STRANGER)).toBe('AccessDenied');
  });

  it('is listed with the others of its account, whatever the region', async () => {
    await away.s3.CreateBucket(there('b-away'));
    for (const name of ['c-home', 'a-home']) await home.s3.CreateBucket({ Bucket: name });
    await cloud.region(HOME, STRANGER).s3.CreateBucket({ Bucket: 'a-stranger' });
    const names = async (input = {}) =>
      ((await home.s3.ListBuckets(input)).Buckets ?? []).map(({ Name }) => Name);
    expect(await names()).toEqual(['a-home', 'b-away', 'c-home']);
    expect(await names({ Prefix: 'c' })).toEqual(['c-home']);
    expect(await names({ BucketRegion: AWAY })).toEqual(['b-away']);
    const { ContinuationToken, Buckets } = await home.s3.ListBuckets({ MaxBuckets: 2 });
    expect(Buckets?.[0]?.CreationDate).toEqual(new Date('2026-03-01T09:00:00Z'));
    expect(await names({ ContinuationToken })).toEqual(['c-home']);
  });

  it('keeps no versions until it is told to, and with a lock always', async () => {
    await home.s3.CreateBucket({ Bucket });
    expect(await home.s3.GetBucketVersioning({ Bucket })).toEqual({});
    const set = (name: string, Status: 'Enabled' | 'Suspended') =>
      home.s3.PutBucketVersioning({ Bucket: name, VersioningConfiguration: { Status } });
    await set(Bucket, 'Enabled');
    await set(Bucket, 'Suspended');
    expect(await home.s3.GetBucketVersioning({ Bucket })).toEqual({ Status: 'Suspended' });
    await home.s3.CreateBucket({ Bucket: 'locked', ObjectLockEnabledForBucket: true });
    expect(await home.s3.GetBucketVersioning({ Bucket: 'locked' })).toEqual({ Status: 'Enabled' });
    expect(await codeOf(set('locked', 'Suspended'))).toBe('InvalidBucketState');
    expect(await codeOf(set('locked', 'Enabled'))).toBe('ok');
  });

  it('can be locked once it keeps versions, with a default retention or without', async () => {
    await home.s3.CreateBucket({ Bucket });
    const read = () => home.s3.GetObjectLockConfiguration({ Bucket });
    const lock = (DefaultRetention?: object) =>
      codeOf(
        home.s3.PutObjectLockConfiguration({
          Bucket,
          ObjectLockConfiguration: {
            ObjectLockEnabled: 'Enabled',
            ...(DefaultRetention !== undefined && { Rule: { DefaultRetention } }),
          },
        }),
      );
    expect(await codeOf(read())).toBe('ObjectLockConfigurationNotFoundError');
    expect(await lock()).toBe('InvalidBucketState');
    await home.s3.PutBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
    expect(await lock()).toBe('ok');
    expect(await read()).toEqual({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } });
    expect(await lock({ Mode: 'GOVERNANCE', Days: 400 })).toBe('ok');
    expect((await read()).ObjectLockConfiguration?.Rule).toEqual({
      DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 },
    });
    expect(await lock({ Mode: 'GOVERNANCE', Days: 0 })).toBe('InvalidArgument');
    expect(await lock({ Mode: 'GOVERNANCE', Days: 36_501 })).toBe('InvalidArgument');
    expect(await lock({ Mode: 'COMPLIANCE', Years: 101 })).toBe('InvalidArgument');
    for (const none of [{ Mode: 'GOVERNANCE' }, { Days: 1 }, { Mode: 'SOFT', Days: 1 }]) {
      expect([none, await lock(none)]).toEqual([none, 'MalformedXML']);
    }
    expect(await lock({ Mode: 'GOVERNANCE', Days: 1, Years: 1 })).toBe('MalformedXML');
  });

  it('encrypts by itself, and under a key of yours when told to', async () => {
    await home.s3.CreateBucket({ Bucket });
    const rules = async () =>
      (await home.s3.GetBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration?.Rules;
    const unencrypted = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
    expect(await rules()).toEqual([{ ...unencrypted, BucketKeyEnabled: false }]);
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: await newKey(home) },
      BucketKeyEnabled: true,
    } as const;
    const put = (Rules: object[]) =>
      home.s3.PutBucketEncryption({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules },
      });
    await put([rule]);
    expect(await rules()).toEqual([rule]);
    expect(await codeOf(put([]))).toBe('MalformedXML');
    const mixed = { SSEAlgorithm: 'AES256', KMSMasterKeyID: 'x' };
    expect(await codeOf(put([{ ApplyServerSideEncryptionByDefault: mixed }]))).toBe('InvalidArgument');
  });

  it('of a lost region does not answer, and elsewhere nobody else does for it', async () => {
    await home.s3.CreateBucket({ Bucket });
    await cloud.loseRegion(HOME);
    expect(await codeOf(home.s3.HeadBucket({ Bucket }))).toBe('InternalError');
    expect(await codeOf(cloud.region(AWAY).s3.HeadBucket({ Bucket }))).toBe('PermanentRedirect');
  });

  it('is refused what it would not heed', async () => {
    expect(await codeOf(home.s3.CreateBucket({ Bucket, ACL: 'public-read' }))).toBe('NotImplemented');
  });
});

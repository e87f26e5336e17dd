import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Cloud } from '../../../../local/cloud';
import { inProcess } from '../../../../local/wire/in-process';
import { listen } from '../../../../local/wire/listen';
import { Router } from '../../../../local/wire/router';
import { AWAY, cloudAt, HOME, newKey } from '../world';

const Bucket = 'evidence';

async function overHttp(router: Router) {
  const server = await listen(router);
  return { at: { endpoint: server.url }, close: () => server.close() };
}

async function withoutSocket(router: Router) {
  return { at: { requestHandler: inProcess(router) }, close: async () => {} };
}

describe.each([
  ['over HTTP', overHttp],
  ['in process', withoutSocket],
] as const)("S3 through the SDK's client, %s", (_name, connect) => {
  const bugs: unknown[] = [];
  const clients: S3Client[] = [];
  let cloud: Cloud;
  let transport: Awaited<ReturnType<typeof connect>>;
  let client: S3Client;

  const clientIn = (region: string) => {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' };
    const made = new S3Client({ region, credentials, maxAttempts: 1, ...transport.at });
    clients.push(made);
    return made;
  };

  beforeEach(async () => {
    bugs.length = 0;
    cloud = cloudAt('2026-03-01 09:00');
    const router = new Router(cloud.services, {
      account: cloud.account,
      onError: (error) => bugs.push(error),
    });
    transport = await connect(router);
    client = clientIn(HOME);
  });

  afterEach(async () => {
    for (const one of clients.splice(0)) one.destroy();
    await transport.close();
    expect(bugs).toEqual([]);
  });

  it('makes a bucket, locks it, encrypts it, and keeps an object', async () => {
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    const ObjectLockConfiguration = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
    } as const;
    await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    const read = await client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(read.ObjectLockConfiguration).toEqual(ObjectLockConfiguration);
    const KMSMasterKeyID = await newKey(cloud.region(HOME));
    const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } as const;
    const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }];
    await client.send(
      new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }),
    );

    const object = { Bucket, Key: 'a/ü b.json' };
    const Metadata = { schema: 'x' };
    await client.send(new PutObjectCommand({ ...object, Metadata, Body: '{"ü":1}', IfNoneMatch: '*' }));
    // The SDK compares what it reads with the checksum that it sent.
    const { Body, ...told } = await client.send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe('{"ü":1}');
    expect(told).toMatchObject({
      Metadata,
      ChecksumCRC32: expect.any(String),
      SSEKMSKeyId: KMSMasterKeyID,
      BucketKeyEnabled: true,
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date('2027-04-05T09:00:00Z'),
    });
    expect(await client.send(new HeadObjectCommand(object))).toMatchObject({ ContentLength: 8 });
  });

  it('makes a bucket elsewhere, as the client itself asks for it there', async () => {
    await clientIn(AWAY).send(new CreateBucketCommand({ Bucket }));
    expect(await clientIn(AWAY).send(new HeadBucketCommand({ Bucket }))).toMatchObject({
      BucketRegion: AWAY,
    });
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets).toMatchObject([{ Name: Bucket, BucketRegion: AWAY }]);
    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
    });
  });

  it('lists more than a page', async () => {
    await client.send(new CreateBucketCommand({ Bucket }));
    const { s3 } = cloud.region(HOME);
    for (let at = 0; at < 1001; at += 1) await s3.PutObject({ Bucket, Key: `k/${at}`, Body: '' });
    const sizes: (number | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: 'k/' })) {
      sizes.push(page.Contents?.length);
    }
    expect(sizes).toEqual([1000, 1]);
    const folders = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(folders).toMatchObject({ KeyCount: 1, CommonPrefixes: [{ Prefix: 'k/' }], IsTruncated: false });
  });

  it('lets one of two writers through, and tells the other why not', async () => {
    await client.send(new CreateBucketCommand({ Bucket }));
    const write = (Body: string) =>
      client.send(new PutObjectCommand({ Bucket, Key: 'k', Body, IfNoneMatch: '*' })).then(
        () => Body,
        ({ name, $metadata }) => [name, $metadata.httpStatusCode],
      );
    const [one, two] = await Promise.all([write('one'), write('two')]);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    const winner = await Body?.transformToString();
    expect([one, two]).toContainEqual(['PreconditionFailed', 412]);
    expect([one, two]).toContain(winner);
  });

  it.each([
    ['a key that is not there', () => new GetObjectCommand({ Bucket, Key: 'k' }), 'NoSuchKey', 404],
    ['a key that is not there, by HEAD', () => new HeadObjectCommand({ Bucket, Key: 'k' }), 'NotFound', 404],
    [
      'a bucket that is not there',
      () => new GetObjectCommand({ Bucket: 'other', Key: 'k' }),
      'NoSuchBucket',
      404,
    ],
    [
      'a bucket that is not there, by HEAD',
      () => new HeadBucketCommand({ Bucket: 'other' }),
      'NotFound',
      404,
    ],
  ])('names %s', async (_what, command, name, status) => {
    await client.send(new CreateBucketCommand({ Bucket }));
    await expect(client.send(command() as GetObjectCommand)).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    });
  });

  it('hears 500 from a lost region', async () => {
    await cloud.loseRegion(HOME);
    await expect(client.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: 'InternalError',
      $fault: 'server',
      $metadata: { httpStatusCode: 500 },
    });
  });
});

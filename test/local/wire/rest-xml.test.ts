import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { listen } from '../../../local/wire/listen';
import { Router } from '../../../local/wire/router';
import { WireError } from '../../../local/wire/service';
import fc from '../../support/seeded';
import { overHttp, TRANSPORTS, type Transport, withoutSocket } from './clients';
import { FakeServices } from './fake-services';

const Bucket = 'evidence';
const OBJECT = { Bucket, Key: 'inspections/a.json' };

describe.each(TRANSPORTS)('S3 through its client, unchanged, %s', (_name, connect) => {
  const bugs: unknown[] = [];
  let fake: FakeServices;
  let transport: Transport;

  beforeEach(async () => {
    bugs.length = 0;
    fake = new FakeServices();
    transport = await connect(new Router([fake.s3], { onError: (error) => bugs.push(error) }));
  });

  afterEach(async () => {
    await transport.close();
    expect(bugs).toEqual([]);
  });

  const heard = () => fake.last.input as Record<string, unknown>;
  const bodyHeard = () => Buffer.from(heard().Body as Uint8Array).toString();

  it('hands an operation what its command was made of, wherever in the request it went', async () => {
    const input = {
      ...OBJECT,
      ContentType: 'application/json',
      Metadata: { schema: 'holdfast.inspection/1', empty: '' },
      IfNoneMatch: '*',
      Tagging: 'a=b&c=d%20e',
      ServerSideEncryption: 'aws:kms',
      BucketKeyEnabled: false,
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date('2027-04-05T09:00:00.250Z'),
      Expires: new Date('2026-03-01T09:00:00Z'),
    } as const;
    await transport.s3().send(new PutObjectCommand({ ...input, Body: '{"ü":"😀"}' }));
    expect(heard()).toMatchObject(input);
    expect(bodyHeard()).toBe('{"ü":"😀"}');
    expect(heard().ContentLength).toBe(13);
    expect(heard().ChecksumCRC32).toMatch(/^[\w+/]{6}==$/);
  });

  it.each([
    'plain',
    'folder/',
    'a//b',
    '/leading',
    "a b/ü:+%2F'!*().json",
    'x?y=z#w&v',
    '😀/\ud7ff\uffee',
    '2026-03-01T09:00:00Z-daily.json',
  ])('finds bucket and key in the address: %j', async (Key) => {
    // A name with dots goes into the path whatever the endpoint; the SDK does so here because `my` is short.
    for (const name of [Bucket, 'my.dotted']) {
      await transport.s3().send(new PutObjectCommand({ Bucket: name, Key, Body: 'x' }));
      expect([heard().Bucket, heard().Key]).toEqual([name, Key]);
    }
  });

  it('reads numbers, booleans and lists out of query and headers', async () => {
    const input = {
      Bucket,
      Prefix: 'a b+c/',
      MaxKeys: 0,
      FetchOwner: false,
      StartAfter: 'ü',
      OptionalObjectAttributes: ['RestoreStatus' as const],
    };
    await transport.s3().send(new ListObjectsV2Command(input));
    expect(heard()).toEqual(input);
  });

  it('reads and writes a structure that is the whole body', async () => {
    const ObjectLockConfiguration = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
    } as const;
    await transport.s3().send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    expect(heard()).toMatchObject({ Bucket, ObjectLockConfiguration });
    fake.answers.set('GetObjectLockConfiguration', { ObjectLockConfiguration });
    const answer = await transport.s3().send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(answer.ObjectLockConfiguration).toEqual(ObjectLockConfiguration);
  });

  it('answers a body as a stream, with the headers that go with it', async () => {
    const told = {
      ContentType: 'application/json',
      ETag: '"abc"',
      LastModified: new Date('2026-03-01T09:00:00Z'),
      ObjectLockRetainUntilDate: new Date('2027-04-05T09:00:00.250Z'),
      BucketKeyEnabled: false,
      TagCount: 0,
      Metadata: { schema: 'x' },
    };
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at);
    fake.answers.set('GetObject', { ...told, ContentLength: bytes.byteLength, Body: bytes });
    const { Body, ...answer } = await transport.s3().send(new GetObjectCommand(OBJECT));
    expect(answer).toMatchObject(told);
    expect(Buffer.compare((await Body?.transformToByteArray()) ?? Buffer.of(), bytes)).toBe(0);
  });

  it('answers an empty body as one that can be read', async () => {
    fake.answers.set('GetObject', { Body: new Uint8Array() });
    const { Body } = await transport.s3().send(new GetObjectCommand(OBJECT));
    expect(await Body?.transformToString()).toBe('');
  });

  it('answers members under one root, flattened or not', async () => {
    const list = {
      IsTruncated: true,
      Contents: [
        { Key: 'a <&> ü', LastModified: new Date('2026-03-01T09:00:00Z'), Size: 0 },
        { Key: 'b', ETag: '"abc"' },
      ],
      CommonPrefixes: [{ Prefix: 'c/' }],
      NextContinuationToken: 'next',
    };
    fake.answers.set('ListObjectsV2', list);
    expect(await transport.s3().send(new ListObjectsV2Command({ Bucket }))).toMatchObject(list);
    const Buckets = [{ Name: 'one', CreationDate: new Date('2026-03-01T09:00:00Z') }, { Name: 'two' }];
    fake.answers.set('ListBuckets', { Buckets, Owner: { ID: 'me' } });
    const answer = await transport.s3().send(new ListBucketsCommand({}));
    expect(answer).toMatchObject({ Buckets, Owner: { ID: 'me' } });
    expect(heard()).toEqual({});
  });

  it('answers a HEAD with the length of a body that does not come', async () => {
    fake.answers.set('HeadObject', { ContentLength: 1234, ETag: '"abc"' });
    expect(await transport.s3().send(new HeadObjectCommand(OBJECT))).toMatchObject({
      ContentLength: 1234,
      ETag: '"abc"',
    });
  });

  it('answers with the status of the model', async () => {
    fake.answers.set('DeleteObject', { DeleteMarker: true, VersionId: 'v' });
    const answer = await transport.s3().send(new DeleteObjectCommand(OBJECT));
    expect(answer).toMatchObject({ DeleteMarker: true, VersionId: 'v' });
    expect(answer.$metadata.httpStatusCode).toBe(204);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    const { $metadata } = await transport
      .s3()
      .send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    expect($metadata.httpStatusCode).toBe(200);
  });

  // The statuses of the first two are the model's, whatever is thrown; the others are none of the model's errors.
  it.each([
    ['NoSuchKey', 400, 404],
    ['AccessDenied', 400, 403],
    ['PreconditionFailed', 412, 412],
    ['SlowDown', 503, 503],
  ])('refuses by the code %s', async (code, thrown, status) => {
    fake.answers.set('GetObject', new WireError(code, `because of <${code}> & more`, thrown));
    const error = await transport
      .s3()
      .send(new GetObjectCommand(OBJECT))
      .catch((refusal) => refusal);
    expect(error).toMatchObject({
      name: code,
      message: `because of <${code}> & more`,
      $metadata: { httpStatusCode: status, requestId: '00000000-0000-4000-8000-000000000001' },
    });
    expect(error instanceof NoSuchKey).toBe(code === 'NoSuchKey');
  });

  it('refuses a HEAD by its status alone', async () => {
    fake.answers.set('HeadObject', new WireError('NoSuchKey', 'not heard'));
    const head = () => transport.s3().send(new HeadObjectCommand(OBJECT));
    await expect(head()).rejects.toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } });
    fake.answers.set('HeadObject', new WireError('AccessDenied', 'not heard'));
    await expect(head()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it('knows an operation that the table lacks by its name', async () => {
    await expect(transport.s3().send(new GetObjectAclCommand(OBJECT))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('GetObjectAcl'),
      $metadata: { httpStatusCode: 501 },
    });
  });
});

it('any key and metadata come through', async () => {
  const fake = new FakeServices();
  const client = (await withoutSocket(new Router([fake.s3]))).s3();
  // Headers hold no control characters, and spaces at their ends belong to HTTP.
  const text = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
  const key = fc.string({ unit: 'binary', minLength: 1 });
  await fc.assert(
    fc.asyncProperty(
      key,
      fc.dictionary(fc.stringMatching(/^[a-z0-9-]{1,9}$/), text),
      async (Key, Metadata) => {
        await client.send(new PutObjectCommand({ Bucket, Key, Metadata, Body: 'x' }));
        const { Metadata: got = {}, ...rest } = fake.last.input as { Metadata?: object };
        expect(rest).toMatchObject({ Key });
        expect(got).toEqual(Metadata);
      },
    ),
  );
});

it('a stream comes through over HTTP, its checksum behind it', async () => {
  const fake = new FakeServices();
  const transport = await overHttp(new Router([fake.s3]));
  const pieces = ['one,', 'x'.repeat(100_000), ',three'];
  await transport.s3().send(
    new PutObjectCommand({
      ...OBJECT,
      Body: Readable.from(pieces.map((piece) => Buffer.from(piece))),
      ContentLength: 100_010,
    }),
  );
  await transport.close();
  const { Body, ...input } = fake.last.input as { Body: Uint8Array };
  expect(Buffer.from(Body).toString()).toBe(pieces.join(''));
  expect(input).toMatchObject({ ContentLength: 100_010, ChecksumCRC32: expect.any(String) });
  expect(input).not.toHaveProperty('ContentEncoding');
});

describe('over a bare socket', () => {
  const AUTHORIZATION =
    'AWS4-HMAC-SHA256 Credential=AKID/20260301/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00';
  const fake = new FakeServices();
  let server: Awaited<ReturnType<typeof listen>>;

  beforeAll(async () => {
    server = await listen(new Router([fake.s3]));
  });

  afterAll(() => server.close());

  async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
    const init = { method, headers: { authorization: AUTHORIZATION, ...headers } };
    const response = await fetch(`${server.url}${path}`, body === undefined ? init : { ...init, body });
    const text = await response.text();
    return [response.status, /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? text] as const;
  }

  it('is understood without x-id, which the aws command line does not send', async () => {
    fake.answers.set('GetObject', { Body: Buffer.from('body') });
    expect(await ask('GET', '/evidence/a%20b')).toEqual([200, 'body']);
    expect(fake.last).toMatchObject({
      input: { Bucket: 'evidence', Key: 'a b' },
      call: { operation: 'GetObject' },
    });
    await ask('GET', '/');
    expect(fake.last.call.operation).toBe('ListBuckets');
    await ask('GET', '/evidence?list-type=2');
    expect(fake.last).toMatchObject({ input: { Bucket: 'evidence' }, call: { operation: 'ListObjectsV2' } });
    await ask('PUT', '/evidence/k', {}, 'x');
    expect(fake.last.call.operation).toBe('PutObject');
  });

  it('takes no part of an upload for an upload, and no copy either', async () => {
    const before = fake.heard.length;
    expect(await ask('PUT', '/evidence/k?partNumber=1&uploadId=u', {}, 'x')).toEqual([501, 'NotImplemented']);
    expect(await ask('PUT', '/evidence/k', { 'x-amz-copy-source': 'a/b' })).toEqual([501, 'NotImplemented']);
    expect(fake.heard).toHaveLength(before);
    expect(await ask('GET', '/evidence/k?acl')).toEqual([501, 'NotImplemented']);
  });

  it('reads members that share the body', async () => {
    const body =
      '<SelectObjectContentRequest><Expression>SELECT 1</Expression><ExpressionType>SQL</ExpressionType>' +
      '<InputSerialization><CSV/></InputSerialization><OutputSerialization><JSON/></OutputSerialization>' +
      '</SelectObjectContentRequest>';
    await ask('POST', '/evidence/k?select&select-type=2', {}, body);
    expect(fake.last.input).toMatchObject({ Key: 'k', Expression: 'SELECT 1', ExpressionType: 'SQL' });
  });

  it.each([
    [
      'a number that is none',
      'GET',
      '/evidence?list-type=2&max-keys=many',
      undefined,
      400,
      'InvalidArgument',
    ],
    [
      'a boolean that is none',
      'GET',
      '/evidence?list-type=2&fetch-owner=1',
      undefined,
      400,
      'InvalidArgument',
    ],
    ['XML that is none', 'PUT', '/evidence?versioning', '<a><b></a>', 400, 'MalformedXML'],
    ['no body where one is required', 'PUT', '/evidence?versioning', undefined, 400, 'InvalidRequest'],
    ['an escape that is none', 'GET', '/evidence/%zz', undefined, 400, 'InvalidURI'],
    ['a method that nothing goes by', 'PATCH', '/evidence/k', undefined, 405, 'MethodNotAllowed'],
  ])('%s is refused', async (_what, method, path, body, status, code) => {
    expect(await ask(method, path, {}, body)).toEqual([status, code]);
  });

  it('a date that is none is refused', async () => {
    const headers = { 'if-modified-since': 'yesterday' };
    expect(await ask('GET', '/evidence/k', headers)).toEqual([400, 'InvalidArgument']);
  });

  const STREAMING = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER' };

  it('chunks that are signed come together, without what was about them', async () => {
    const body =
      '4;chunk-signature=00\r\none,\r\nA;chunk-signature=00\r\n0123456789\r\n0;chunk-signature=00\r\n';
    const headers = {
      ...STREAMING,
      'content-encoding': 'aws-chunked,gzip',
      'x-amz-decoded-content-length': '14',
    };
    await ask('PUT', '/evidence/k', headers, `${body}x-amz-checksum-crc32:AAAAAA==\r\n\r\n`);
    const { Body, ...input } = fake.last.input as { Body: Uint8Array };
    expect(Buffer.from(Body).toString()).toBe('one,0123456789');
    expect(input).toMatchObject({ ContentEncoding: 'gzip', ContentLength: 14, ChecksumCRC32: 'AAAAAA==' });
  });

  it.each([
    ['ends before its last chunk', '4\r\none,\r\n'],
    ['has a chunk that is shorter than it says', '9\r\none,\r\n0\r\n\r\n'],
    ['has a chunk that is longer than it says', '3\r\none,\r\n0\r\n\r\n'],
    ['has no length', 'one,\r\n0\r\n\r\n'],
  ])('a stream that %s is refused', async (_what, body) => {
    expect(await ask('PUT', '/evidence/k', STREAMING, body)).toEqual([400, 'IncompleteBody']);
  });

  it('a stream of another length than was announced is refused', async () => {
    const headers = { ...STREAMING, 'x-amz-decoded-content-length': '5' };
    expect(await ask('PUT', '/evidence/k', headers, '4\r\none,\r\n0\r\n\r\n')).toEqual([
      400,
      'IncompleteBody',
    ]);
  });
});

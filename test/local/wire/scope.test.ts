import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { CreateDBSnapshotCommand, DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { listen } from '../../../local/wire/listen';
import { Router } from '../../../local/wire/router';
import { TRANSPORTS, type Transport } from './clients';
import { FakeServices } from './fake-services';

const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=AKID/20260301/eu-west-1/rds/aws4_request, SignedHeaders=host, Signature=00';

describe.each(TRANSPORTS)('region, account and service, %s', (_name, connect) => {
  let fake: FakeServices;
  let transport: Transport;

  beforeEach(async () => {
    fake = new FakeServices();
    transport = await connect(new Router([fake.rds, fake.kms], { account: '111122223333' }));
  });

  afterEach(() => transport.close());

  it('are read off the signature', async () => {
    await transport.rds({ region: 'us-west-2' }).send(new DescribeDBSnapshotsCommand({}));
    expect(fake.last.call).toMatchObject({
      account: '111122223333',
      region: 'us-west-2',
      service: 'rds',
      operation: 'DescribeDBSnapshots',
    });
    await transport.kms({ region: 'eu-central-1' }).send(new DescribeKeyCommand({ KeyId: 'x' }));
    expect(fake.last.call).toMatchObject({
      region: 'eu-central-1',
      service: 'kms',
      operation: 'DescribeKey',
    });
  });

  it('an access key id of twelve digits is an account', async () => {
    await transport.rds({ accessKeyId: '444455556666' }).send(new DescribeDBSnapshotsCommand({}));
    expect(fake.last.call.account).toBe('444455556666');
    await transport.rds({ accessKeyId: '44445555666' }).send(new DescribeDBSnapshotsCommand({}));
    expect(fake.last.call.account).toBe('111122223333');
  });

  it('two regions and two accounts live side by side in one process', async () => {
    const command = new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'd', DBSnapshotIdentifier: 's' });
    for (const region of ['us-east-1', 'us-west-2']) {
      for (const accessKeyId of ['444455556666', 'AKID']) {
        await transport.rds({ region, accessKeyId }).send(command);
      }
    }
    expect(fake.snapshots.size).toBe(4);
    await expect(transport.rds({ region: 'us-west-2' }).send(command)).rejects.toThrow('is there already');
  });
});

describe('over a bare socket', () => {
  const fake = new FakeServices();
  const router = new Router([fake.rds, fake.kms]);
  let server: Awaited<ReturnType<typeof listen>>;

  beforeAll(async () => {
    server = await listen(router);
  });

  afterAll(() => server.close());

  async function post(headers: Record<string, string>, body: string): Promise<[number, string, Headers]> {
    const response = await fetch(server.url, { method: 'POST', headers, body });
    return [response.status, await response.text(), response.headers];
  }

  it('listens on the loopback interface alone', () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  });

  it('a Query request without a signature is turned away', async () => {
    const [status, body, headers] = await post({}, 'Action=DescribeDBSnapshots&Version=2014-10-31');
    expect(status).toBe(403);
    expect(body).toContain('<Type>Sender</Type><Code>MissingAuthenticationToken</Code>');
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a JSON request without a signature is turned away', async () => {
    const [status, body] = await post({ 'x-amz-target': 'TrentService.DescribeKey' }, '{"KeyId":"x"}');
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });

  it.each([
    ['another scheme', 'Bearer 00'],
    ['no scope', 'AWS4-HMAC-SHA256 Credential=AKID, SignedHeaders=host, Signature=00'],
    [
      'no region',
      'AWS4-HMAC-SHA256 Credential=AKID/20260301//rds/aws4_request, SignedHeaders=host, Signature=00',
    ],
    ['another end', AUTHORIZATION.replace('aws4_request', 'aws5_request')],
    ['no signature', AUTHORIZATION.replace(', Signature=00', '')],
    ['no signed headers', AUTHORIZATION.replace('SignedHeaders=host, ', '')],
  ])('a signature with %s is incomplete', async (_what, authorization) => {
    const [status, body] = await post({ authorization }, 'Action=DescribeDBSnapshots&Version=2014-10-31');
    expect(status).toBe(400);
    expect(body).toContain('<Code>IncompleteSignature</Code>');
  });

  it('a presigned GET is understood', async () => {
    const query = new URLSearchParams({
      Action: 'DescribeDBSnapshots',
      Version: '2014-10-31',
      MaxRecords: '20',
      'X-Amz-Credential': 'AKID/20260301/eu-west-1/rds/aws4_request',
      'X-Amz-Signature': '00',
    });
    const response = await fetch(`${server.url}/?${query}`);
    expect(response.status).toBe(200);
    expect(fake.last).toMatchObject({ input: { MaxRecords: 20 }, call: { region: 'eu-west-1' } });
  });

  it('answers in the envelope and namespace of AWS Query', async () => {
    fake.answers.set('DescribeDBSnapshots', { DBSnapshots: [{ DBSnapshotIdentifier: 's' }], Marker: 'm' });
    const [status, body, headers] = await post(
      { authorization: AUTHORIZATION },
      'Action=DescribeDBSnapshots&Version=2014-10-31',
    );
    const id = headers.get('x-amzn-requestid');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/xml');
    expect(body).toBe(
      '<DescribeDBSnapshotsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBSnapshotsResult>' +
        '<Marker>m</Marker><DBSnapshots><DBSnapshot><DBSnapshotIdentifier>s</DBSnapshotIdentifier></DBSnapshot>' +
        `</DBSnapshots></DescribeDBSnapshotsResult><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>` +
        '</DescribeDBSnapshotsResponse>',
    );
  });

  it('an action or version that is missing is said to be', async () => {
    expect((await post({ authorization: AUTHORIZATION }, ''))[1]).toContain('<Code>MissingAction</Code>');
    expect((await post({ authorization: AUTHORIZATION }, 'Action=Fly'))[1]).toContain(
      'Could not find operation Fly for version NO_VERSION_SPECIFIED',
    );
    expect((await post({ authorization: AUTHORIZATION }, 'Action=constructor'))[1]).toContain(
      'InvalidAction',
    );
  });

  it('a body that is not JSON is refused', async () => {
    const headers = {
      authorization: AUTHORIZATION.replace('/rds/', '/kms/'),
      'x-amz-target': 'T.DescribeKey',
    };
    const [status, body] = await post(headers, '{"KeyId":');
    expect([status, JSON.parse(body).__type]).toEqual([400, 'SerializationException']);
    expect(JSON.parse((await post(headers, '[]'))[1]).__type).toBe('SerializationException');
  });

  it('a service that is not on this machine is named', async () => {
    const [status, body] = await post(
      { authorization: AUTHORIZATION.replace('/rds/', '/sqs/') },
      'Action=ListQueues',
    );
    expect(status).toBe(501);
    expect(body).toContain('no service sqs on this machine; hint: there are rds, kms');
  });
});

describe('a listening router', () => {
  it('takes the port that it is told, and frees it', async () => {
    const router = new Router([]);
    const first = await listen(router);
    await expect(listen(router, { port: first.port })).rejects.toThrow('EADDRINUSE');
    await first.close();
    const second = await listen(router, { port: first.port });
    expect(second.port).toBe(first.port);
    await second.close();
  });

  it('closes although a connection is kept alive and a call is under way', async () => {
    const fake = new FakeServices();
    const server = await listen(new Router([fake.rds]));
    const headers = { authorization: AUTHORIZATION };
    await fetch(server.url, { method: 'POST', headers, body: 'Action=DescribeDBSnapshots&Version=x' });
    let begun: () => void = () => {};
    const reached = new Promise<void>((resolve) => {
      begun = resolve;
    });
    fake.answers.set('DescribeDBSnapshots', () => new Promise(() => begun()));
    const pending = fetch(server.url, {
      method: 'POST',
      headers,
      body: 'Action=DescribeDBSnapshots&Version=x',
    });
    const broken = expect(pending).rejects.toThrow('fetch failed');
    await reached;
    await server.close();
    await broken;
  });
});

import {
  DescribeKeyCommand,
  KMSServiceException,
  ListKeysCommand,
  NotFoundException,
} from '@aws-sdk/client-kms';
import {
  CreateDBSnapshotCommand,
  DBSnapshotAlreadyExistsFault,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  RDSServiceException,
} from '@aws-sdk/client-rds';
import { Router } from '../../../local/wire/router';
import { type Service, WireError } from '../../../local/wire/service';
import { TRANSPORTS, type Transport } from './clients';
import { FakeServices } from './fake-services';

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly Code?: string;
  readonly $fault: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string };
}

async function failure(call: Promise<unknown>): Promise<Failure> {
  return call.then(
    () => Promise.reject(new Error('the call did not fail')),
    (error: Failure) => error,
  );
}

describe.each(TRANSPORTS)('errors as the SDK hears them, %s', (_name, connect) => {
  const bugs: unknown[] = [];
  let fake: FakeServices;
  let transport: Transport;

  beforeEach(async () => {
    bugs.length = 0;
    fake = new FakeServices();
    const router = new Router([fake.rds, fake.kms], { onError: (error) => bugs.push(error) });
    transport = await connect(router);
  });

  afterEach(async () => {
    await transport.close();
  });

  // Wire code, the SDK's name, status: aws-facts, Snapshots and copies; the statuses are those of the RDS model.
  it.each([
    ['DBSnapshotAlreadyExists', 'DBSnapshotAlreadyExistsFault', 400],
    ['DBSnapshotNotFound', 'DBSnapshotNotFoundFault', 404],
    ['DBInstanceNotFound', 'DBInstanceNotFoundFault', 404],
    ['SnapshotQuotaExceeded', 'SnapshotQuotaExceededFault', 400],
    ['InvalidDBSnapshotState', 'InvalidDBSnapshotStateFault', 400],
    ['InvalidDBInstanceState', 'InvalidDBInstanceStateFault', 400],
    ['KMSKeyNotAccessibleFault', 'KMSKeyNotAccessibleFault', 400],
    ['Throttling', 'Throttling', 400],
    ['InvalidParameterCombination', 'InvalidParameterCombination', 400],
  ])('RDS %s is %s with status %i', async (code, name, status) => {
    fake.answers.set('DescribeDBSnapshots', new WireError(code, `because of <${code}> & more`));
    const error = await failure(transport.rds().send(new DescribeDBSnapshotsCommand({})));
    expect(error).toBeInstanceOf(RDSServiceException);
    expect(error.name).toBe(name);
    expect(error.Code).toBe(code);
    expect(error.message).toBe(`because of <${code}> & more`);
    expect(error.$fault).toBe('client');
    expect(error.$metadata.httpStatusCode).toBe(status);
    expect(error.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('RDS errors are of the class that the SDK exports', async () => {
    const command = new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'd', DBSnapshotIdentifier: 's' });
    await transport.rds().send(command);
    expect(await failure(transport.rds().send(command))).toBeInstanceOf(DBSnapshotAlreadyExistsFault);
  });

  it('KMS errors go by the name of their shape', async () => {
    fake.answers.set('DescribeKey', new WireError('NotFoundException', "Key 'ü' does not exist"));
    const error = await failure(transport.kms().send(new DescribeKeyCommand({ KeyId: 'x' })));
    expect(error).toBeInstanceOf(NotFoundException);
    expect(error.message).toBe("Key 'ü' does not exist");
    expect(error.$metadata.httpStatusCode).toBe(400);
  });

  it('an action that the table lacks is unknown', async () => {
    const rds = await failure(transport.rds().send(new DescribeEventsCommand({})));
    expect(rds.name).toBe('InvalidAction');
    expect(rds.message).toBe('Could not find operation DescribeEvents for version 2014-10-31');
    expect(rds.$metadata.httpStatusCode).toBe(400);
    const kms = await failure(transport.kms().send(new ListKeysCommand({})));
    expect(kms.name).toBe('UnknownOperationException');
    expect(kms.$metadata.httpStatusCode).toBe(400);
  });

  it('required members are demanded, since the SDK does not', async () => {
    const half = { DBInstanceIdentifier: 'd' } as {
      DBInstanceIdentifier: string;
      DBSnapshotIdentifier: string;
    };
    const rds = await failure(transport.rds().send(new CreateDBSnapshotCommand(half)));
    expect(rds.name).toBe('InvalidParameterValue');
    expect(rds.message).toBe('The parameter DBSnapshotIdentifier must be provided and must not be empty.');
    const kms = await failure(transport.kms().send(new DescribeKeyCommand({} as { KeyId: string })));
    expect(kms).toBeInstanceOf(KMSServiceException);
    expect(kms.name).toBe('ValidationException');
    expect(kms.message).toBe(
      "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    );
    expect(fake.heard).toEqual([]);
  });

  it('required members are demanded inside of lists too', async () => {
    const Filters = [
      { Name: 'db-instance-id', Values: ['a'] },
      { Name: 'engine' } as { Name: string; Values: string[] },
    ];
    const error = await failure(transport.rds().send(new DescribeDBSnapshotsCommand({ Filters })));
    expect(error.message).toBe(
      'The parameter Filters.member.2.Values must be provided and must not be empty.',
    );
  });

  it('a value of another type than the schema says is refused', async () => {
    const wrong = { MaxRecords: 'many', IncludeShared: true } as unknown as { MaxRecords: number };
    const rds = await failure(transport.rds().send(new DescribeDBSnapshotsCommand(wrong)));
    expect([rds.name, rds.message]).toEqual(['MalformedInput', 'Invalid Integer value for MaxRecords: many']);
    const kms = await failure(
      transport.kms().send(new DescribeKeyCommand({ KeyId: 7 as unknown as string })),
    );
    expect([kms.name, kms.message]).toEqual([
      'SerializationException',
      'NUMBER_VALUE can not be converted to a String',
    ]);
  });

  it('a bug of an operation is told, and its caller gets 500', async () => {
    const bug = new TypeError('cannot read properties of undefined');
    fake.answers.set('DescribeDBSnapshots', bug);
    fake.answers.set('DescribeKey', bug);
    const rds = await failure(transport.rds().send(new DescribeDBSnapshotsCommand({})));
    expect([rds.name, rds.$fault, rds.$metadata.httpStatusCode]).toEqual(['InternalFailure', 'server', 500]);
    const kms = await failure(transport.kms().send(new DescribeKeyCommand({ KeyId: 'x' })));
    expect([kms.name, kms.$metadata.httpStatusCode]).toEqual(['InternalFailure', 500]);
    expect(bugs).toEqual([bug, bug]);
    expect(rds.message).not.toContain('properties');
  });

  it("throwing the SDK's name for a wire code is a bug", async () => {
    fake.answers.set('DescribeDBSnapshots', new WireError('DBSnapshotNotFoundFault', 'x'));
    const error = await failure(transport.rds().send(new DescribeDBSnapshotsCommand({})));
    expect(error.name).toBe('InternalFailure');
    expect(bugs).toEqual([
      expect.objectContaining({ message: expect.stringContaining('throw DBSnapshotNotFound') }),
    ]);
  });

  it('an answer that does not fit the schema is a bug', async () => {
    fake.answers.set('DescribeDBSnapshots', { DBSnapshots: [{ SnapshotCreateTime: { year: 2026 } }] });
    const error = await failure(transport.rds().send(new DescribeDBSnapshotsCommand({})));
    expect(error.name).toBe('InternalFailure');
    expect(bugs).toHaveLength(1);
  });
});

describe('a router', () => {
  it('refuses a table that names an operation which the service lacks', () => {
    const fake = new FakeServices();
    const misspelt: Service = { ...fake.rds, operations: { CreateDbSnapshot: () => ({}) } };
    expect(() => new Router([misspelt])).toThrow('rds has no operation CreateDbSnapshot; hint:');
  });
});

import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import {
  CopyDBSnapshotCommand,
  CreateDBSnapshotCommand,
  type DBSnapshot,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBSnapshotAttributeCommand,
  RemoveTagsFromResourceCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import { Router } from '../../../local/wire/router';
import fc from '../../support/seeded';
import { TRANSPORTS, type Transport, withoutSocket } from './clients';
import { FakeServices } from './fake-services';

const SNAPSHOT: DBSnapshot = {
  DBSnapshotIdentifier: 'holdfast-qrosity-db-20260301-0900',
  SnapshotCreateTime: new Date('2026-03-01T09:00:00.123Z'),
  OriginalSnapshotCreateTime: new Date('2026-02-28T23:59:59Z'),
  AllocatedStorage: 0,
  PercentProgress: 100,
  Encrypted: false,
  IAMDatabaseAuthenticationEnabled: true,
  ProcessorFeatures: [],
  TagList: [
    { Key: 'holdfast:installation', Value: 'main' },
    { Key: 'note', Value: ` <a href="x">&amp; 'ü' 😀\n\ttwo lines ` },
    { Key: 'blank', Value: '' },
  ],
};

describe.each(TRANSPORTS)('the SDK clients, unchanged, %s', (_name, connect) => {
  let fake: FakeServices;
  let transport: Transport;

  beforeEach(async () => {
    fake = new FakeServices();
    transport = await connect(new Router([fake.rds, fake.kms]));
  });

  afterEach(() => transport.close());

  describe('AWS Query (RDS)', () => {
    it('hands an operation the input that its command was made of', async () => {
      const input = {
        DBInstanceIdentifier: 'qrosity-db',
        DBSnapshotIdentifier: 'before-migration-42',
        Tags: SNAPSHOT.TagList,
      };
      await transport.rds().send(new CreateDBSnapshotCommand(input));
      expect(fake.last.input).toEqual(input);
    });

    it('reads nested lists, numbers and booleans', async () => {
      const input = {
        Filters: [
          { Name: 'db-instance-id', Values: ['a', 'b'] },
          { Name: 'engine', Values: ['postgres'] },
        ],
        MaxRecords: 20,
        IncludeShared: false,
        IncludePublic: true,
      };
      await transport.rds().send(new DescribeDBSnapshotsCommand(input));
      expect(fake.last.input).toEqual(input);
    });

    it('keeps the order of a list of more than nine', async () => {
      const ids = Array.from({ length: 23 }, (_, index) => `account-${index}`);
      const input = { DBSnapshotIdentifier: 's', AttributeName: 'restore', ValuesToAdd: ids };
      await transport.rds().send(new ModifyDBSnapshotAttributeCommand(input));
      expect(fake.last.input).toEqual(input);
    });

    it('tells an empty list from a list that was not given', async () => {
      await transport.rds().send(new RemoveTagsFromResourceCommand({ ResourceName: 'arn', TagKeys: [] }));
      expect(fake.last.input).toEqual({ ResourceName: 'arn', TagKeys: [] });
      await transport.rds().send(new DescribeDBSnapshotsCommand({}));
      expect(fake.last.input).toEqual({});
    });

    it('reads instants', async () => {
      const input = {
        TargetDBInstanceIdentifier: 'restored',
        SourceDBInstanceIdentifier: 'qrosity-db',
        RestoreTime: new Date('2026-03-01T08:55:00.250Z'),
        UseLatestRestorableTime: false,
      };
      await transport.rds().send(new RestoreDBInstanceToPointInTimeCommand(input));
      expect(fake.last.input).toEqual(input);
    });

    it('answers with dates, zeros, booleans, lists and texts that XML would rather not hold', async () => {
      fake.answers.set('DescribeDBSnapshots', { DBSnapshots: [SNAPSHOT], Marker: 'next' });
      const { $metadata, ...answer } = await transport.rds().send(new DescribeDBSnapshotsCommand({}));
      expect(answer).toEqual({ DBSnapshots: [SNAPSHOT], Marker: 'next' });
      expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('answers an empty list as one, and what is not there not at all', async () => {
      fake.answers.set('DescribeDBInstances', { DBInstances: [] });
      const answer = await transport.rds().send(new DescribeDBInstancesCommand({}));
      expect(answer.DBInstances).toEqual([]);
      expect(answer.Marker).toBeUndefined();
    });

    it('answers structures within structures within lists', async () => {
      const instance = {
        DBInstanceIdentifier: 'qrosity-db',
        Endpoint: { Address: '127.0.0.1', Port: 5432 },
        PendingModifiedValues: { MultiAZ: true },
        DBSubnetGroup: { Subnets: [{ SubnetAvailabilityZone: { Name: 'us-east-1a' } }] },
      };
      fake.answers.set('DescribeDBInstances', { DBInstances: [instance] });
      const answer = await transport.rds().send(new DescribeDBInstancesCommand({}));
      expect(answer.DBInstances).toEqual([instance]);
    });

    it('hears a cross-region copy in the destination region, presigned by the client itself', async () => {
      const source = 'arn:aws:rds:us-east-1:000000000000:snapshot:holdfast-1';
      const command = new CopyDBSnapshotCommand({
        SourceDBSnapshotIdentifier: source,
        TargetDBSnapshotIdentifier: 'copy',
        KmsKeyId: 'alias/holdfast',
      });
      await transport.rds({ region: 'us-west-2' }).send(command);
      expect(fake.last.call.region).toBe('us-west-2');
      expect(fake.last.input).toMatchObject({
        SourceDBSnapshotIdentifier: source,
        PreSignedUrl: expect.stringContaining('X-Amz-Credential='),
      });
    });
  });

  describe('AWS JSON 1.1 (KMS)', () => {
    it('reads maps, blobs and booleans, and answers blobs', async () => {
      const input = {
        KeyId: 'alias/holdfast',
        Plaintext: Uint8Array.of(0, 127, 128, 255),
        EncryptionContext: { tenant: 'é"\\', 'a.b': '' },
        DryRun: false,
      };
      const secret = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      fake.answers.set('Encrypt', { CiphertextBlob: secret, KeyId: 'key' });
      const answer = await transport.kms().send(new EncryptCommand(input));
      const heard = fake.last.input as typeof input;
      expect({ ...heard, Plaintext: [...heard.Plaintext] }).toEqual({
        ...input,
        Plaintext: [...input.Plaintext],
      });
      expect([...(answer.CiphertextBlob ?? [])]).toEqual([...secret]);
    });

    it('answers dates to the millisecond', async () => {
      const KeyMetadata = { KeyId: 'key', CreationDate: new Date('2026-03-01T09:00:00.250Z'), Enabled: true };
      fake.answers.set('DescribeKey', { KeyMetadata });
      const answer = await transport.kms().send(new DescribeKeyCommand({ KeyId: 'key' }));
      expect(answer.KeyMetadata).toEqual(KeyMetadata);
    });

    it('keeps empty lists both ways', async () => {
      await transport.kms().send(new CreateKeyCommand({ Tags: [] }));
      expect(fake.last.input).toEqual({ Tags: [] });
      fake.answers.set('ListResourceTags', { Tags: [], Truncated: false });
      const answer = await transport.kms().send(new ListResourceTagsCommand({ KeyId: 'key' }));
      expect(answer).toMatchObject({ Tags: [], Truncated: false });
    });

    it('answers an operation without output with an empty body', async () => {
      const command = new EnableKeyRotationCommand({ KeyId: 'key', RotationPeriodInDays: 365 });
      const { $metadata, ...answer } = await transport.kms().send(command);
      expect(answer).toEqual({});
      expect($metadata.httpStatusCode).toBe(200);
      expect(fake.last.input).toEqual({ KeyId: 'key', RotationPeriodInDays: 365 });
    });
  });
});

describe('any tags', () => {
  // Bites when a list item is read by string order (1, 10, 2), or when a text is trimmed or escaped once too often.
  const text = fc
    .string({ unit: 'grapheme', maxLength: 40 })
    // XML 1.0 cannot hold other control characters; RDS refuses tags with them.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is left out
    .filter((value) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(value));
  const tags = fc.array(fc.record({ Key: text, Value: text }), { maxLength: 15 });

  it('come through Query there and back', async () => {
    const fake = new FakeServices();
    const client = (await withoutSocket(new Router([fake.rds]))).rds();
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(tags, async (Tags) => {
        turn += 1;
        fake.answers.set('CreateDBSnapshot', { DBSnapshot: { TagList: Tags } });
        const command = new CreateDBSnapshotCommand({
          DBInstanceIdentifier: 'd',
          DBSnapshotIdentifier: `s-${turn}`,
          Tags,
        });
        const answer = await client.send(command);
        expect(fake.last.input).toMatchObject({ Tags });
        expect(answer.DBSnapshot?.TagList).toEqual(Tags);
      }),
    );
  });

  it('come through JSON there and back', async () => {
    const fake = new FakeServices();
    const client = (await withoutSocket(new Router([fake.kms]))).kms();
    await fc.assert(
      fc.asyncProperty(tags, async (given) => {
        const Tags = given.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));
        fake.answers.set('ListResourceTags', { Tags });
        await client.send(new CreateKeyCommand({ Tags }));
        expect(fake.last.input).toEqual({ Tags });
        expect((await client.send(new ListResourceTagsCommand({ KeyId: 'key' }))).Tags).toEqual(Tags);
      }),
    );
  });
});

import * as kms from '@aws-sdk/client-kms';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import type { Call, Service } from '../../../local/wire/service';
import { WireError } from '../../../local/wire/service';

/** What an operation was given, and by whom. */
export interface Heard {
  readonly input: unknown;
  readonly call: Call;
}

/** RDS, KMS and S3 without any rules: they note what they hear and answer what they are told to. */
export class FakeServices {
  readonly heard: Heard[] = [];
  /** The next answers, by operation; an error is thrown. */
  readonly answers = new Map<string, unknown>();
  /** Snapshots that exist, by account, region and identifier: what a call's effect can be seen in. */
  readonly snapshots = new Set<string>();

  readonly rds: Service = {
    name: 'rds',
    schemas: rds,
    protocol: 'query',
    operations: {
      CreateDBSnapshot: (input: rds.CreateDBSnapshotMessage, call: Call) => {
        const key = `${call.account} ${call.region} ${input.DBSnapshotIdentifier}`;
        if (this.snapshots.has(key))
          throw new WireError('DBSnapshotAlreadyExists', `${key} is there already`);
        this.snapshots.add(key);
        return this.#answer('CreateDBSnapshot', input, call);
      },
      DescribeDBSnapshots: (input: rds.DescribeDBSnapshotsMessage, call: Call) =>
        this.#answer('DescribeDBSnapshots', input, call),
      DescribeDBInstances: (input: rds.DescribeDBInstancesMessage, call: Call) =>
        this.#answer('DescribeDBInstances', input, call),
      ModifyDBSnapshotAttribute: (input: rds.ModifyDBSnapshotAttributeMessage, call: Call) =>
        this.#answer('ModifyDBSnapshotAttribute', input, call),
      RestoreDBInstanceToPointInTime: (input: rds.RestoreDBInstanceToPointInTimeMessage, call: Call) =>
        this.#answer('RestoreDBInstanceToPointInTime', input, call),
      CopyDBSnapshot: (input: rds.CopyDBSnapshotMessage, call: Call) =>
        this.#answer('CopyDBSnapshot', input, call),
      RemoveTagsFromResource: (input: rds.RemoveTagsFromResourceMessage, call: Call) =>
        this.#answer('RemoveTagsFromResource', input, call),
    },
  };

  readonly kms: Service = {
    name: 'kms',
    schemas: kms,
    protocol: 'json',
    operations: {
      DescribeKey: (input: kms.DescribeKeyRequest, call: Call) => this.#answer('DescribeKey', input, call),
      CreateKey: (input: kms.CreateKeyRequest, call: Call) => this.#answer('CreateKey', input, call),
      Encrypt: (input: kms.EncryptRequest, call: Call) => this.#answer('Encrypt', input, call),
      EnableKeyRotation: (input: kms.EnableKeyRotationRequest, call: Call) =>
        this.#answer('EnableKeyRotation', input, call),
      ListResourceTags: (input: kms.ListResourceTagsRequest, call: Call) =>
        this.#answer('ListResourceTags', input, call),
    },
  };

  readonly s3: Service = {
    name: 's3',
    schemas: s3,
    protocol: 'rest-xml',
    operations: {
      DeleteObject: (input: s3.DeleteObjectRequest, call: Call) => this.#answer('DeleteObject', input, call),
      GetObject: (input: s3.GetObjectRequest, call: Call) => this.#answer('GetObject', input, call),
      GetObjectLockConfiguration: (input: s3.GetObjectLockConfigurationRequest, call: Call) =>
        this.#answer('GetObjectLockConfiguration', input, call),
      HeadObject: (input: s3.HeadObjectRequest, call: Call) => this.#answer('HeadObject', input, call),
      ListBuckets: (input: s3.ListBucketsRequest, call: Call) => this.#answer('ListBuckets', input, call),
      ListObjectsV2: (input: s3.ListObjectsV2Request, call: Call) =>
        this.#answer('ListObjectsV2', input, call),
      PutBucketVersioning: (input: s3.PutBucketVersioningRequest, call: Call) =>
        this.#answer('PutBucketVersioning', input, call),
      PutObject: (input: s3.PutObjectRequest, call: Call) => this.#answer('PutObject', input, call),
      PutObjectLockConfiguration: (input: s3.PutObjectLockConfigurationRequest, call: Call) =>
        this.#answer('PutObjectLockConfiguration', input, call),
      SelectObjectContent: (input: s3.SelectObjectContentRequest, call: Call) =>
        this.#answer('SelectObjectContent', input, call),
    },
  };

  get last(): Heard {
    const last = this.heard.at(-1);
    if (last === undefined) throw new Error('no operation was called');
    return last;
  }

  async #answer(operation: string, input: unknown, call: Call): Promise<unknown> {
    this.heard.push({ input, call });
    const answer = this.answers.get(operation);
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? await (answer as () => unknown)() : answer;
  }
}

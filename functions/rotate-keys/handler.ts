import * as z from 'zod/mini';
import { Clients } from '../../shared/aws/clients';
import { KmsKeys } from '../../shared/aws/kms-keys';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { S3Bucket } from '../../shared/aws/s3-bucket';
import { SnsTopics } from '../../shared/aws/sns-topics';
import { withTable } from '../../shared/report/encryption-table';
import { commonFields, flagField } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { run, watched } from './run';

const clients = new Clients();
const ports = {
  databases: new RdsDatabases(clients),
  snapshots: new RdsSnapshots(clients),
  keys: new KmsKeys(clients),
  topics: new SnsTopics(),
  bucket: new S3Bucket(),
};

export const handler = lambda({
  name: 'rotate-keys',
  event: z.strictObject({ ...commonFields, report: z.optional(flagField) }),
  run: async (context, asked) => {
    const { encryption, ...answer } = await run(ports, context, asked);
    return encryption === undefined ? answer : withTable({ ...answer, encryption });
  },
  metrics: watched,
});

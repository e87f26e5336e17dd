import * as z from 'zod/mini';
import { Clients } from '../../shared/aws/clients';
import { KmsKeys } from '../../shared/aws/kms-keys';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsRestores } from '../../shared/aws/rds-restores';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { S3Evidence } from '../../shared/aws/s3-evidence';
import { commonFields, flagField, textField } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { evidenceBucketOf } from '../../shared/runtime/surroundings';
import { run, watched } from './run';

const clients = new Clients();
const ports = {
  databases: new RdsDatabases(clients),
  snapshots: new RdsSnapshots(clients),
  restores: new RdsRestores(clients),
  keys: new KmsKeys(clients),
};
const stores = new S3Evidence();

const event = z
  .strictObject({
    ...commonFields,
    start: z.optional(flagField),
    snapshot: z.optional(textField),
    region: z.optional(textField),
  })
  .check(({ value, issues }) => {
    const { database, start, snapshot, region } = value;
    if (database !== undefined || (start !== true && snapshot === undefined && region === undefined)) return;
    issues.push({
      code: 'custom',
      input: value,
      path: ['database'],
      message: 'is missing: a test by hand is of one database (hint: add it)',
    });
  });

export const handler = lambda({
  name: 'test-restore',
  event,
  run: (context, asked) => {
    const evidence = stores.store(evidenceBucketOf(context), context.policy.home);
    return run({ ...ports, evidence }, context, asked);
  },
  metrics: watched,
});

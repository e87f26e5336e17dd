import * as z from 'zod/mini';
import { Clients } from '../../shared/aws/clients';
import { KmsKeys } from '../../shared/aws/kms-keys';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { commonFields } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { run } from './run';

const clients = new Clients();
const ports = {
  databases: new RdsDatabases(clients),
  snapshots: new RdsSnapshots(clients),
  keys: new KmsKeys(clients),
};

export const handler = lambda({
  name: 'copy-snapshot',
  event: z.strictObject(commonFields),
  run: (context, asked) => run(ports, context, asked),
});

import * as z from 'zod/mini';
import { Clients } from '../../shared/aws/clients';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { commonFields, shareField } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { run } from './run';

const clients = new Clients();
const ports = { databases: new RdsDatabases(clients), snapshots: new RdsSnapshots(clients) };

export const handler = lambda({
  name: 'prune-snapshots',
  event: z.strictObject({ ...commonFields, allowShare: z.optional(shareField) }),
  run: (context, asked) => run(ports, context, asked),
});

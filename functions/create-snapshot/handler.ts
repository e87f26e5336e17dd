import * as z from 'zod/mini';
import { Clients } from '../../shared/aws/clients';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { commonFields, durationField, textField } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { run } from './run';

const event = z
  .strictObject({
    ...commonFields,
    reason: z.optional(textField),
    label: z.optional(textField),
    keep: z.optional(durationField),
  })
  .check(({ value, issues }) => {
    const { database, reason, label, keep } = value;
    const missing = (field: string, because: string) =>
      issues.push({
        code: 'custom',
        input: value,
        path: [field],
        message: `is missing: ${because} (hint: add it)`,
      });
    if (reason !== undefined && database === undefined)
      missing('database', 'an on-demand snapshot is of one database');
    if (reason === undefined && (keep !== undefined || label !== undefined)) {
      missing('reason', 'keep and label belong to an on-demand snapshot, which says why it is taken');
    }
  });

const clients = new Clients();
const ports = { databases: new RdsDatabases(clients), snapshots: new RdsSnapshots(clients) };

export const handler = lambda({
  name: 'create-snapshot',
  event,
  run: (context, asked) => run(ports, context, asked),
});

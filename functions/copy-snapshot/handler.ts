import * as z from 'zod/mini';
import { Clients } from '../../shared/aws/clients';
import { KmsKeys } from '../../shared/aws/kms-keys';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { writeDuration } from '../../shared/domain/time';
import { commonFields, durationField, keyField, textField } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { SHORTEST_KEEP } from './rekey';
import { run } from './run';

const SHORT = `is less than ${writeDuration(SHORTEST_KEEP)} (hint: it counts from the request, and the copy itself may take hours)`;

const rekey = z.strictObject(
  {
    to: keyField,
    snapshot: z.optional(textField),
    keep: z.optional(durationField.check(z.minimum(SHORTEST_KEEP, SHORT))),
  },
  'hint: rekey is {"to": "alias/..."}, and may have snapshot, an identifier, and keep, as in "90d"',
);

const event = z.strictObject({ ...commonFields, rekey: z.optional(rekey) }).check(({ value, issues }) => {
  if (value.rekey === undefined || value.database !== undefined) return;
  const message = 'is missing: re-keying is of one database (hint: add it)';
  issues.push({ code: 'custom', input: value, path: ['database'], message });
});

const clients = new Clients();
const ports = {
  databases: new RdsDatabases(clients),
  snapshots: new RdsSnapshots(clients),
  keys: new KmsKeys(clients),
};

export const handler = lambda({
  name: 'copy-snapshot',
  event,
  run: (context, asked) => run(ports, context, asked),
});

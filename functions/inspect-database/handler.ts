import * as z from 'zod/mini';
import { Clients } from '../../shared/aws/clients';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsTokens } from '../../shared/aws/rds-tokens';
import { S3Evidence } from '../../shared/aws/s3-evidence';
import { PgInspector } from '../../shared/postgres/inspector';
import { commonFields, flagField } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { InvalidEnvironment } from '../../shared/runtime/surroundings';
import { run, watched } from './run';

const stores = new S3Evidence();
const ports = { databases: new RdsDatabases(new Clients()), tokens: new RdsTokens() };

export const handler = lambda({
  name: 'inspect-database',
  event: z.strictObject({ ...commonFields, restored: z.optional(flagField) }),
  run: async (context, asked) => {
    const { evidenceBucket, databaseCa, policy } = context;
    if (evidenceBucket === null) {
      const hint = "name the bucket that evidence is kept in; serverless.yml sets it to the stack's own";
      throw new InvalidEnvironment('EVIDENCE_BUCKET', 'is not set', hint);
    }
    const inspector = new PgInspector({ ca: databaseCa ?? undefined });
    const evidence = stores.store(evidenceBucket, policy.home);
    return run({ ...ports, inspector, evidence }, context, asked);
  },
  metrics: watched,
});

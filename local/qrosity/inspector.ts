import pg from 'pg';
import type { Connection } from './create';

/** What a database has to have before Holdfast can look into it as its policy says. */
export interface Inspectable {
  /** The role that signs in by IAM. */
  readonly user: string;
  readonly extensions: readonly string[];
  /** What the tables of tenants and domains are called. */
  readonly tenants: { readonly table: string; readonly domains: string } | null;
}

/** What docs/inspection.md has a master user type, for a role of any name. */
export function grants(role: string): string {
  return `CREATE ROLE ${role} LOGIN;
GRANT rds_iam, pg_monitor, pg_read_all_data TO ${role};
CREATE EXTENSION IF NOT EXISTS amcheck;
GRANT EXECUTE ON FUNCTION bt_index_check(regclass),
  verify_heapam(regclass, boolean, boolean, text, bigint, bigint) TO ${role};
`;
}

/** The customer's part, as the master user. */
export async function letInspect(connection: Connection, wanted: Inspectable): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    for (const name of wanted.extensions)
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${client.escapeIdentifier(name)}`);
    await client.query(grants(client.escapeIdentifier(wanted.user)));
    await rename(client, 'tenants_tenant', wanted.tenants?.table);
    await rename(client, 'tenants_domain', wanted.tenants?.domains);
  } finally {
    await client.end();
  }
}

/** Another customer's tables, of the same columns. */
async function rename(client: pg.Client, from: string, to: string | undefined): Promise<void> {
  if (to === undefined || to === from) return;
  await client.query(`ALTER TABLE public.${from} RENAME TO ${client.escapeIdentifier(to)}`);
}

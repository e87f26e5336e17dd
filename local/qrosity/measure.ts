import pg from 'pg';
import type { Duration, Instant } from '../../shared/domain/time';
import { type Counts, type Ledger, total } from './counts';
import type { Connection } from './create';

/** What a database of Qrosity really holds. */
export interface Measured {
  /** The tenants that have a schema, by its name. */
  readonly tenants: readonly string[];
  readonly rows: Counts;
  /** The newest `created_at` of any tenant. */
  readonly newest: Instant | null;
}

/** A restored database held against what had been confirmed before the loss. */
export interface Loss {
  readonly rows: number;
  /** From the newest moment found to the newest confirmed. */
  readonly time: Duration;
  /** Schemas of tenants that are not there at all. */
  readonly tenants: readonly string[];
  /**
   * Tables that do not hold exactly what was confirmed up to the newest moment found. None, if the database is what
   * it once was: a gap inside, or half a transaction, shows here.
   */
  readonly torn: readonly string[];
}

/** Counts every table of every tenant, and looks for the newest row: in the data, not in what anybody noted. */
export async function measure(connection: Connection): Promise<Measured> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    // Of one moment, also while somebody writes.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows: tables } = await client.query<{ schema: string; table: string; dated: boolean }>(`
      SELECT nspname AS schema, relname AS table, EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'created_at' AND NOT attisdropped
      ) AS dated
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relkind = 'r' AND nspname LIKE 'tenant\\_%'
      ORDER BY 1, 2`);
    const tenants = [...new Set(tables.map(({ schema }) => schema))];
    const rows: Counts = new Map();
    let newest: Instant | null = null;
    for (const tenant of tenants) {
      const counts = tables
        .filter(({ schema }) => schema === tenant)
        .map(({ table, dated }) => {
          const from = `${client.escapeIdentifier(tenant)}.${client.escapeIdentifier(table)}`;
          const last = dated ? 'max(created_at)' : 'NULL::timestamptz';
          return `SELECT ${client.escapeLiteral(table)} AS table, count(*)::integer AS rows, ${last} AS last FROM ${from}`;
        });
      const found = await client.query<{ table: string; rows: number; last: Date | null }>(
        counts.join(' UNION ALL '),
      );
      for (const { table, rows: some, last } of found.rows) {
        rows.set(`${tenant}.${table}`, some);
        if (last !== null) newest = Math.max(newest ?? last.getTime(), last.getTime());
      }
    }
    await client.query('COMMIT');
    return { tenants, rows, newest };
  } finally {
    await client.end();
  }
}

export function lossOf(ledger: Ledger, found: Measured): Loss {
  const confirmed = ledger.until(ledger.newest);
  const expected = found.newest === null ? new Map<string, number>() : ledger.until(found.newest);
  const tables = new Set([...expected.keys(), ...found.rows.keys()]);
  const present = new Set(found.tenants);
  const known = [...new Set([...confirmed.keys()].map((name) => name.slice(0, name.indexOf('.'))))];
  return {
    rows: total(confirmed) - total(found.rows),
    time: ledger.newest - (found.newest ?? 0),
    tenants: known.filter((tenant) => !present.has(tenant)),
    torn: [...tables].filter((name) => (expected.get(name) ?? 0) !== (found.rows.get(name) ?? 0)).sort(),
  };
}

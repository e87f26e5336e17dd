import pg from 'pg';
import type { Damage } from './faults';

/** Runs what a fault of that kind does to a database; what a page takes is done behind its server's back. */
export async function inflict(connection: pg.ClientConfig, damage: Damage): Promise<void> {
  if (damage.kind !== 'sql') return;
  for (const statement of damage.statements) await ask(connection, statement);
}

/** Where a table lies in the data folder of its server. */
export async function fileOf(connection: pg.ClientConfig, table: string): Promise<string> {
  const [row] = await ask<{ path: string }>(connection, 'SELECT pg_relation_filepath($1) AS path', [table]);
  if (row === undefined) throw new Error(`${table} has no file`);
  return row.path;
}

async function ask<Row extends pg.QueryResultRow>(
  connection: pg.ClientConfig,
  text: string,
  values: readonly string[] = [],
): Promise<Row[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

import type { RowCount } from '../domain/inspection/facts';
import { literal, quoted } from './sql';
import type { Tries } from './tries';

export interface Estimate {
  readonly schema: string;
  readonly table: string;
  /** -1: PostgreSQL has never counted it. */
  readonly rows: number;
  readonly pages: number;
}

/** A table of up to a mebibyte is counted; a larger one is estimated, as ANALYZE last saw it. */
const PAGES_COUNTED = 128;
/** So many tables are counted at most, the smallest first: a thousand tenants of fifty tables take some seconds. */
const TABLES_COUNTED = 60_000;

/** Rows of every table: counted where it is small, which reads its every page and so meets a damaged one. */
export async function countRows(tries: Tries, tables: readonly Estimate[]): Promise<RowCount[]> {
  const bySize = [...tables].sort((a, b) => a.pages - b.pages);
  const small = bySize.filter(({ pages }) => pages <= PAGES_COUNTED).slice(0, TABLES_COUNTED);
  const counted = await tries.each<{ schema: string; table: string; rows: string }>(
    small.map(({ schema, table }) => ({
      what: `${schema}.${table}`,
      sql: `SELECT ${literal(schema)} AS schema, ${literal(table)} AS "table", count(*)::text AS rows FROM ${quoted(schema)}.${quoted(table)}`,
    })),
  );
  const asked = new Set(small);
  const estimated = tables.filter((one) => !asked.has(one) && one.rows >= 0);
  return [
    ...counted.map(({ schema, table, rows }) => ({ schema, table, rows: Number(rows), exact: true })),
    ...estimated.map(({ schema, table, rows }) => ({ schema, table, rows: Math.round(rows), exact: false })),
  ].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf({ schema, table }: RowCount): string {
  return `${schema}.${table}`;
}

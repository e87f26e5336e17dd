import type { RowCount } from '../domain/inspection/facts';
import { SECOND } from '../domain/time';
import { literal, quoted } from './sql';
import { PATIENCE, type Patience, type Tries } from './tries';

/** A table as the catalogs have it. */
export interface Estimate {
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  /** The partitioned table that it is part of, if any, else itself. */
  readonly wholeSchema: string;
  readonly wholeTable: string;
  /** A partitioned table has no rows but those of its partitions. */
  readonly partitioned: boolean;
  /** As ANALYZE last saw them. -1: PostgreSQL has never counted them, and `pages` tells nothing either. */
  readonly rows: number;
  readonly pages: number;
}

/** A table of up to a mebibyte is counted; of a larger one PostgreSQL's estimate is taken. */
const BYTES_COUNTED = 2 ** 20;
const PAGES_COUNTED = 128;
/** So many tables are counted at most, the smallest first: a thousand tenants of fifty tables take some seconds. */
const TABLES_COUNTED = 60_000;
/** One row is met at once, unless a great deal of what is deleted lies before it. */
const GLANCE: Patience = { together: 30 * SECOND, alone: 5 * SECOND };

type Count = Pick<RowCount, 'rows' | 'exact' | 'why'>;

/**
 * Rows of every table, those of partitions under the table that they are parts of. What is small is counted, which reads
 * its every page and so meets a damaged one. Of what is large at least one row has to be there: an estimate knows nothing
 * of what was deleted since ANALYZE last came by.
 */
export async function countRows(tries: Tries, tables: readonly Estimate[]): Promise<RowCount[]> {
  const bySize = tables.filter(({ partitioned }) => !partitioned).sort((a, b) => a.pages - b.pages);
  const small = bySize.filter(({ pages }) => pages <= PAGES_COUNTED).slice(0, TABLES_COUNTED);
  const found = new Map<string, Count>();
  const counted = await tries.each<{ oid: string; rows: string | null }, Asking>(
    small.map(counting),
    PATIENCE,
  );
  for (const { oid, rows } of counted.rows)
    if (rows !== null) found.set(oid, { rows: Number(rows), exact: true, why: null });
  for (const { part, why } of counted.refused) found.set(part.oid, { rows: null, exact: true, why });

  const large = bySize.filter(({ oid }) => !found.has(oid));
  const estimates = new Map(large.map(({ oid, rows }) => [oid, rows]));
  const glanced = await tries.each<{ oid: string; any: boolean }, Asking>(large.map(glancing), GLANCE);
  for (const { oid, any } of glanced.rows)
    found.set(oid, any ? estimated(estimates.get(oid) ?? -1) : { rows: 0, exact: true, why: null });
  for (const { part, why } of glanced.refused) found.set(part.oid, { rows: null, exact: false, why });
  return summed(tables, found);
}

interface Asking {
  readonly oid: string;
  readonly what: string;
  readonly sql: string;
}

/** The catalogs' size may be of long ago, or none: what turns out to be large is not counted after all. */
function counting({ oid, schema, table }: Estimate): Asking {
  const from = `${quoted(schema)}.${quoted(table)}`;
  const sql = `SELECT ${literal(oid)} AS oid, CASE WHEN pg_relation_size(${oid}) <= ${BYTES_COUNTED} THEN (SELECT count(*) FROM ${from}) END::text AS rows`;
  return { oid, what: `${schema}.${table}`, sql };
}

function glancing({ oid, schema, table }: Estimate): Asking {
  const sql = `SELECT ${literal(oid)} AS oid, EXISTS (SELECT FROM ${quoted(schema)}.${quoted(table)}) AS any`;
  return { oid, what: `${schema}.${table}`, sql };
}

/** Of a table that has a row. A new or rewritten one is estimated when autovacuum has come by. */
function estimated(rows: number): Count {
  if (rows > 0) return { rows: Math.round(rows), exact: false, why: null };
  return { rows: null, exact: false, why: rows < 0 ? 'never analyzed' : 'its estimate is out of date' };
}

function summed(tables: readonly Estimate[], found: ReadonlyMap<string, Count>): RowCount[] {
  const sums = new Map<string, RowCount>();
  for (const { oid, wholeSchema: schema, wholeTable: table, partitioned } of tables) {
    const key = JSON.stringify([schema, table]);
    const sum = sums.get(key) ?? { schema, table, rows: 0, exact: true, why: null };
    const more = partitioned ? undefined : found.get(oid);
    sums.set(key, more === undefined ? sum : { ...sum, ...together(sum, more) });
  }
  return [...sums.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** A sum with an unknown part is unknown. */
function together(a: Count, b: Count): Count {
  if (a.rows === null) return b.rows === null && b.exact ? b : a;
  return b.rows === null ? b : { rows: a.rows + b.rows, exact: a.exact && b.exact, why: null };
}

function nameOf({ schema, table }: RowCount): string {
  return `${schema}.${table}`;
}

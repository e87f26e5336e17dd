import { formatInstant, type Instant } from '../time';
import type { Check, Verdict } from './check';
import type { DatabaseFacts, RowCount } from './facts';
import { newestChange } from './freshness';
import { overall } from './inspect';
import type { Setting } from './server';

/** What one inspection leaves as evidence. Its schema's number changes when a field's meaning does. */
export interface InspectionRecord {
  readonly schema: 'holdfast.inspection/1';
  readonly installation: string;
  readonly database: string;
  readonly region: string;
  readonly setting: Setting;
  /** ISO 8601: when it was looked, and what the data is said to be of. */
  readonly at: string;
  readonly as: string;
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly server: { readonly version: string; readonly sizeBytes: number };
  readonly tenants: number | null;
  /** The newest change that the data shows (ISO 8601): the measured recovery point. */
  readonly newestChange: string | null;
  /** Schema, then table: rows, and an `~` before them where they are PostgreSQL's estimate. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface About {
  readonly installation: string;
  readonly database: string;
  readonly region: string;
  readonly setting: Setting;
  readonly now: Instant;
  readonly as: Instant;
}

export function recordOf(
  { installation, database, region, setting, now, as }: About,
  facts: DatabaseFacts,
  checks: readonly Check[],
): InspectionRecord {
  const newest = newestChange(facts);
  return {
    schema: 'holdfast.inspection/1',
    installation,
    database,
    region,
    setting,
    at: formatInstant(now),
    as: formatInstant(as),
    verdict: overall(checks),
    checks,
    server: { version: facts.server.version, sizeBytes: facts.server.sizeBytes },
    tenants: facts.tenants?.tenants.length ?? null,
    newestChange: newest === null ? null : formatInstant(newest),
    rows: written(facts.rows),
  };
}

function written(rows: readonly RowCount[]): InspectionRecord['rows'] {
  const schemas: Record<string, Record<string, string>> = {};
  for (const { schema, table, rows: count, exact } of rows) {
    schemas[schema] ??= {};
    (schemas[schema] as Record<string, string>)[table] = exact ? `${count}` : `~${count}`;
  }
  return schemas;
}

/** The rows of a record, as they were counted; null for what is no record of this schema. */
export function rowsOf(record: unknown): RowCount[] | null {
  const { schema: kind, rows } = (record ?? {}) as Partial<InspectionRecord>;
  if (kind !== 'holdfast.inspection/1' || rows === undefined) return null;
  return Object.entries(rows).flatMap(([schema, tables]) =>
    Object.entries(tables).map(([table, count]) => ({
      schema,
      table,
      rows: Number(count.replace('~', '')),
      exact: !count.startsWith('~'),
    })),
  );
}

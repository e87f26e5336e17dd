import { formatInstant, type Instant, SECOND } from '../time';
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
  /** Null where the server let the role in and got no further: it has no such database, or its catalogs are damaged. */
  readonly server: { readonly version: string; readonly sizeBytes: number } | null;
  /** When it took the connection, by the server's clock (ISO 8601); `at` may be earlier, where the run had to wait. */
  readonly connected: string | null;
  /** By the server's clock, in seconds from the connection: to the first answer, and to the last. 0 without `server`. */
  readonly seconds: { readonly answered: number; readonly finished: number };
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

export function recordOf(about: About, facts: DatabaseFacts, checks: readonly Check[]): InspectionRecord {
  const newest = newestChange(facts);
  const { server } = facts;
  return {
    ...headOf(about, checks),
    server: { version: server.version, sizeBytes: server.sizeBytes },
    connected: formatInstant(server.connected),
    seconds: {
      answered: (server.at - server.connected) / SECOND,
      finished: (server.finished - server.connected) / SECOND,
    },
    tenants: facts.tenants?.tenants.length ?? null,
    newestChange: newest === null ? null : formatInstant(newest),
    rows: written(facts.rows),
  };
}

/**
 * The record of a look that found the server, and not the PostgreSQL database of the policy in it: a finding about the
 * data, unlike a server that does not answer.
 *
 * @param missing the PostgreSQL database
 */
export function absentRecord(about: About, missing: string): InspectionRecord {
  return answerless(about, `the server answers, and has no database named ${missing}`, missing);
}

/**
 * The record of a look that ended at a damaged page of the catalogs: there is no way in to the data, and no doubt about it.
 *
 * @param error PostgreSQL's word for it
 */
export function damagedRecord(about: About, error: string): InspectionRecord {
  return answerless(about, `its catalogs are damaged: ${error}`, 'catalogs');
}

function answerless(about: About, found: string, subject: string): InspectionRecord {
  const check: Check = {
    id: 'server.answers',
    requirement: 'DR-7',
    expectation: 'it answers queries',
    verdict: 'failed',
    found,
    subjects: [subject],
  };
  return {
    ...headOf(about, [check]),
    server: null,
    connected: null,
    seconds: { answered: 0, finished: 0 },
    tenants: null,
    newestChange: null,
    rows: {},
  };
}

function headOf(
  { installation, database, region, setting, now, as }: About,
  checks: readonly Check[],
): Pick<
  InspectionRecord,
  'schema' | 'installation' | 'database' | 'region' | 'setting' | 'at' | 'as' | 'verdict' | 'checks'
> {
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

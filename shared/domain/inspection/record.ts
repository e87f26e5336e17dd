import { formatInstant, type Instant, parseInstant, SECOND } from '../time';
import type { Check, Verdict } from './check';
import type { Earlier } from './completeness';
import type { DatabaseFacts, RowCount } from './facts';
import { newestChange } from './freshness';
import { overall } from './inspect';
import type { Setting } from './server';
import { schemasOf } from './tenants';
import { tookPlace } from './took-place';

/** Of evidence: looks into live databases. Below it a look's key ends with its time and the instance's resource id. */
export const INSPECTIONS = 'inspections';

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
  /** Those with a schema of their own. */
  readonly tenants: number | null;
  /** The newest change that the data shows (ISO 8601): the measured recovery point. */
  readonly newestChange: string | null;
  /**
   * Schema, then table: rows, and a `~` before them where they are PostgreSQL's estimate. Where nobody could tell, a `?` and
   * what was last known, as `?8`: the next look is held against that.
   */
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

/** @param earlier what the look was held against: what it could not count is carried on from there */
export function recordOf(
  about: About,
  facts: DatabaseFacts,
  checks: readonly Check[],
  earlier: Earlier | null,
): InspectionRecord {
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
    tenants: facts.tenants === null ? null : schemasOf(facts.tenants).length,
    newestChange: newest === null ? null : formatInstant(newest),
    rows: written(facts.rows, earlier ?? []),
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

/** Without a prototype: a schema may be named `constructor`, and a table `__proto__`. */
function written(rows: readonly RowCount[], earlier: Earlier): InspectionRecord['rows'] {
  const known = new Map(earlier.map((one) => [JSON.stringify([one.schema, one.table]), one]));
  const schemas: Record<string, Record<string, string>> = Object.create(null);
  for (const one of rows) {
    const { schema, table } = one;
    const tables = schemas[schema] ?? (Object.create(null) as Record<string, string>);
    tables[table] =
      one.rows === null ? `?${countOf(known.get(JSON.stringify([schema, table])))}` : countOf(one);
    schemas[schema] = tables;
  }
  return schemas;
}

function countOf(one: RowCount | undefined): string {
  if (one === undefined || one.rows === null) return '';
  return one.exact ? `${one.rows}` : `~${one.rows}`;
}

/** The rows of a record, as they were last known; null for what is no record of this schema. */
export function rowsOf(record: unknown): RowCount[] | null {
  const { schema: kind, rows } = (record ?? {}) as Partial<InspectionRecord>;
  if (kind !== 'holdfast.inspection/1' || rows === undefined) return null;
  return Object.entries(rows).flatMap(([schema, tables]) =>
    Object.entries(tables).map(([table, count]): RowCount => {
      const [, estimate, digits = ''] = /^\??(~?)(\d*)$/.exec(count) ?? [];
      if (digits === '') return { schema, table, rows: null, exact: false, why: 'not counted' };
      return { schema, table, rows: Number(digits), exact: estimate === '', why: null };
    }),
  );
}

/**
 * When the last of it had been read; null for what is no record of this schema. Rows that came later than a backup say
 * nothing of it, and a look that waited came later than its key says.
 */
export function overAt(record: unknown): Instant | null {
  const { schema, at = '', connected, seconds } = (record ?? {}) as Partial<InspectionRecord>;
  const meant = parseInstant(at);
  if (schema !== 'holdfast.inspection/1' || meant === null) return null;
  const begun = tookPlace(meant, parseInstant(connected ?? '') ?? meant);
  return begun + (seconds?.finished ?? 0) * SECOND;
}

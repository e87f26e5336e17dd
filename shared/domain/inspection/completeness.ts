import { type About, type Check, few, nothingWrong, unknown } from './check';
import type { DatabaseFacts, RowCount } from './facts';

/** Rows of a table at an earlier look, to hold this one against: those last known, where that look could not tell. */
export type Earlier = readonly RowCount[];

/** What the policy expects of rows that go. */
export interface Shrinking {
  /** The share of a table's rows that may be gone, 0 to 1. */
  readonly shrink: number;
  /** Tables, in whichever schema, that may shrink to nothing: queues, sessions. They may not vanish. */
  readonly volatile: readonly string[];
}

/**
 * Of fewer rows a share says nothing: one of three may go on any day. That a table was emptied is told at any size, since a
 * tenant's eight users or its one row of settings are data; a queue that is drained is for the policy to name as volatile.
 */
const SMALL = 20;
/** An estimate may be off by so much, beside what growth allows. */
const ESTIMATE = 0.2;

/**
 * Whether anything shrank since an earlier look at the live database, beyond what the policy expects. A table that was
 * emptied, and a tenant that shrank to nothing, are named apart: those are what a backup is for. What could not be counted
 * is unknown; the next look is held against what was last known of it.
 */
export function checkCompleteness(
  facts: DatabaseFacts,
  earlier: Earlier | null,
  { shrink, volatile }: Shrinking,
): Check[] {
  const tables: About = {
    id: 'completeness.tables',
    requirement: 'DR-7',
    expectation: `no table has lost more than ${Math.round(shrink * 100)}% of its rows since the live database was last looked at`,
  };
  const tenants: About = {
    id: 'completeness.tenants',
    requirement: 'TEN-2',
    expectation: 'no tenant has shrunk to nothing since then',
  };
  if (earlier === null) {
    const why = 'the live database has not been looked at before';
    return [unknown(tables, why), unknown(tenants, why)];
  }
  const isVolatile = ({ table }: RowCount) => volatile.includes(table);
  const now = new Map(facts.rows.map((one) => [keyOf(one), one]));
  const shrunk = earlier.flatMap((then) => {
    if (then.rows === null || then.rows === 0) return [];
    const found = now.get(keyOf(then));
    if (found === undefined) return [`${nameOf(then)} (gone, ${then.rows} rows before)`];
    return !isVolatile(then) && hasShrunk(then, found, shrink)
      ? [`${nameOf(then)} (${found.rows} rows, ${then.rows} before)`]
      : [];
  });
  // What migrations wrote is no data of a tenant's, and what comes and goes does not tell whether it is still there.
  const isData = (one: RowCount) => one.table !== 'django_migrations' && !isVolatile(one);
  const before = bySchema(earlier.filter(isData));
  const after = bySchema(facts.rows.filter(isData));
  const emptied = [...before].filter(
    ([schema, { rows }]) => rows > 0 && (after.get(schema)?.rows ?? 0) === 0,
  );
  const unsure = emptied.filter(([schema]) => after.get(schema)?.known === false);
  const lost = emptied.filter((one) => !unsure.includes(one));
  const uncounted = facts.rows.filter((one) => one.rows === null && !isVolatile(one));
  return [
    judged(tables, shrunk, uncounted.map(whyNot), {
      fine: `${facts.rows.length} tables, none has`,
      describe: 'shrunk; name those that may in inspection.volatile',
    }),
    judged(
      tenants,
      lost.map(([schema, { rows }]) => `${schema} (${rows} rows before)`),
      unsure.map(([schema]) => schema),
      { fine: `${after.size} schemas, none has`, describe: 'shrunk to nothing' },
    ),
  ];
}

/** `tenant_bramble.sales_order (canceling statement due to lock timeout)`. */
export function whyNot(one: RowCount): string {
  return `${nameOf(one)} (${one.why ?? 'unknown'})`;
}

function judged(
  about: About,
  wrong: readonly string[],
  uncounted: readonly string[],
  { fine, describe }: { readonly fine: string; readonly describe: string },
): Check {
  const check = nothingWrong(about, wrong, fine, describe);
  if (uncounted.length === 0) return check;
  const beside = `not counted: ${few(uncounted)}`;
  return check.verdict === 'passed'
    ? unknown(about, beside)
    : { ...check, found: `${check.found}; ${beside}` };
}

function hasShrunk(then: RowCount, now: RowCount, shrink: number): boolean {
  if (then.rows === null || now.rows === null) return false;
  // That not a single row is there is never chance, and no estimate.
  if (now.exact && now.rows === 0) return true;
  if (then.rows < SMALL) return false;
  const slack = then.exact && now.exact ? 0 : ESTIMATE;
  return now.rows < then.rows * (1 - shrink - slack);
}

interface Sum {
  /** As far as they are known. */
  readonly rows: number;
  readonly known: boolean;
}

function bySchema(counts: readonly RowCount[]): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const { schema, rows } of counts) {
    const sum = sums.get(schema) ?? { rows: 0, known: true };
    sums.set(schema, { rows: sum.rows + (rows ?? 0), known: sum.known && rows !== null });
  }
  return sums;
}

function nameOf({ schema, table }: RowCount): string {
  return `${schema}.${table}`;
}

/** Names may hold dots. */
function keyOf({ schema, table }: RowCount): string {
  return JSON.stringify([schema, table]);
}

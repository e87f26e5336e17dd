import { type About, type Check, nothingWrong, unknown } from './check';
import type { DatabaseFacts, RowCount } from './facts';

/** Rows of a table at an earlier look, to hold this one against. */
export type Earlier = readonly RowCount[];

/** So few rows may come and go in any table without a word: a share of three is chance. */
const SMALL = 20;
/** An estimate may be off by so much, beside what growth allows. */
const ESTIMATE = 0.2;

/**
 * Whether anything shrank since an earlier look at the live database, beyond what the policy expects. A table that was
 * emptied, and a tenant that shrank to nothing, are named apart: those are what a backup is for.
 *
 * @param shrink the share of a table's rows that may be gone, 0 to 1
 */
export function checkCompleteness(facts: DatabaseFacts, earlier: Earlier | null, shrink: number): Check[] {
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
  const now = new Map(facts.rows.map((one) => [nameOf(one), one]));
  const shrunk = earlier.flatMap((then) => {
    const found = now.get(nameOf(then));
    if (found === undefined) return then.rows > 0 ? [`${nameOf(then)} (gone, ${then.rows} rows before)`] : [];
    return hasShrunk(then, found, shrink)
      ? [`${nameOf(then)} (${found.rows} rows, ${then.rows} before)`]
      : [];
  });
  const before = bySchema(earlier);
  const after = bySchema(facts.rows);
  const lost = [...before].flatMap(([schema, rows]) =>
    rows > 0 && (after.get(schema) ?? 0) === 0 ? [`${schema} (${rows} rows before)`] : [],
  );
  return [
    nothingWrong(tables, shrunk, `${facts.rows.length} tables, none has`, 'shrunk'),
    nothingWrong(tenants, lost, `${after.size} schemas, none has`, 'shrunk to nothing'),
  ];
}

function hasShrunk(then: RowCount, now: RowCount, shrink: number): boolean {
  // An exact count of nothing where there was something is never chance.
  if (now.exact && now.rows === 0 && then.rows > 0) return true;
  if (then.rows < SMALL) return false;
  const slack = then.exact && now.exact ? 0 : ESTIMATE;
  return now.rows < then.rows * (1 - shrink - slack);
}

function bySchema(rows: readonly RowCount[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { schema, rows: count, table } of rows) {
    // What migrations wrote is no data of a tenant's.
    if (table === 'django_migrations') continue;
    sums.set(schema, (sums.get(schema) ?? 0) + count);
  }
  return sums;
}

function nameOf({ schema, table }: { readonly schema: string; readonly table: string }): string {
  return `${schema}.${table}`;
}

import { evidenceText } from '../../../../../shared/domain/evidence';
import type { DatabaseFacts, RowCount } from '../../../../../shared/domain/inspection/facts';
import {
  type InspectionRecord,
  overAt,
  recordOf,
  rowsOf,
} from '../../../../../shared/domain/inspection/record';
import { HOUR, SECOND } from '../../../../../shared/domain/time';
import { at } from '../../../../support/builders';

const NOW = at('2026-03-02 05:45');

const facts = (rows: readonly RowCount[], fields: Partial<DatabaseFacts> = {}): DatabaseFacts => ({
  server: {
    version: '18.1',
    inRecovery: false,
    checksums: true,
    sizeBytes: 2 ** 30,
    preloaded: [],
    connected: NOW,
    at: NOW + SECOND,
    finished: NOW + 30 * SECOND,
  },
  extensions: [],
  statementsAnswer: null,
  tenants: null,
  schemas: [],
  isolation: { reaching: [], granted: [], crossing: [] },
  freshness: [],
  rows,
  own: [],
  amcheck: null,
  unreadable: [],
  ...fields,
});

const counted = (table: string, rows: number, exact = true): RowCount => ({
  schema: 'public',
  table,
  rows,
  exact,
  why: null,
});
const uncounted = (table: string): RowCount => ({
  schema: 'public',
  table,
  rows: null,
  exact: true,
  why: 'a lock',
});

/** Written as evidence, and read again. */
function kept(rows: readonly RowCount[], earlier: readonly RowCount[] | null = null): InspectionRecord {
  const about = {
    installation: 'holdfast',
    database: 'qrosity-db',
    region: 'us-east-1',
    setting: 'live',
    now: NOW,
    as: NOW,
  } as const;
  return JSON.parse(evidenceText(recordOf(about, facts(rows), [], earlier)));
}

it('keeps counts and estimates, and reads them again as they were', () => {
  const rows = [counted('a', 8), counted('b', 50_000, false)];
  expect(kept(rows).rows).toEqual({ public: { a: '8', b: '~50000' } });
  expect(rowsOf(kept(rows))).toEqual(rows);
});

it('carries on what was last known of a table that was not counted, over as many looks as it takes', () => {
  const before = [counted('a', 8), counted('b', 50_000, false)];
  const locked = [uncounted('a'), uncounted('b'), uncounted('new')];
  const first = kept(locked, before);
  expect(first.rows).toEqual({ public: { a: '?8', b: '?~50000', new: '?' } });
  const second = kept(locked, rowsOf(first));
  expect(second.rows).toEqual(first.rows);
  expect(rowsOf(second)).toEqual([
    ...before,
    { schema: 'public', table: 'new', rows: null, exact: false, why: 'not counted' },
  ]);
});

it('forgets a table that is gone: that it went is told once', () => {
  expect(kept([counted('a', 8)], [counted('a', 8), counted('dropped', 5)]).rows).toEqual({
    public: { a: '8' },
  });
});

it('counts the tenants that have a schema of their own', () => {
  const tenants = { missingTables: [], domains: [], tenants: [] };
  const listed = ['public', 'tenant_a', 'tenant_b'].map((schema) => ({ id: schema, schema }));
  const all = facts([], { tenants: { ...tenants, tenants: listed } });
  const about = { installation: '', database: '', region: '', setting: 'live', now: NOW, as: NOW } as const;
  expect(recordOf(about, all, [], null).tenants).toBe(2);
});

it.each<[string, number, number]>([
  ['as meant', NOW, NOW + 30 * SECOND],
  ['as late as the server says, where the run had to wait', NOW + 2 * HOUR, NOW + 2 * HOUR + 30 * SECOND],
  ['as meant, where the server tells the time of another month', NOW + 900 * HOUR, NOW + 30 * SECOND],
  ['as meant, where its clock is behind', NOW - 5 * SECOND, NOW + 30 * SECOND],
])('was over %s', (_, connected, over) => {
  const record = { ...kept([]), connected: new Date(connected).toISOString() };
  expect(overAt(record)).toBe(over);
});

it('is over at no time that is known, where it is no record', () => {
  expect(overAt(null)).toBeNull();
  expect(overAt({ ...kept([]), schema: 'holdfast.inspection/2' })).toBeNull();
});

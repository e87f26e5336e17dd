import type { Check } from '../../../../shared/domain/inspection/check';
import type { DatabaseFacts } from '../../../../shared/domain/inspection/facts';
import { asKept, Inspected, judge, unpassed } from '../../../support/inspected';

// What happens to tables on any day is no loss, and a loss is none that a stale estimate hides.

let server: Inspected;
beforeAll(async () => {
  server = await Inspected.make();
}, 60_000);
afterAll(() => server?.close());

/** Over a mebibyte: it is not counted. Nobody else comes by to analyze it. */
const LARGE = [
  'CREATE TABLE public.large (id int, text text) WITH (autovacuum_enabled = off)',
  "INSERT INTO public.large SELECT n, repeat('x', 50) FROM generate_series(1, 50000) n",
  'ANALYZE public.large',
];

/** Two looks, and what was done between them. */
async function twoLooks(before: readonly string[], between: readonly string[]) {
  const name = await server.copy(...before);
  const first = await server.lookInto(name);
  await server.run(name, ...between);
  return { name, first, second: await server.lookInto(name) };
}

const tables = (checks: readonly Check[]) =>
  unpassed(checks).filter((one) => one.includes(' completeness.tables: '));
const countOf = ({ rows }: DatabaseFacts, name: string) => rows.find(({ table }) => table === name);

it('a large table is estimated, and has at least one row', async () => {
  const { first, second } = await twoLooks(LARGE, []);
  expect(countOf(first, 'large')).toMatchObject({ rows: 50_000, exact: false });
  expect(unpassed(judge(second, first.rows))).toEqual([]);
});

it('a large table that was emptied is found, whatever its estimate still says', async () => {
  const { first, second } = await twoLooks(LARGE, ['DELETE FROM public.large']);
  expect(tables(judge(second, first.rows))).toEqual([
    'failed completeness.tables: shrunk; name those that may in inspection.volatile: public.large (0 rows, 50000 before)',
  ]);
});

it('a table that was rewritten has no estimate: it is unknown, not gone, and judged again by what was last known', async () => {
  const { name, first, second } = await twoLooks(LARGE, ['ALTER TABLE large ALTER COLUMN id TYPE bigint']);
  expect(unpassed(judge(second, first.rows))).toEqual([
    'unknown completeness.tables: not counted: public.large (never analyzed)',
  ]);
  const known = asKept(second, first.rows);
  expect(known).toContainEqual(first.rows.find(({ table }) => table === 'large'));
  await server.run(name, 'DELETE FROM large WHERE id > 1000', 'ANALYZE large');
  expect(tables(judge(await server.lookInto(name), known))[0]).toContain(
    'public.large (1000 rows, 50000 before)',
  );
});

it('a table that was rewritten and is small is counted, though the catalogs know neither its size nor its rows', async () => {
  const small = [
    'CREATE TABLE public.small AS SELECT n FROM generate_series(1, 100) n',
    'ANALYZE public.small',
  ];
  const { first, second } = await twoLooks(small, ['ALTER TABLE small ALTER COLUMN n TYPE bigint']);
  expect(countOf(second, 'small')).toEqual(countOf(first, 'small'));
});

it('an estimate of nothing is not believed where there is a row', async () => {
  const [create = '', ...fill] = LARGE;
  const name = await server.copy(create, 'VACUUM ANALYZE public.large', ...fill.slice(0, 1));
  expect(countOf(await server.lookInto(name), 'large')).toMatchObject({ rows: null, exact: false });
});

describe('a partitioned table', () => {
  const months = Array.from({ length: 12 }, (_, month) => month);
  const partitioned = [
    'CREATE SCHEMA parts',
    'CREATE TABLE public.log (month int, id int) PARTITION BY LIST (month)',
    ...months.map((one) => `CREATE TABLE parts.log_${one} PARTITION OF public.log FOR VALUES IN (${one})`),
    'INSERT INTO public.log SELECT n % 12, n FROM generate_series(1, 120) n',
  ];

  it('is counted as one, so that its oldest partition may be dropped', async () => {
    const { first, second } = await twoLooks(partitioned, ['DROP TABLE parts.log_0']);
    expect(first.rows.filter(({ table }) => table.startsWith('log'))).toEqual([
      { schema: 'public', table: 'log', rows: 120, exact: true, why: null },
    ]);
    expect(unpassed(judge(second, first.rows))).toEqual([]);
  });

  it('is there without partitions, and empty', async () => {
    const drops = months.map((one) => `DROP TABLE parts.log_${one}`);
    const { first, second } = await twoLooks(partitioned, drops);
    expect(tables(judge(second, first.rows))[0]).toContain('public.log (0 rows, 120 before)');
  });
});

describe('a table that rows come to and go from', () => {
  const busy = [
    'CREATE TABLE public.outbox AS SELECT 1 AS id',
    'CREATE TABLE public.django_session AS SELECT n AS id FROM generate_series(1, 500) n',
  ];
  const drained = ['DELETE FROM outbox', 'DELETE FROM django_session WHERE id > 100'];
  const volatile = ['outbox', 'django_session'];

  it('is told of, with the way out, until the policy names it', async () => {
    const { first, second } = await twoLooks(busy, drained);
    expect(tables(judge(second, first.rows))).toEqual([
      'failed completeness.tables: shrunk; name those that may in inspection.volatile: public.django_session (100 rows, 500 before), public.outbox (0 rows, 1 before)',
    ]);
    expect(unpassed(judge(second, first.rows, { promised: { volatile } }))).toEqual([]);
  });

  it('may shrink to nothing, and not vanish', async () => {
    const { first, second } = await twoLooks(busy, ['DROP TABLE outbox']);
    expect(tables(judge(second, first.rows, { promised: { volatile } }))[0]).toContain(
      'public.outbox (gone, 1 rows before)',
    );
  });
});

it('a tenant whose sessions are all that is left has shrunk to nothing', async () => {
  const session = 'tenant_bramble.django_session';
  const data = ['accounts_user', 'catalog_category', 'inventory_warehouse', 'sales_customer'];
  const truncate = data.map((table) => `tenant_bramble.${table}`).join(', ');
  const { first, second } = await twoLooks(
    [`CREATE TABLE ${session} AS SELECT 1 AS id`],
    [`TRUNCATE ${truncate} CASCADE`],
  );
  const found = (volatile: string[]) =>
    judge(second, first.rows, { promised: { volatile } }).find(({ id }) => id === 'completeness.tenants');
  expect(found(['django_session'])?.found).toMatch(/^shrunk to nothing: tenant_bramble \(\d+ rows before\)$/);
  expect(found([])?.verdict).toBe('passed');
});

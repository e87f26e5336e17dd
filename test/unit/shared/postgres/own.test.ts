import type { OwnCheck } from '../../../../shared/domain/inspection/own';
import { Inspected, judge } from '../../../support/inspected';

// Checks of the user's own, as PostgreSQL answers them: what the policy expects is compared with what psql would show, and
// nothing that a user writes changes the database or the look.

let server: Inspected;
beforeAll(async () => {
  server = await Inspected.make();
}, 60_000);
afterAll(() => server?.close());

const expecting = (name: string, sql: string, expect: string): OwnCheck => ({
  name,
  sql,
  expect,
  min: null,
  max: null,
});

/** `name verdict found`, in the order of the checks. */
async function judged(...checks: readonly OwnCheck[]): Promise<string[]> {
  const facts = await server.lookInto('qrosity', { own: checks });
  return judge(facts, null, { promised: { checks } })
    .filter(({ id }) => id.startsWith('own.'))
    .map(({ id, verdict, found }) => `${id.slice('own.'.length)} ${verdict} ${found}`);
}

it('are judged by the first value, and a slip in one is an answer of its own', async () => {
  const fine = await judged(
    expecting('slip', 'SELECT nothing FROM nowhere', '1'),
    { name: 'fine', sql: 'SELECT 7', expect: null, min: 7, max: null },
    { name: 'low', sql: 'SELECT 6', expect: null, min: 7, max: null },
    expecting('none', 'SELECT 1 WHERE false', '1'),
    expecting('first-of-two', 'SELECT 1 AS n, 2 AS n', '1'),
  );
  expect(fine).toEqual([
    'slip failed the query failed: relation "nowhere" does not exist',
    'fine passed 7',
    'low failed 6',
    'none failed no value',
    'first-of-two passed 1',
  ]);
});

it.each([
  ['\'{"b": [1, 2], "a": null}\'::jsonb', '{"a": null, "b": [1, 2]}'],
  ["'2026-03-01'::date", '2026-03-01'],
  ["'2026-03-01 09:00'::timestamp", '2026-03-01 09:00:00'],
  ['ARRAY[1, 2]', '{1,2}'],
  ['1.10::numeric', '1.10'],
  ["'t'::text", 't'],
  ['1 = 1', 'true'],
  ['1 = 2', 'false'],
])('compares %s as PostgreSQL writes it', async (sql, expected) => {
  expect(await judged(expecting('value', `SELECT ${sql}`, expected))).toEqual([`value passed ${expected}`]);
});

it.each([
  ['two statements', 'SELECT 1; SELECT 1'],
  [
    'one that ends the transaction first',
    'SELECT 1; COMMIT; SET default_transaction_read_only = off; CREATE TABLE public.pwned (i int)',
  ],
])('take one statement: %s are refused, the others are answered, and nothing is written', async (_, sql) => {
  expect(await judged(expecting('bad', sql, '1'), expecting('next', 'SELECT 1', '1'))).toEqual([
    'bad failed the query failed: cannot insert multiple commands into a prepared statement',
    'next passed 1',
  ]);
  const { rows } = await server.on('qrosity', (client) =>
    client.query("SELECT to_regclass('public.pwned') IS NULL AS unwritten"),
  );
  expect(rows).toEqual([{ unwritten: true }]);
});

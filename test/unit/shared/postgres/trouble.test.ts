import type pg from 'pg';
import type { DatabaseFacts } from '../../../../shared/domain/inspection/facts';
import { MINUTE } from '../../../../shared/domain/time';
import { look } from '../../../../shared/postgres/look';
import { OutOfTime, STATEMENT } from '../../../../shared/postgres/session';
import { asKept, failed, Inspected, judge, unpassed, WANTED } from '../../../support/inspected';

// What is in the way of a look, on a server that is at work: locks, grants, a tenant that goes, the end of the time. None
// of it is damage, none of it is a loss, and nothing is passed by it.

let server: Inspected;
let healthy: DatabaseFacts;
beforeAll(async () => {
  server = await Inspected.make();
  healthy = await server.lookInto('qrosity');
}, 60_000);
afterAll(() => server?.close());

const T = 'tenant_bramble';
const LOCK = (table: string) => `BEGIN; LOCK TABLE ${T}.${table} IN ACCESS EXCLUSIVE MODE`;
const TIMEOUT = 'canceling statement due to lock timeout';

/** As a migration at work holds a lock. */
async function whileLocked<T>(
  database: string,
  table: string,
  act: (by: pg.Client) => Promise<T>,
): Promise<T> {
  const migration = await server.open(database);
  try {
    await migration.query(LOCK(table));
    return await act(migration);
  } finally {
    await migration.end();
  }
}

describe('a table that somebody has locked', () => {
  it('stops no look: it is not counted, and said so', async () => {
    const name = await server.copy('CREATE EXTENSION amcheck');
    const facts = await whileLocked(name, 'catalog_product', () =>
      server.lookInto(name, { sample: { most: 10_000, seed: 'a' } }),
    );
    const checks = judge(facts, healthy.rows);
    expect(unpassed(checks)).toEqual([
      `unknown server.pages: no damaged page met; not counted: ${T}.catalog_product (${TIMEOUT})`,
      `unknown completeness.tables: not counted: ${T}.catalog_product (${TIMEOUT})`,
    ]);
    expect(checks.find(({ id }) => id === 'server.amcheck')).toMatchObject({
      verdict: 'passed',
      found: expect.stringMatching(/^\d+ looked at, all whole; passed over: tenant_bramble\.catalog_product/),
    });
  });

  it('is held against what was last known of it, at the next look', async () => {
    const name = await server.copy();
    const facts = await whileLocked(name, 'catalog_product', () => server.lookInto(name));
    await server.run(name, `TRUNCATE ${T}.catalog_product CASCADE`);
    const checks = judge(await server.lookInto(name), asKept(facts, healthy.rows));
    expect(failed(checks)[0]?.subjects).toContain(`${T}.catalog_product (0 rows, 30 before)`);
  });

  it('makes nobody half migrated', async () => {
    const name = await server.copy();
    const facts = await whileLocked(name, 'django_migrations', () => server.lookInto(name));
    const checks = judge(facts, healthy.rows);
    expect(failed(checks)).toEqual([]);
    expect(unpassed(checks)).toContain(`unknown tenants.migrations: not read: ${T} (${TIMEOUT})`);
  });
});

it('a table that the role may not read is not counted, and no page of it is damaged', async () => {
  const name = await server.copy(
    "CREATE ROLE reader LOGIN PASSWORD 'reads'",
    'CREATE SCHEMA secret',
    'CREATE TABLE secret.plans AS SELECT 1 AS id',
  );
  const readable = healthy.schemas.map(({ name }) => name);
  for (const schema of readable)
    await server.run(
      name,
      `GRANT USAGE ON SCHEMA ${schema} TO reader`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO reader`,
    );
  await server.run(name, 'REVOKE ALL ON pg_stat_statements FROM PUBLIC, reader');
  const facts = await server.lookInto(name, {}, undefined, { user: 'reader', password: 'reads' });
  const checks = judge(facts, healthy.rows);
  expect(facts.unreadable).toEqual([]);
  const told = unpassed(checks);
  expect(told).toContain(
    'unknown completeness.tables: not counted: secret.plans (permission denied for schema secret)',
  );
  // Nor is its library missing because the role may not ask it.
  expect(told).toContain('unknown extensions.pg_stat_statements: it is not installed, or could not be asked');
  await server.run(name, 'DROP OWNED BY reader');
  await server.run('postgres', 'DROP ROLE reader');
});

it('a tenant that goes while the look is under way is not half migrated, and none of its indexes is broken', async () => {
  const name = await server.copy('CREATE EXTENSION amcheck');
  const go = [
    `DELETE FROM tenants_domain WHERE tenant_id = (SELECT id FROM tenants_tenant WHERE schema_name = '${T}')`,
    `DELETE FROM tenants_tenant WHERE schema_name = '${T}'`,
    `DROP SCHEMA ${T} CASCADE`,
  ];
  const facts = await server.lookAnd(name, () => server.run(name, ...go));
  const checks = judge(facts, healthy.rows);
  expect(failed(checks)).toEqual([]);
  expect(unpassed(checks)).toContain(
    `unknown tenants.migrations: not read: ${T} (dropped while it was looked into)`,
  );
  // Whether it went on purpose is for the next look to ask.
  const next = judge(await server.lookInto(name), asKept(facts, healthy.rows));
  expect(failed(next).map(({ id }) => id)).toEqual(['completeness.tables', 'completeness.tenants']);
});

describe('the end of the time', () => {
  it('before the catalogs are read is the end of the look', async () => {
    const client = await server.open('qrosity');
    const query = jest.spyOn(client, 'query');
    const over = { timeLeft: () => 0, statement: STATEMENT };
    await expect(look(client, WANTED, over)).rejects.toBeInstanceOf(OutOfTime);
    // That it began is all that the server heard.
    expect(query).toHaveBeenCalledTimes(1);
    await client.end();
  });

  it('after them ends it in order: what nobody came to is unknown, and nothing fails or passes by it', async () => {
    const name = await server.copy('CREATE EXTENSION amcheck');
    let left = MINUTE;
    const end = async () => {
      left = 0;
    };
    const facts = await server.lookAnd(name, end, { timeLeft: () => left, statement: STATEMENT });
    const own = { name: 'one', sql: 'SELECT 1', expect: '1', min: null, max: null };
    const checks = judge(facts, healthy.rows, { promised: { checks: [own] } });
    expect(failed(checks)).toEqual([]);
    const unknown = checks.filter(({ verdict }) => verdict === 'unknown');
    expect(unknown.map(({ id }) => id)).toEqual([
      'server.pages',
      'server.amcheck',
      'tenants.migrations',
      'freshness.newest-change',
      'completeness.tables',
      'completeness.tenants',
      'own.one',
    ]);
    expect(unknown.find(({ id }) => id === 'completeness.tables')?.found).toContain('(out of time)');
    // The next look has something to be held against all the same.
    expect(asKept(facts, healthy.rows)).toEqual(healthy.rows);
  });

  it('cuts a statement short that would outlast it', async () => {
    const name = await server.copy();
    const started = Date.now();
    let asked = 0;
    // A minute when the transaction begins, and a third of a second from then on.
    const timeLeft = () => (asked++ === 0 ? MINUTE : 300 - (Date.now() - started));
    const limits = { timeLeft, statement: STATEMENT };
    const looking = whileLocked(name, 'catalog_product', (by) =>
      // The tenants' table, which the catalogs' transaction reads.
      by.query('LOCK TABLE public.tenants_tenant').then(() => server.lookInto(name, {}, limits)),
    );
    await expect(looking).rejects.toBeInstanceOf(OutOfTime);
  });
});

import { readFileSync } from 'node:fs';
import type { Check } from '../../../../shared/domain/inspection/check';
import type { DatabaseFacts } from '../../../../shared/domain/inspection/facts';
import type { Against, Promised } from '../../../../shared/domain/inspection/inspect';
import { HOUR } from '../../../../shared/domain/time';
import type { Wanted } from '../../../../shared/ports/inspector';
import { look } from '../../../../shared/postgres/look';
import { asKept, failed, Inspected, judge as judged, NOW, SERVER, WANTED } from '../../../support/inspected';

// Every check on a real server: a healthy database passes all of them, and each fault planted in a copy of it fails
// those that are meant to see it, by name, and no others.

const CHECKS: Promised['checks'] = [
  {
    name: 'products',
    sql: 'SELECT count(*) FROM tenant_bramble.catalog_product',
    expect: null,
    min: 30,
    max: 30,
  },
  {
    name: 'name',
    sql: "SELECT name FROM tenants_tenant WHERE schema_name = 'tenant_bramble'",
    expect: 'Bramble & Sons',
    min: null,
    max: null,
  },
];

let server: Inspected;
let healthy: DatabaseFacts;

const judge = (facts: DatabaseFacts, { earlier = healthy.rows, ...against }: Partial<Against> = {}) =>
  judged(facts, earlier, { promised: { checks: CHECKS }, ...against });
const ids = (checks: readonly Check[]) => checks.map(({ id }) => id).sort();
const copy = (...faults: readonly string[]) => server.copy(...faults);
const lookInto = (database: string, wanted: Partial<Wanted> = {}) =>
  server.lookInto(database, { own: CHECKS, ...wanted });

beforeAll(async () => {
  server = await Inspected.make();
  await server.run('qrosity', 'CREATE ROLE snoop');
  healthy = await lookInto('qrosity');
}, 60_000);

afterAll(() => server?.close());

describe('a healthy database', () => {
  it('passes everything that can be judged', () => {
    const checks = judge(healthy);
    expect(failed(checks)).toEqual([]);
    expect(checks.filter(({ verdict }) => verdict === 'unknown').map(({ id, found }) => [id, found])).toEqual(
      [['server.amcheck', 'amcheck is not installed, or its functions are not granted to this role']],
    );
    expect(checks.length).toBeGreaterThan(18);
  });

  it('has a row for public among its tenants, as django-tenant-schemas makes it, which is no tenant to compare', () => {
    expect(healthy.tenants?.tenants.map(({ schema }) => schema)).toContain('public');
    const found = (id: string) => judge(healthy).find((check) => check.id === id)?.found;
    expect(found('tenants.schemas')).toBe('4 tenants');
    expect(found('tenants.tables')).toBe('11 tables in each');
    // Its own domain leads to it.
    expect(found('tenants.domains')).toBe('5 domains');
  });

  it('is looked into without being changed', async () => {
    const wanted = {
      own: [
        {
          name: 'x',
          sql: 'SELECT id FROM tenants_tenant FOR UPDATE',
          expect: '4',
          min: null,
          max: null,
        },
      ],
    };
    const facts = await lookInto('qrosity', wanted);
    expect(facts.own[0]?.error).toMatch(/read-only transaction/);
  });

  it('shows the same to a role that only reads as to its owner, with the grants of its page', async () => {
    const runbook = readFileSync('docs/inspection.md', 'utf8');
    const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(runbook) ?? [];
    // By password here: what IAM makes is another test's.
    const name = await copy(
      sql.replace('rds_iam, ', ''),
      "ALTER ROLE holdfast_inspector PASSWORD 'only-reads'",
    );
    const client = await server.open(name, { user: 'holdfast_inspector', password: 'only-reads' });
    const facts = await look(client, { ...WANTED, own: CHECKS });
    await client.end();
    await server.run(name, 'DROP OWNED BY holdfast_inspector');
    await server.run('postgres', 'DROP ROLE holdfast_inspector');
    expect(facts.amcheck).toEqual({ checked: 20, broken: [], skipped: [] });
    expect(facts.server.preloaded).toEqual(healthy.server.preloaded);
    for (const part of ['tenants', 'schemas', 'rows', 'freshness', 'own'] as const)
      expect(facts[part]).toEqual(healthy[part]);
    // It reaches every tenant, and so does the owner, who is a superuser here: it is the one that looks.
    expect(facts.isolation.reaching).toEqual([{ role: 'holdfast_inspector', schemas: 4, own: true }]);
    expect(failed(judge(facts))).toEqual([]);
  });

  it('is unknown, not complete, when it is looked into for the first time', () => {
    const first = judge(healthy, { earlier: null }).filter(({ id }) => id.startsWith('completeness.'));
    expect(first.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown']);
  });
});

describe('tenants', () => {
  it.each<[string, readonly string[], string[], string]>([
    [
      'a dropped schema',
      ['DROP SCHEMA tenant_bramble CASCADE'],
      ['tenants.schemas', 'completeness.tables', 'completeness.tenants', 'own.products'],
      'tenant_bramble',
    ],
    [
      'a schema whose row is gone',
      ['DELETE FROM tenants_domain WHERE tenant_id = 2', 'DELETE FROM tenants_tenant WHERE id = 2'],
      ['tenants.rows', 'own.name'],
      'tenant_bramble',
    ],
    [
      'a domain that leads nowhere',
      [
        'ALTER TABLE tenants_domain DROP CONSTRAINT tenants_domain_tenant_id_fkey',
        "INSERT INTO tenants_domain (domain, is_primary, tenant_id) VALUES ('lost.example', true, 99)",
      ],
      ['tenants.domains'],
      'lost.example',
    ],
    [
      'an empty schema',
      ['DROP SCHEMA tenant_bramble CASCADE', 'CREATE SCHEMA tenant_bramble'],
      ['tenants.not-empty', 'completeness.tables', 'completeness.tenants', 'own.products'],
      'tenant_bramble',
    ],
    [
      'a tenant that is half migrated',
      ["DELETE FROM tenant_bramble.django_migrations WHERE app = 'sales'"],
      ['tenants.migrations'],
      'tenant_bramble (lacks sales.0001_initial)',
    ],
    [
      'a tenant without a table that the others have',
      ['DROP TABLE tenant_bramble.sales_orderline'],
      ['tenants.tables'],
      'tenant_bramble (lacks sales_orderline)',
    ],
    [
      'a tenant with other columns',
      ['ALTER TABLE tenant_bramble.sales_customer ADD COLUMN phone text'],
      ['tenants.tables'],
      'tenant_bramble (other columns in sales_customer)',
    ],
    [
      'shared tables that are gone',
      ['DROP TABLE tenants_domain'],
      ['tenants.shared', 'completeness.tables'],
      'tenants_domain',
    ],
  ])('%s is named', async (_, faults, expected, subject) => {
    const checks = failed(judge(await lookInto(await copy(...faults))));
    expect(ids(checks)).toEqual([...expected].sort());
    expect(checks.find(({ id }) => id.startsWith('tenants.'))?.subjects).toContain(subject);
  });

  it('are all orphans where their rows are gone, the first time that anybody looks, too', async () => {
    const facts = await lookInto(await copy('TRUNCATE tenants_tenant CASCADE'), { own: [] });
    const checks = failed(judged(facts, null));
    expect(ids(checks)).toEqual(['tenants.rows']);
    expect(checks[0]?.subjects).toEqual(
      facts.schemas.map(({ name }) => name).filter((one) => one !== 'public'),
    );
    expect(checks[0]?.subjects).toHaveLength(4);
  });

  it('are alike with an enum or a domain of their own, and differ where its name does', async () => {
    const schemas = healthy.schemas.map(({ name }) => name).filter((one) => one !== 'public');
    const typed = schemas.flatMap((one) => [
      `CREATE TYPE ${one}.mood AS ENUM ('sad', 'glad')`,
      `CREATE DOMAIN ${one}.color AS text`,
      `ALTER TABLE ${one}.catalog_product ADD COLUMN mood ${one}.mood, ADD COLUMN colors ${one}.color[]`,
    ]);
    const name = await copy(...typed);
    expect(failed(judge(await lookInto(name)))).toEqual([]);
    await server.run(name, 'ALTER TABLE tenant_bramble.catalog_product ALTER COLUMN mood TYPE text');
    expect(failed(judge(await lookInto(name)))).toMatchObject([
      { id: 'tenants.tables', subjects: ['tenant_bramble (other columns in catalog_product)'] },
    ]);
  });

  it('a schema that is being made is told apart from an orphan', async () => {
    const checks = judge(await lookInto(await copy('CREATE SCHEMA tenant_new')));
    expect(failed(checks)).toEqual([]);
    expect(checks.find(({ id }) => id === 'tenants.rows')?.found).toBe(
      'no orphans; beside them, shaped like none: tenant_new',
    );
  });
});

describe('extensions', () => {
  it('a missing one is named', async () => {
    const checks = failed(judge(await lookInto(await copy('DROP EXTENSION "uuid-ossp" CASCADE'))));
    expect(checks).toMatchObject([
      { id: 'extensions.installed', subjects: ['uuid-ossp'], found: 'missing: uuid-ossp' },
    ]);
  });

  it('pg_stat_statements that is not preloaded is told apart from one that is not installed', () => {
    const asleep = { ...healthy, statementsAnswer: false, server: { ...healthy.server, preloaded: [] } };
    expect(failed(judge(asleep))).toMatchObject([{ id: 'extensions.pg_stat_statements' }]);
    const absent = judge({ ...healthy, statementsAnswer: null });
    expect(absent.find(({ id }) => id === 'extensions.pg_stat_statements')?.verdict).toBe('unknown');
  });

  it('pg_cron must not run in a restored database, nor be there on RDS at all', () => {
    const preloaded = {
      ...healthy,
      server: { ...healthy.server, preloaded: ['pg_cron', 'pg_stat_statements'] },
    };
    expect(failed(judge(preloaded))).toMatchObject([
      { id: 'extensions.pg_cron', found: expect.stringContaining('its jobs fire') },
    ]);
    expect(failed(judge(preloaded, { setting: 'live' }))).toMatchObject([
      { id: 'extensions.pg_cron', found: 'pg_cron is: preloaded' },
    ]);
    const unseen = judge({ ...healthy, server: { ...healthy.server, preloaded: null } });
    expect(unseen.find(({ id }) => id === 'extensions.pg_cron')?.verdict).toBe('unknown');
  });
});

describe('isolation', () => {
  it.each<[string, readonly string[], string, string]>([
    [
      'a role that reaches two tenants',
      ['GRANT USAGE ON SCHEMA tenant_bramble, tenant_cormorant TO snoop'],
      'isolation.roles',
      'snoop (2 schemas)',
    ],
    [
      'a schema that everybody may use',
      ['GRANT USAGE ON SCHEMA tenant_bramble TO PUBLIC'],
      'isolation.public',
      'tenant_bramble (schema: USAGE)',
    ],
    [
      'a table that everybody may read',
      ['GRANT SELECT ON tenant_bramble.sales_order TO PUBLIC'],
      'isolation.public',
      'tenant_bramble (sales_order: SELECT)',
    ],
    [
      'a view into another tenant',
      ['CREATE VIEW tenant_bramble.theirs AS SELECT * FROM tenant_cormorant.sales_order'],
      'isolation.crossing',
      'view theirs of tenant_bramble into tenant_cormorant',
    ],
    [
      'a foreign key into another tenant',
      [
        'ALTER TABLE tenant_bramble.sales_order ADD CONSTRAINT astray FOREIGN KEY (customer_id) REFERENCES tenant_cormorant.sales_customer NOT VALID',
      ],
      'isolation.crossing',
      'foreign key astray of tenant_bramble into tenant_cormorant',
    ],
  ])('%s is named', async (_, faults, id, subject) => {
    const checks = failed(judge(await lookInto(await copy(...faults))));
    expect(ids(checks)).toEqual([id]);
    expect(checks[0]?.subjects).toContain(subject);
  });

  it('a role that one tenant is granted, and one that the policy names, are none of it', async () => {
    const facts = await lookInto(await copy('GRANT USAGE ON SCHEMA tenant_bramble TO snoop'));
    expect(failed(judge(facts))).toEqual([]);
    const two = await lookInto(await copy('GRANT USAGE ON SCHEMA tenant_bramble, tenant_cormorant TO snoop'));
    const meant = { table: 'tenants_tenant', domains: 'tenants_domain', roles: ['snoop'] };
    expect(failed(judged(two, healthy.rows, { promised: { tenants: meant } }))).toEqual([]);
  });
});

describe('the data', () => {
  it('is as new as its newest change, against the moment that it is said to be of', () => {
    const fresh = (as: number) => judge(healthy, { as }).find(({ id }) => id === 'freshness.newest-change');
    const newest = Math.max(...healthy.freshness.map(({ newest }) => newest ?? 0));
    expect(newest).toBeGreaterThan(NOW - HOUR);
    expect(fresh(newest + 24 * HOUR)?.verdict).toBe('passed');
    expect(fresh(newest + 24 * HOUR + 1)).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('24h before'.replace('24h', '1d')),
    });
    expect(
      judge({ ...healthy, freshness: [] }).find(({ id }) => id === 'freshness.newest-change')?.verdict,
    ).toBe('unknown');
  });

  it('that was emptied is named, table by table, and so is a tenant that shrank to nothing', async () => {
    const emptied = await lookInto(await copy('TRUNCATE tenant_bramble.inventory_stock CASCADE'));
    expect(failed(judge(emptied))).toMatchObject([
      {
        id: 'completeness.tables',
        subjects: [expect.stringMatching(/^tenant_bramble\.inventory_stock \(0 rows, \d+ before\)$/)],
      },
    ]);
  });

  it('may shrink by what the policy expects, and no further', async () => {
    const part = (share: number) =>
      copy(
        `DELETE FROM tenant_bramble.inventory_stock WHERE id IN (SELECT id FROM tenant_bramble.inventory_stock ORDER BY id LIMIT ceil((SELECT count(*) FROM tenant_bramble.inventory_stock) * ${share}))`,
      );
    expect(failed(judge(await lookInto(await part(0.2))))).toEqual([]);
    expect(ids(failed(judge(await lookInto(await part(0.25)))))).toEqual(['completeness.tables']);
  });

  it('in indexes and tables is sampled by amcheck, where it is installed', async () => {
    const compare = (less: number, more: number) =>
      `CREATE OR REPLACE FUNCTION public.compare(a bigint, b bigint) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN a < b THEN ${less} WHEN a > b THEN ${more} ELSE 0 END'`;
    const whole = await copy('CREATE EXTENSION amcheck', compare(-1, 1));
    const all = { sample: { most: 10_000, seed: 'a' } };
    const sound = judge(await lookInto(whole, all)).find(({ id }) => id === 'server.amcheck');
    expect(sound).toMatchObject({
      verdict: 'passed',
      found: expect.stringMatching(/^1\d\d looked at, all whole$/),
    });
    // An index in an order that its own comparison denies: as a change of collation leaves it.
    await server.run(
      whole,
      'CREATE OPERATOR CLASS odd FOR TYPE bigint USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 public.compare(bigint, bigint)',
      'CREATE INDEX broken ON tenant_bramble.inventory_stock (id odd)',
      compare(1, -1),
    );
    const broken = failed(judge(await lookInto(whole, all)));
    expect(broken).toMatchObject([
      {
        id: 'server.amcheck',
        subjects: [expect.stringMatching(/^tenant_bramble\.broken \(item order invariant violated/)],
      },
    ]);
  });

  it('of schemas and tables with names that every object answers to is kept like any other', async () => {
    const facts = await lookInto(
      await copy(
        'CREATE SCHEMA "constructor"',
        'CREATE TABLE "constructor".toString AS SELECT 1 AS i UNION SELECT 2',
        'CREATE SCHEMA "__proto__"',
        'CREATE TABLE "__proto__"."__proto__" AS SELECT 1 AS i',
      ),
    );
    const odd = asKept(facts, null).filter(({ schema }) => /^(constructor|__proto__)$/.test(schema));
    expect(odd.map(({ schema, table, rows }) => [schema, table, rows])).toEqual([
      ['__proto__', '__proto__', 1],
      ['constructor', 'tostring', 2],
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('on a damaged page is met when it is counted', async () => {
    const name = await copy();
    const path = await server.on(name, async (client) => {
      await client.query('CHECKPOINT');
      const { rows } = await client.query<{ path: string }>(
        "SELECT pg_relation_filepath('tenant_bramble.sales_customer') AS path",
      );
      return rows[0]?.path ?? '';
    });
    await server.plane.stop(SERVER);
    await server.plane.damage(SERVER, path, 4_000);
    await server.plane.start(SERVER);
    const checks = judge(await lookInto(name));
    // Its rows are not gone: nobody knows how many there are.
    expect(failed(checks)).toMatchObject([
      {
        id: 'server.pages',
        subjects: [expect.stringMatching(/^tenant_bramble\.sales_customer \(invalid page in block 0/)],
      },
    ]);
    expect(checks.find(({ id }) => id === 'completeness.tables')?.found).toMatch(
      /^not counted: tenant_bramble\.sales_customer \(invalid page/,
    );
  }, 30_000);
});

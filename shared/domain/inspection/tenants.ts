import { type About, type Check, few, nothingWrong, unknown } from './check';
import type { DatabaseFacts, SchemaFacts, TenantFacts } from './facts';

/**
 * Schemas that belong to no tenant by design. django-tenant-schemas has a row for `public` all the same, so that domains
 * can lead to it: it is no tenant to compare with others, or to keep apart from them.
 */
const NOT_TENANTS = new Set(['public', 'information_schema']);

/** The schemas that tenants have to themselves, whether they are there or not. */
export function schemasOf({ tenants }: TenantFacts): string[] {
  return tenants.map(({ schema }) => schema).filter((schema) => !NOT_TENANTS.has(schema));
}

/**
 * TEN-1, TEN-2, TEN-4: the tenants of `public` and the schemas agree, and every tenant's schema is like the others'.
 *
 * A schema without a row, or with too few tables, may be one that is being made right now: that is told apart by asking
 * whether it holds nothing at all yet.
 */
export function checkTenants({ tenants, schemas }: DatabaseFacts, table: string, domains: string): Check[] {
  const shared: About = {
    id: 'tenants.shared',
    requirement: 'TEN-1',
    expectation: `public holds ${table} and ${domains}`,
  };
  if (tenants === null) return [unknown(shared, 'the policy names no tenant tables')];
  const found = nothingWrong(shared, tenants.missingTables, 'both are there', 'missing');
  if (found.verdict !== 'passed') return [found];
  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  const own = schemasOf(tenants).flatMap((schema) => byName.get(schema) ?? []);
  return [
    found,
    checkRows(tenants, byName),
    checkOrphans(tenants, schemas),
    checkDomains(tenants),
    checkEmpty(own),
    checkTables(own),
    checkMigrations(own),
  ];
}

function checkRows(tenants: TenantFacts, schemas: ReadonlyMap<string, SchemaFacts>): Check {
  const about: About = {
    id: 'tenants.schemas',
    requirement: 'TEN-2',
    expectation: 'every tenant has its schema',
  };
  const wanted = schemasOf(tenants);
  const missing = wanted.filter((schema) => !schemas.has(schema));
  return nothingWrong(about, missing, `${wanted.length} tenants`, 'no schema of the tenants');
}

function checkOrphans(tenants: TenantFacts, schemas: readonly SchemaFacts[]): Check {
  const about: About = {
    id: 'tenants.rows',
    requirement: 'TEN-4',
    expectation: 'every schema shaped like a tenant has its row',
  };
  const known = new Set(schemasOf(tenants));
  const strangers = schemas.filter(({ name }) => !known.has(name) && !NOT_TENANTS.has(name));
  const template = templateOf(
    shapely(
      schemas.filter(({ name }) => known.has(name)),
      strangers,
    ),
  );
  // Shaped like one: it has half of a tenant's tables or more. One that is being made has none or few.
  const orphans = strangers.filter(
    ({ tables }) => sharedWith(tables, template) * 2 >= Math.max(template.size, 1),
  );
  const made = strangers.filter((schema) => !orphans.includes(schema)).map(({ name }) => name);
  const beside = made.length === 0 ? '' : `; beside them, shaped like none: ${few(made.sort())}`;
  return nothingWrong(
    about,
    template.size === 0 ? [] : orphans.map(({ name }) => name),
    `no orphans${beside}`,
    'without a row',
  );
}

/** With all rows of tenants gone, their schemas are still known by the migrations that Django applied there. */
function shapely(known: readonly SchemaFacts[], strangers: readonly SchemaFacts[]): readonly SchemaFacts[] {
  if (known.some(({ tables }) => tables.size > 0)) return known;
  return strangers.filter(({ tables }) => tables.has('django_migrations'));
}

function checkDomains({ tenants, domains }: TenantFacts): Check {
  const about: About = {
    id: 'tenants.domains',
    requirement: 'TEN-1',
    expectation: 'every domain leads to a tenant that exists',
  };
  const known = new Set(tenants.map(({ id }) => id));
  const lost = domains.filter(({ tenant }) => !known.has(tenant)).map(({ domain }) => domain);
  return nothingWrong(about, lost, `${domains.length} domains`, 'leading nowhere');
}

function checkEmpty(own: readonly SchemaFacts[]): Check {
  const about: About = {
    id: 'tenants.not-empty',
    requirement: 'TEN-2',
    expectation: "no tenant's schema is empty",
  };
  const empty = own.filter(({ tables }) => tables.size === 0).map(({ name }) => name);
  return nothingWrong(about, empty, 'none is', 'without a table');
}

function checkTables(own: readonly SchemaFacts[]): Check {
  const about: About = {
    id: 'tenants.tables',
    requirement: 'TEN-2',
    expectation: "every tenant's schema has the same tables, with the same columns, as most others have",
  };
  const template = templateOf(own);
  const differing = own
    .filter(({ tables }) => tables.size > 0)
    .flatMap(({ name, tables }) => {
      const missing = [...template.keys()].filter((table) => !tables.has(table));
      const more = [...tables.keys()].filter((table) => !template.has(table));
      const other = [...tables].filter(
        ([table, shape]) => template.has(table) && template.get(table) !== shape,
      );
      const parts = [
        ...(missing.length > 0 ? [`lacks ${few(missing)}`] : []),
        ...(more.length > 0 ? [`has ${few(more)} besides`] : []),
        ...(other.length > 0 ? [`other columns in ${few(other.map(([table]) => table))}`] : []),
      ];
      return parts.length === 0 ? [] : [`${name} (${parts.join(', ')})`];
    });
  return nothingWrong(about, differing, `${template.size} tables in each`, 'different');
}

/** TEN-2: one that is half migrated is named, with what it lacks. */
function checkMigrations(own: readonly SchemaFacts[]): Check {
  const about: About = {
    id: 'tenants.migrations',
    requirement: 'TEN-2',
    expectation: "every tenant's schema has the same migrations applied",
  };
  const unread = own.flatMap(({ name, unread }) => (unread === null ? [] : [`${name} (${unread})`]));
  const all = own.flatMap(({ name, migrations }) => (migrations === null ? [] : [{ name, migrations }]));
  if (all.length === 0 && unread.length === 0)
    return unknown(about, 'no tenant has a table django_migrations');
  const head = majority(all.map(({ migrations }) => JSON.stringify(migrations)));
  const wanted = new Set(head === '' ? [] : (JSON.parse(head) as string[]));
  const behind = all
    .filter(({ migrations }) => JSON.stringify(migrations) !== head)
    .map(({ name, migrations }) => {
      const missing = [...wanted].filter((one) => !migrations.includes(one));
      const more = migrations.filter((one) => !wanted.has(one));
      const parts = [
        ...(missing.length > 0 ? [`lacks ${few(missing)}`] : []),
        ...(more.length > 0 ? [`has ${few(more)} besides`] : []),
      ];
      return `${name} (${parts.join(', ')})`;
    });
  const none = own.filter(
    ({ migrations, unread, tables }) => migrations === null && unread === null && tables.size > 0,
  );
  const wrong = [...behind, ...none.map(({ name }) => `${name} (no django_migrations)`)];
  if (wrong.length === 0 && unread.length > 0) return unknown(about, `not read: ${few(unread)}`);
  return nothingWrong(about, wrong, `${wanted.size} in each`, 'half migrated');
}

/** The tables that most of the schemas have, each with the columns that most have. */
function templateOf(schemas: readonly SchemaFacts[]): Map<string, string> {
  const shapes = new Map<string, string[]>();
  for (const { tables } of schemas) {
    for (const [table, shape] of tables) {
      const known = shapes.get(table);
      if (known === undefined) shapes.set(table, [shape]);
      else known.push(shape);
    }
  }
  const full = schemas.filter(({ tables }) => tables.size > 0).length;
  return new Map(
    [...shapes].filter(([, all]) => all.length * 2 > full).map(([table, all]) => [table, majority(all)]),
  );
}

/** The commonest; of equally common ones the first in order, so that every look sees the same. */
function majority(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}

function sharedWith(tables: ReadonlyMap<string, string>, template: ReadonlyMap<string, string>): number {
  return [...tables.keys()].filter((table) => template.has(table)).length;
}

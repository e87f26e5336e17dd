import pg from 'pg';
import type { Instant } from '../../shared/domain/time';
import { Chance } from './chance';
import { type Counts, count } from './counts';
import { SHARED, SHARED_APPS, TENANT, TENANT_APPS } from './schema';

export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface Tenant {
  /** The schema: `tenant_aldebaran`. */
  readonly schema: string;
  readonly name: string;
  readonly domain: string;
}

/** A database of Qrosity, and what was in it when it was made. */
export interface Qrosity {
  readonly connection: Connection;
  readonly tenants: readonly Tenant[];
  readonly seed: number;
  readonly created: Instant;
  readonly rows: Counts;
}

export interface Size {
  /** How many; a dozen is what the customer has. */
  readonly tenants: number;
  readonly seed: number;
  readonly now: Instant;
}

export const PRODUCTS = 30;
export const CUSTOMERS = 20;
export const WAREHOUSES = ['main', 'east'] as const;
const USERS = 8;

/** django-tenant-schemas lists it among the tenants, so that the site's own domain leads somewhere; nobody's data is there. */
const PUBLIC: Tenant = { schema: 'public', name: 'Qrosity', domain: 'qrosity.example' };

const COMPANIES = [
  ['aldebaran', 'Aldebaran Optics'],
  ['bramble', 'Bramble & Sons'],
  ['cormorant', 'Cormorant Marine'],
  ['driftwood', 'Driftwood Furniture'],
  ['elmfield', 'Elmfield Dairy'],
  ['foxglove', 'Foxglove Pharmacy'],
  ['granite', 'Granite Tools'],
  ['hawthorn', 'Hawthorn Books'],
  ['ironbridge', 'Ironbridge Steel'],
  ['juniper', 'Juniper Spirits'],
  ['kestrel', 'Kestrel Cycles'],
  ['lindenhof', 'Lindenhof Bakery'],
] as const;

const CATEGORIES = [
  { slug: 'all', name: 'All goods', parent: null },
  { slug: 'raw', name: 'Raw materials', parent: 'all' },
  { slug: 'parts', name: 'Parts', parent: 'all' },
  { slug: 'finished', name: 'Finished goods', parent: 'all' },
  { slug: 'packaging', name: 'Packaging', parent: 'raw' },
  { slug: 'spares', name: 'Spare parts', parent: 'parts' },
] as const;

const FIRST = ['Ada', 'Bela', 'Chidi', 'Dana', 'Emre', 'Freya', 'Goro', 'Hana', 'Ines', 'Jonas'] as const;
const LAST = [
  'Abel',
  'Brandt',
  'Castro',
  'Diaz',
  'Ekberg',
  'Fischer',
  'Grau',
  'Haddad',
  'Ito',
  'Jansen',
] as const;
const TITLES = ['Buyer', 'Accountant', 'Warehouse clerk', 'Sales lead', 'Manager'] as const;
const LANGUAGES = ['en', 'de', 'es', 'ja'] as const;
const THINGS = [
  'Bolt',
  'Lens',
  'Crate',
  'Panel',
  'Valve',
  'Spring',
  'Label',
  'Frame',
  'Motor',
  'Sheet',
] as const;

export const skuOf = (product: number) => `SKU-${String(product).padStart(4, '0')}`;
export const emailOf = (customer: number) => `customer${customer}@example.com`;

export function tenantsOf(howMany: number): Tenant[] {
  return Array.from({ length: howMany }, (_, index) => {
    const [word, company] = COMPANIES[index % COMPANIES.length] ?? COMPANIES[0];
    const round = Math.floor(index / COMPANIES.length);
    const suffix = round === 0 ? '' : `${round + 1}`;
    return {
      schema: `tenant_${word}${suffix}`,
      name: `${company}${round === 0 ? '' : ` ${suffix}`}`,
      domain: `${word}${suffix}.qrosity.example`,
    };
  });
}

/** Makes Qrosity's schemas and first data in an empty database, as of `now`. */
export async function createQrosity(connection: Connection, { tenants, seed, now }: Size): Promise<Qrosity> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const list = tenantsOf(tenants);
    const rows: Counts = new Map();
    await client.query(SHARED);
    await insertMigrations(client, 'public', SHARED_APPS, now);
    for (const [index, tenant] of list.entries()) {
      await createTenant(client, tenant, new Chance(seed, index), now, rows);
    }
    await listTenant(client, PUBLIC, now);
    return { connection, tenants: list, seed, created: now, rows };
  } finally {
    await client.end();
  }
}

/** One transaction, as django-tenant-schemas does it: the tenant is there whole or not at all. */
async function createTenant(client: pg.Client, tenant: Tenant, chance: Chance, now: Instant, rows: Counts) {
  const schema = client.escapeIdentifier(tenant.schema);
  const insert = async (table: string, statement: string, values: readonly object[]) => {
    const result = await client.query(statement, [JSON.stringify(values), new Date(now)]);
    count(rows, tenant.schema, table, result.rowCount ?? 0);
  };
  await client.query(`BEGIN; CREATE SCHEMA ${schema}; SET LOCAL search_path = ${schema}, public; ${TENANT}`);
  await listTenant(client, tenant, now);
  count(
    rows,
    tenant.schema,
    'django_migrations',
    await insertMigrations(client, tenant.schema, TENANT_APPS, now),
  );
  const people = Array.from({ length: USERS }, (_, index) => {
    const [first, last] = [chance.pick(FIRST), chance.pick(LAST)];
    const username = `${first}.${last}${index}`.toLowerCase();
    const title = chance.pick(TITLES);
    return {
      username,
      first,
      last,
      email: `${username}@${tenant.domain}`,
      title,
      language: chance.pick(LANGUAGES),
    };
  });
  await insert(
    'accounts_user',
    `INSERT INTO accounts_user (username, email, first_name, last_name, created_at)
     SELECT username, email, first, last, $2
     FROM jsonb_to_recordset($1) AS person (username text, email text, first text, last text)`,
    people,
  );
  await insert(
    'accounts_profile',
    `INSERT INTO accounts_profile (user_id, job_title, language, created_at)
     SELECT accounts_user.id, title, language, $2
     FROM jsonb_to_recordset($1) AS person (username text, title text, language text) JOIN accounts_user USING (username)`,
    people,
  );
  for (const category of CATEGORIES) {
    await insert(
      'catalog_category',
      `INSERT INTO catalog_category (slug, name, parent_id, created_at)
       SELECT new.slug, new.name, parent.id, $2
       FROM jsonb_to_recordset($1) AS new (slug text, name text, parent text)
       LEFT JOIN catalog_category AS parent ON parent.slug = new.parent`,
      [category],
    );
  }
  await insert(
    'catalog_product',
    `INSERT INTO catalog_product (sku, name, category_id, price, created_at)
     SELECT sku, new.name, catalog_category.id, price, $2
     FROM jsonb_to_recordset($1) AS new (sku text, name text, category text, price numeric)
     JOIN catalog_category ON catalog_category.slug = new.category`,
    Array.from({ length: PRODUCTS }, (_, index) => ({
      sku: skuOf(index),
      name: `${chance.pick(THINGS)} ${chance.between(10, 990)}`,
      category: chance.pick(CATEGORIES).slug,
      price: chance.between(100, 50_000) / 100,
    })),
  );
  await insert(
    'inventory_warehouse',
    `INSERT INTO inventory_warehouse (code, name, created_at)
     SELECT code, initcap(code) || ' warehouse', $2 FROM jsonb_to_recordset($1) AS new (code text)`,
    WAREHOUSES.map((code) => ({ code })),
  );
  await insert(
    'inventory_stock',
    `INSERT INTO inventory_stock (product_id, warehouse_id, quantity, updated_at)
     SELECT product.id, warehouse.id, quantity, $2
     FROM jsonb_to_recordset($1) AS new (sku text, code text, quantity integer)
     JOIN catalog_product AS product USING (sku) JOIN inventory_warehouse AS warehouse USING (code)`,
    WAREHOUSES.flatMap((code) =>
      Array.from({ length: PRODUCTS }, (_, index) => ({
        sku: skuOf(index),
        code,
        quantity: chance.between(1_000, 5_000),
      })),
    ),
  );
  await insert(
    'sales_customer',
    `INSERT INTO sales_customer (name, email, created_at)
     SELECT name, email, $2 FROM jsonb_to_recordset($1) AS new (name text, email text)`,
    Array.from({ length: CUSTOMERS }, (_, index) => ({
      name: `${chance.pick(FIRST)} ${chance.pick(LAST)}`,
      email: emailOf(index),
    })),
  );
  for (const table of ['sales_order', 'sales_orderline', 'inventory_movement']) {
    count(rows, tenant.schema, table, 0); // Nothing sold yet.
  }
  await client.query('COMMIT');
}

/** Who the tenants are, and which domain leads to which (TEN-1). */
async function listTenant(client: pg.Client, { schema, name, domain }: Tenant, now: Instant): Promise<void> {
  await client.query(
    `WITH made AS (
       INSERT INTO public.tenants_tenant (schema_name, name, created_on) VALUES ($1, $2, $3) RETURNING id
     )
     INSERT INTO public.tenants_domain (domain, is_primary, tenant_id) SELECT $4, true, id FROM made`,
    [schema, name, new Date(now), domain],
  );
}

async function insertMigrations(
  client: pg.Client,
  schema: string,
  apps: readonly string[],
  now: Instant,
): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO ${client.escapeIdentifier(schema)}.django_migrations (app, name, applied)
     SELECT app, '0001_initial', $2 FROM unnest($1::text[]) AS app`,
    [apps, new Date(now)],
  );
  return rowCount ?? 0;
}

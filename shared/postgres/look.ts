import type { ClientBase } from 'pg';
import type {
  AmcheckFacts,
  DatabaseFacts,
  Extension,
  Freshness,
  IsolationFacts,
  OwnAnswer,
  SchemaFacts,
  ServerFacts,
  TenantFacts,
} from '../domain/inspection/facts';
import type { OwnCheck } from '../domain/inspection/own';
import type { Wanted } from '../ports/inspector';
import {
  CLOCK,
  COLUMNS,
  CROSSING,
  ESTIMATES,
  EXTENSIONS,
  GRANTED,
  PRESENT,
  REACHING,
  SAMPLE,
  SCHEMAS,
  SERVER,
} from './catalog';
import { countRows, type Estimate } from './count-rows';
import { literal, quoted } from './sql';
import { Tries } from './tries';

/**
 * Looks into the database that a client is connected to. It reads and changes nothing: the transactions are read-only,
 * and the connection is expected to say so as well. Catalogs are read in one transaction of one snapshot, in a fixed
 * number of queries whatever the number of schemas; migrations, freshness and rows after it, some hundred tables a
 * query and each in a transaction of its own, so that neither locks nor their table of fixed size run out.
 */
export async function look(client: ClientBase, wanted: Wanted): Promise<DatabaseFacts> {
  const tries = new Tries(client);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const server = await serverFacts(client);
  const found = await client.query<Extension & { schema: string }>(EXTENSIONS);
  const extensions = found.rows.map(({ name, version }) => ({ name, version }));
  const schemaOf = new Map(found.rows.map(({ name, schema }) => [name, schema]));
  const statementsAnswer = await statements(tries, schemaOf.get('pg_stat_statements'));
  const tenants = wanted.tenants === null ? null : await tenantFacts(client, wanted.tenants);
  const schemas = await client.query<{ name: string; tables: string[]; digests: string[] }>(SCHEMAS);
  const own = tenants?.tenants.map(({ schema }) => schema) ?? [];
  const isolation = await isolationFacts(client, own);
  const estimates = await client.query<Estimate>(ESTIMATES);
  const columns = await client.query<Column>(COLUMNS, [
    wanted.freshness.map(({ table }) => table),
    wanted.freshness.map(({ column }) => column),
  ]);
  const sample = await client.query<Sampled>(SAMPLE, [wanted.sample.seed, wanted.sample.most]);
  await client.query('COMMIT');

  const migrations = await applied(tries, schemas.rows);
  const amcheck = await amchecked(tries, sample.rows, schemaOf.get('amcheck'));
  const rows = await countRows(tries, estimates.rows);
  const freshness = await freshnessOf(tries, columns.rows);
  const answers = await ownAnswers(tries, wanted.own);
  const clock = await client.query<{ at: number }>(CLOCK);
  return {
    server: { ...server, finished: Math.round(clock.rows[0]?.at ?? server.at) },
    extensions,
    statementsAnswer,
    tenants,
    schemas: schemas.rows.map(
      ({ name, tables, digests }): SchemaFacts => ({
        name,
        tables: new Map(tables.map((table, at) => [table, digests[at] ?? ''])),
        migrations: migrations.get(name) ?? null,
      }),
    ),
    isolation,
    freshness,
    rows,
    own: answers,
    amcheck,
    unreadable: tries.unreadable,
  };
}

async function serverFacts(client: ClientBase): Promise<Omit<ServerFacts, 'finished'>> {
  const { rows } = await client.query<{
    version: string;
    in_recovery: boolean;
    checksums: boolean;
    size: string;
    at: number;
    connected: number;
    preloaded: string | null;
  }>(SERVER);
  const [found] = rows;
  if (found === undefined) throw new Error('the server tells nothing of itself');
  const { version, in_recovery: inRecovery, checksums, size, at, connected, preloaded } = found;
  const names = preloaded?.split(',').map((name) => name.trim().replaceAll('"', '')) ?? null;
  return {
    // `18.1 (Debian 18.1-1)`: what follows the number is the packager's.
    version: version.split(' ')[0] ?? version,
    inRecovery,
    checksums,
    sizeBytes: Number(size),
    preloaded: names?.filter((name) => name !== '') ?? null,
    connected: Math.round(connected),
    at: Math.round(at),
  };
}

async function statements(tries: Tries, schema: string | undefined): Promise<boolean | null> {
  if (schema === undefined) return null;
  const answer = await tries.within(`SELECT 1 FROM ${schema}.pg_stat_statements LIMIT 1`);
  return 'rows' in answer;
}

async function tenantFacts(
  client: ClientBase,
  { table, domains }: { readonly table: string; readonly domains: string },
): Promise<TenantFacts> {
  const present = await client.query<{ name: string; present: boolean }>(PRESENT, [[table, domains]]);
  const missingTables = present.rows.flatMap(({ name, present }) => (present ? [] : [name]));
  if (missingTables.length > 0) return { missingTables, tenants: [], domains: [] };
  const tenants = await client.query<{ id: string; schema: string }>(
    `SELECT id::text AS id, schema_name::text AS schema FROM public.${quoted(table)} ORDER BY 2`,
  );
  const found = await client.query<{ domain: string; tenant: string }>(
    `SELECT domain::text AS domain, tenant_id::text AS tenant FROM public.${quoted(domains)} ORDER BY 1`,
  );
  return { missingTables, tenants: tenants.rows, domains: found.rows };
}

async function isolationFacts(client: ClientBase, schemas: readonly string[]): Promise<IsolationFacts> {
  const ask = async <Row extends object>(query: string) => (await client.query<Row>(query, [schemas])).rows;
  return {
    reaching: await ask<IsolationFacts['reaching'][number]>(REACHING),
    granted: await ask<IsolationFacts['granted'][number]>(GRANTED),
    crossing: await ask<IsolationFacts['crossing'][number]>(CROSSING),
  };
}

/** Applied migrations by schema, in the order of their names. */
async function applied(
  tries: Tries,
  schemas: readonly { readonly name: string; readonly tables: readonly string[] }[],
): Promise<Map<string, string[]>> {
  const having = schemas.filter(({ tables }) => tables.includes('django_migrations'));
  const found = await tries.each<{ schema: string; names: string[] | null }>(
    having.map(({ name }) => ({
      what: `${name}.django_migrations`,
      sql: `SELECT ${literal(name)} AS schema, array_agg(app || '.' || name ORDER BY app, name) AS names FROM ${quoted(name)}.django_migrations`,
    })),
  );
  return new Map(found.map(({ schema, names }) => [schema, names ?? []]));
}

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

async function freshnessOf(tries: Tries, columns: readonly Column[]): Promise<Freshness[]> {
  const found = await tries.each<{ schema: string; table: string; newest: number | null }>(
    columns.map(({ schema, table, column }) => ({
      what: `${schema}.${table}`,
      sql: `SELECT ${literal(schema)} AS schema, ${literal(table)} AS "table", (extract(epoch FROM max(${quoted(column)})::timestamptz) * 1000)::float8 AS newest FROM ${quoted(schema)}.${quoted(table)}`,
    })),
  );
  return found.map(({ newest, ...about }) => ({
    ...about,
    newest: newest === null ? null : Math.round(newest),
  }));
}

async function ownAnswers(tries: Tries, checks: readonly OwnCheck[]): Promise<OwnAnswer[]> {
  const answers: OwnAnswer[] = [];
  for (const { name, sql } of checks) {
    const answer = await tries.alone<Record<string, unknown>>(sql);
    if ('error' in answer) {
      answers.push({ name, value: null, error: answer.error });
      continue;
    }
    const [value] = Object.values(answer.rows[0] ?? {});
    answers.push({ name, value: value == null ? null : String(value), error: null });
  }
  return answers;
}

interface Sampled {
  readonly relation: string;
  /** `i` for an index, `r` for a table. */
  readonly kind: string;
}

async function amchecked(
  tries: Tries,
  sample: readonly Sampled[],
  schema: string | undefined,
): Promise<AmcheckFacts | null> {
  if (schema === undefined) return null;
  const broken: { relation: string; error: string }[] = [];
  for (const { relation, kind } of sample) {
    const sql =
      kind === 'i'
        ? `SELECT ${schema}.bt_index_check(${literal(relation)}::regclass) AS error`
        : `SELECT msg AS error FROM ${schema}.verify_heapam(${literal(relation)}::regclass) LIMIT 1`;
    const answer = await tries.alone<{ error: string | null }>(sql);
    // 42501: amcheck's functions are for superusers, unless somebody grants them.
    if ('error' in answer && answer.code === '42501') return null;
    // 42P01: dropped since the catalogs were read.
    if ('error' in answer && answer.code === '42P01') continue;
    const error = 'error' in answer ? answer.error : answer.rows[0]?.error;
    if (error != null && error !== '') broken.push({ relation, error });
  }
  return { checked: sample.length, broken };
}

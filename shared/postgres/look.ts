import type { ClientBase } from 'pg';
import type {
  AmcheckFacts,
  DatabaseFacts,
  Extension,
  IsolationFacts,
  SchemaFacts,
  ServerFacts,
  TenantFacts,
} from '../domain/inspection/facts';
import { schemasOf } from '../domain/inspection/tenants';
import { MINUTE } from '../domain/time';
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
import { type Column, freshnessOf, horizonOf } from './freshness';
import { ownAnswers } from './own';
import { type Limits, Session, UNHURRIED } from './session';
import { literal, quoted } from './sql';
import { Tries } from './tries';

/**
 * Looks into the database that a client is connected to. It reads and changes nothing: the transactions are read-only,
 * and the connection is expected to say so as well. Catalogs are read in one transaction of one snapshot, in a fixed
 * number of queries whatever the number of schemas; migrations, rows and freshness after it, some hundred tables a
 * query and each in a transaction of its own, so that neither locks nor their table of fixed size run out.
 *
 * When the time is over the look ends in order: what was not asked by then is not known. Without the catalogs there is no
 * look at all, which is an `OutOfTime`.
 */
export async function look(
  client: ClientBase,
  wanted: Wanted,
  limits: Limits = UNHURRIED,
): Promise<DatabaseFacts> {
  const session = new Session(client, limits);
  const tries = new Tries(session);
  await session.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const server = await serverFacts(session);
  const found = await session.ask<Extension & { schema: string }>(EXTENSIONS);
  const extensions = found.map(({ name, version }) => ({ name, version }));
  const schemaOf = new Map(found.map(({ name, schema }) => [name, schema]));
  const statementsAnswer = await statements(tries, schemaOf.get('pg_stat_statements'));
  const tenants = wanted.tenants === null ? null : await tenantFacts(session, wanted.tenants);
  const schemas = await session.ask<{ name: string; tables: string[]; digests: string[] }>(SCHEMAS);
  const isolation = await isolationFacts(session, tenants === null ? [] : schemasOf(tenants));
  const estimates = await session.ask<Estimate>(ESTIMATES);
  const columns = await session.ask<Column>(COLUMNS, [
    wanted.freshness.map(({ table }) => table),
    wanted.freshness.map(({ column }) => column),
  ]);
  const sample = await session.ask<Sampled>(SAMPLE, [wanted.sample.seed, wanted.sample.most]);
  await client.query('COMMIT');

  // What takes longest and tells least comes last: it is what a look does without that runs out of time.
  const migrations = await applied(tries, schemas);
  const rows = await countRows(tries, estimates);
  const freshness = await freshnessOf(tries, columns, horizonOf(wanted, server.at));
  const own = await ownAnswers(tries, wanted.own);
  const amcheck = await amchecked(tries, sample, schemaOf.get('amcheck'));
  const clock = await client.query<{ at: number }>(CLOCK);
  return {
    server: { ...server, finished: Math.round(clock.rows[0]?.at ?? server.at) },
    extensions,
    statementsAnswer,
    tenants,
    schemas: schemas.map(
      ({ name, tables, digests }): SchemaFacts => ({
        name,
        tables: new Map(tables.map((table, at) => [table, digests[at] ?? ''])),
        ...(migrations.get(name) ?? { migrations: null, unread: null }),
      }),
    ),
    isolation,
    freshness,
    rows,
    own,
    amcheck,
    unreadable: tries.unreadable,
  };
}

async function serverFacts(session: Session): Promise<Omit<ServerFacts, 'finished'>> {
  const [found] = await session.ask<{
    version: string;
    in_recovery: boolean;
    checksums: boolean;
    size: string;
    at: number;
    connected: number;
    preloaded: string | null;
  }>(SERVER);
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
  if ('rows' in answer) return true;
  // object_not_in_prerequisite_state: its library is not loaded. Any other refusal says nothing of that.
  return answer.code === '55000' ? false : null;
}

async function tenantFacts(
  session: Session,
  { table, domains }: { readonly table: string; readonly domains: string },
): Promise<TenantFacts> {
  const found = await session.ask<{ name: string; present: boolean }>(PRESENT, [[table, domains]]);
  const missingTables = found.flatMap(({ name, present }) => (present ? [] : [name]));
  if (missingTables.length > 0) return { missingTables, tenants: [], domains: [] };
  const tenants = await session.ask<{ id: string; schema: string }>(
    `SELECT id::text AS id, schema_name::text AS schema FROM public.${quoted(table)} ORDER BY 2`,
  );
  const leading = await session.ask<{ domain: string; tenant: string }>(
    `SELECT domain::text AS domain, tenant_id::text AS tenant FROM public.${quoted(domains)} ORDER BY 1`,
  );
  return { missingTables, tenants, domains: leading };
}

async function isolationFacts(session: Session, schemas: readonly string[]): Promise<IsolationFacts> {
  const ask = <Row extends object>(query: string) => session.ask<Row>(query, [schemas]);
  return {
    reaching: await ask<IsolationFacts['reaching'][number]>(REACHING),
    granted: await ask<IsolationFacts['granted'][number]>(GRANTED),
    crossing: await ask<IsolationFacts['crossing'][number]>(CROSSING),
  };
}

/** Of each schema with a table of them: applied migrations in the order of their names, or why they could not be read. */
async function applied(
  tries: Tries,
  schemas: readonly { readonly name: string; readonly tables: readonly string[] }[],
): Promise<Map<string, Pick<SchemaFacts, 'migrations' | 'unread'>>> {
  const having = schemas.filter(({ tables }) => tables.includes('django_migrations'));
  const parts = having.map(({ name }) => ({
    name,
    what: `${name}.django_migrations`,
    sql: `SELECT ${literal(name)} AS schema, array_agg(app || '.' || name ORDER BY app, name) AS names FROM ${quoted(name)}.django_migrations`,
  }));
  const { rows, refused } = await tries.each<{ schema: string; names: string[] | null }, (typeof parts)[0]>(
    parts,
  );
  const all = new Map<string, Pick<SchemaFacts, 'migrations' | 'unread'>>();
  for (const { schema, names } of rows) all.set(schema, { migrations: names ?? [], unread: null });
  for (const { part, why } of refused) all.set(part.name, { migrations: null, unread: why });
  return all;
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
  const skipped: { relation: string; why: string }[] = [];
  for (const { relation, kind } of sample) {
    const sql =
      kind === 'i'
        ? `SELECT ${schema}.bt_index_check(${literal(relation)}::regclass) AS error`
        : `SELECT msg AS error FROM ${schema}.verify_heapam(${literal(relation)}::regclass) LIMIT 1`;
    const answer = await tries.alone<{ error: string | null }>(sql, MINUTE);
    if ('rows' in answer) {
      const error = answer.rows[0]?.error;
      if (error != null && error !== '') broken.push({ relation, error });
      continue;
    }
    const { error, code, cause } = answer;
    // insufficient_privilege: amcheck's functions are for superusers, unless somebody grants them.
    if (code === '42501') return null;
    if (cause === 'damaged') broken.push({ relation, error });
    else skipped.push({ relation, why: error });
  }
  return { checked: sample.length - skipped.length, broken, skipped };
}

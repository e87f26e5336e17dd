import pg from 'pg';
import { quickFolder } from '../../local/postgres/place';
import { PostgresPlane } from '../../local/postgres/plane';
import { createQrosity } from '../../local/qrosity/create';
import type { Check } from '../../shared/domain/inspection/check';
import type { Earlier } from '../../shared/domain/inspection/completeness';
import type { DatabaseFacts } from '../../shared/domain/inspection/facts';
import { type Against, inspect, type Promised } from '../../shared/domain/inspection/inspect';
import { recordOf, rowsOf } from '../../shared/domain/inspection/record';
import { HOUR } from '../../shared/domain/time';
import type { Wanted } from '../../shared/ports/inspector';
import { look } from '../../shared/postgres/look';
import type { Limits } from '../../shared/postgres/session';
import { at } from './builders';

/** The server, as its plane knows it. */
export const SERVER = 'arn:aws:rds:us-east-1:111122223333:db:one';
export const NOW = at('2026-03-01 09:00');
const LOGIN = { user: 'qrosity', password: 'correct-horse', database: 'qrosity' };

/** What a policy expects of Qrosity, and the questions that come of it. */
export const PROMISED: Promised = {
  tenants: { table: 'tenants_tenant', domains: 'tenants_domain', roles: [] },
  extensions: ['uuid-ossp', 'pg_stat_statements'],
  quiet: 24 * HOUR,
  shrink: 0.2,
  volatile: [],
  checks: [],
};
export const WANTED: Wanted = {
  setting: 'restored',
  as: NOW,
  tenants: { table: 'tenants_tenant', domains: 'tenants_domain' },
  freshness: [{ table: 'inventory_stock', column: 'updated_at' }],
  own: [],
  sample: { most: 20, seed: 'a' },
};

/** A healthy database of four tenants on a real server, and copies of it that something was done to. */
export class Inspected {
  #copies = 0;

  private constructor(
    readonly plane: PostgresPlane,
    readonly endpoint: { readonly host: string; readonly port: number },
  ) {}

  static async make(): Promise<Inspected> {
    const plane = await PostgresPlane.open({ parent: quickFolder(2 ** 30) });
    const endpoint = await plane.create(SERVER, 'us-east-1', LOGIN);
    await createQrosity({ ...endpoint, ...LOGIN }, { tenants: 4, seed: 1, now: NOW });
    return new Inspected(plane, endpoint);
  }

  async open(database: string, as: pg.ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client({ ...this.endpoint, ...LOGIN, database, ...as });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async on<T>(database: string, act: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.open(database);
    try {
      return await act(client);
    } finally {
      await client.end();
    }
  }

  async run(database: string, ...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.on(database, (client) => client.query(statement));
  }

  async copy(...faults: readonly string[]): Promise<string> {
    this.#copies += 1;
    const name = `copy_${this.#copies}`;
    await this.run('postgres', `CREATE DATABASE ${name} TEMPLATE qrosity`);
    await this.run(name, ...faults);
    return name;
  }

  /** Nobody waits longer than half a second for a lock. */
  async lookInto(
    database: string,
    wanted: Partial<Wanted> = {},
    limits?: Limits,
    as: pg.ClientConfig = {},
  ): Promise<DatabaseFacts> {
    const client = await this.open(database, as);
    try {
      await client.query('SET lock_timeout = 500');
      return await look(client, { ...WANTED, ...wanted }, limits);
    } finally {
      await client.end();
    }
  }

  /** Something happens between the catalogs and what is read after them. */
  lookAnd(database: string, happens: () => Promise<unknown>, limits?: Limits): Promise<DatabaseFacts> {
    return this.on(database, async (client) => {
      await client.query('SET lock_timeout = 500');
      const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
      const watched = async (...args: unknown[]) => {
        const answer = await query(...args);
        if (args[0] === 'COMMIT') await happens();
        return answer;
      };
      return look(Object.assign(client, { query: watched }), WANTED, limits);
    });
  }

  close(): Promise<void> {
    return this.plane.close();
  }
}

export function judge(
  facts: DatabaseFacts,
  earlier: Earlier | null,
  { promised = {}, ...against }: Partial<Against> & { readonly promised?: Partial<Promised> } = {},
): Check[] {
  return inspect(
    facts,
    { ...PROMISED, ...promised },
    { setting: 'restored', as: NOW + HOUR, earlier, ...against },
  );
}

/** Rows as the next look finds them in the record of this one. */
export function asKept(facts: DatabaseFacts, earlier: Earlier | null): Earlier {
  const about = {
    installation: 'a',
    database: 'b',
    region: 'c',
    setting: 'live',
    now: NOW,
    as: NOW,
  } as const;
  const rows = rowsOf(JSON.parse(JSON.stringify(recordOf(about, facts, [], earlier))));
  if (rows === null) throw new Error('not a record that can be read');
  return rows;
}

export const failed = (checks: readonly Check[]): Check[] =>
  checks.filter(({ verdict }) => verdict === 'failed');

/** Each check that did not pass, but for amcheck: it is not installed. `unknown server.pages: not counted: ...`. */
export const unpassed = (checks: readonly Check[]): string[] =>
  checks
    .filter(({ id, verdict }) => verdict !== 'passed' && id !== 'server.amcheck')
    .map(({ id, verdict, found }) => `${verdict} ${id}: ${found}`);

import type { ClientBase } from 'pg';

/** What a query came to: rows, or how PostgreSQL refused it. */
export type Answer<Row> =
  | { readonly rows: Row[] }
  | { readonly error: string /** SQLSTATE. */; readonly code: string };

/** One part of a statement that asks the same of many tables. */
export interface Part {
  /** The table, for messages. */
  readonly what: string;
  readonly sql: string;
}

/** Tables a statement: each holds a lock on itself and its indexes while it runs, of some thousands that there are. */
const CHUNK = 200;
/** undefined_table, invalid_schema_name, undefined_column: gone since the catalogs were read. */
const GONE = new Set(['42P01', '3F000', '42703']);

/** Queries that may be refused without stopping the look: a damaged page, a table dropped in between, a user's slip. */
export class Tries {
  /** What could not be read, by its table; what is merely gone is not here. */
  readonly unreadable: { readonly what: string; readonly error: string }[] = [];

  constructor(private readonly client: ClientBase) {}

  /** Within a transaction that goes on, whatever the answer. */
  async within<Row extends object>(sql: string): Promise<Answer<Row>> {
    await this.client.query('SAVEPOINT try');
    const answer = await this.#asked<Row>(sql);
    await this.client.query('error' in answer ? 'ROLLBACK TO SAVEPOINT try' : 'RELEASE SAVEPOINT try');
    return answer;
  }

  /** In a read-only transaction of its own: what a user wrote cannot change anything either. */
  async alone<Row extends object>(sql: string): Promise<Answer<Row>> {
    await this.client.query('BEGIN READ ONLY');
    const answer = await this.#asked<Row>(sql);
    await this.client.query('ROLLBACK');
    return answer;
  }

  /** All parts, some hundred a statement; where a statement is refused its parts are asked one by one. */
  async each<Row extends object>(parts: readonly Part[]): Promise<Row[]> {
    const all: Row[] = [];
    for (let at = 0; at < parts.length; at += CHUNK) {
      const chunk = parts.slice(at, at + CHUNK);
      const answer = await this.alone<Row>(chunk.map(({ sql }) => `(${sql})`).join(' UNION ALL '));
      if ('rows' in answer) all.push(...answer.rows);
      else all.push(...(await this.#oneByOne<Row>(chunk)));
    }
    return all;
  }

  async #oneByOne<Row extends object>(parts: readonly Part[]): Promise<Row[]> {
    const all: Row[] = [];
    for (const { what, sql } of parts) {
      const answer = await this.alone<Row>(sql);
      if ('rows' in answer) all.push(...answer.rows);
      else if (!GONE.has(answer.code)) this.unreadable.push({ what, error: answer.error });
    }
    return all;
  }

  async #asked<Row extends object>(sql: string): Promise<Answer<Row>> {
    try {
      return { rows: (await this.client.query<Row>(sql)).rows };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // Without a SQLSTATE it is the connection that is gone, not the query that was refused.
      if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) throw error;
      return { error: message, code };
    }
  }
}

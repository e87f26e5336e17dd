import type { QueryConfig, QueryResult } from 'pg';
import { type Duration, SECOND } from '../domain/time';
import { OutOfTime, type Session } from './session';

/** What a query came to: its result, or how PostgreSQL refused it. */
export type Answer<Row extends object> = Pick<QueryResult<Row>, 'rows' | 'fields'> | Refused;

export interface Refused {
  readonly error: string;
  readonly cause: 'damaged' | 'gone' | 'out-of-time' | 'other';
  /** SQLSTATE. */
  readonly code: string;
}

/** One part of a statement that asks the same of many tables. */
export interface Part {
  /** The table, for messages. */
  readonly what: string;
  readonly sql: string;
}

export interface Asked<P extends Part, Row> {
  readonly rows: readonly Row[];
  /** The parts without an answer, and why. */
  readonly refused: readonly { readonly part: P; readonly why: string }[];
}

/** How long some hundred parts may take in one statement, and one by itself where that was refused. */
export interface Patience {
  readonly together: Duration;
  readonly alone: Duration;
}

export const PATIENCE: Patience = { together: Number.POSITIVE_INFINITY, alone: 30 * SECOND };

/** Tables a statement: each holds a lock on itself and its indexes while it runs, of some thousands that there are. */
const CHUNK = 200;
/** undefined_table, invalid_schema_name, undefined_column: gone since the catalogs were read. */
const GONE = new Set(['42P01', '3F000', '42703']);
/** data_corrupted, index_corrupted, and what comes of the disk: io_error, a file that is not there. */
const DAMAGED = /^(XX00[12]|58...)$/;
/** Of the connection, not of the query: nothing more is to be learned through it. */
const CUT_OFF = /^(57P0.|08...)$/;

/** Queries that may be refused without stopping the look: a damaged page, a lock, a table dropped in between, a slip. */
export class Tries {
  /** What cannot be read because it is damaged, by its table. What somebody held a lock on, say, is not here. */
  readonly unreadable: { readonly what: string; readonly error: string }[] = [];

  constructor(private readonly session: Session) {}

  /** Within a transaction that goes on, whatever the answer. */
  async within<Row extends object>(sql: string): Promise<Answer<Row>> {
    await this.session.client.query('SAVEPOINT try');
    const answer = await this.#asked<Row>(sql);
    await this.session.client.query(
      'error' in answer ? 'ROLLBACK TO SAVEPOINT try' : 'RELEASE SAVEPOINT try',
    );
    return answer;
  }

  /** In a read-only transaction of its own, while there is time. */
  async alone<Row extends object>(query: string | QueryConfig, most?: Duration): Promise<Answer<Row>> {
    if (this.session.isOver) return OVER;
    await this.session.begin('READ ONLY', most);
    const answer = await this.#asked<Row>(query);
    await this.session.client.query('ROLLBACK');
    return answer;
  }

  /** All parts, some hundred a statement; where a statement is refused its parts are asked one by one. */
  async each<Row extends object, P extends Part>(
    parts: readonly P[],
    patience: Patience = PATIENCE,
  ): Promise<Asked<P, Row>> {
    const rows: Row[] = [];
    const refused: { part: P; why: string }[] = [];
    for (let at = 0; at < parts.length; at += CHUNK) {
      const chunk = parts.slice(at, at + CHUNK);
      const together = chunk.map(({ sql }) => `(${sql})`).join(' UNION ALL ');
      const answer = await this.alone<Row>(together, patience.together);
      if ('rows' in answer) {
        rows.push(...answer.rows);
        continue;
      }
      for (const part of chunk) {
        const own = await this.alone<Row>(part.sql, patience.alone);
        if ('rows' in own) rows.push(...own.rows);
        else refused.push({ part, why: this.#why(part, own) });
      }
    }
    return { rows, refused };
  }

  #why({ what }: Part, { cause, error }: Refused): string {
    if (cause === 'damaged') this.unreadable.push({ what, error });
    return cause === 'gone' ? 'dropped while it was looked into' : error;
  }

  async #asked<Row extends object>(query: string | QueryConfig): Promise<Answer<Row>> {
    try {
      return await this.session.client.query<Row>(query);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // Without a SQLSTATE it is the connection that is gone, not the query that was refused.
      if (code === undefined || !/^[0-9A-Z]{5}$/.test(code) || CUT_OFF.test(code)) throw error;
      if (code === '57014' && this.session.isOver) return OVER;
      return { error: message, code, cause: causeOf(code) };
    }
  }
}

const OVER: Refused = { error: new OutOfTime().message, code: '57014', cause: 'out-of-time' };

function causeOf(code: string): Refused['cause'] {
  if (DAMAGED.test(code)) return 'damaged';
  return GONE.has(code) ? 'gone' : 'other';
}

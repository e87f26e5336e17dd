import type { ClientBase, QueryResultRow } from 'pg';
import { type Duration, MINUTE } from '../domain/time';

/** The time that a look has. */
export interface Limits {
  /** Until the look has to be over. */
  readonly timeLeft: () => Duration;
  /** The longest that one statement may take. */
  readonly statement: Duration;
}

/** Long enough to count what is small in a thousand schemas, with the cold disk of a database just restored. */
export const STATEMENT: Duration = 5 * MINUTE;

/** Where nothing counts down, as for a person at a terminal. */
export const UNHURRIED: Limits = { timeLeft: () => Number.POSITIVE_INFINITY, statement: STATEMENT };

export class OutOfTime extends Error {
  constructor() {
    super('out of time');
    this.name = 'OutOfTime';
  }
}

/** One connection, and the time that a look has on it: no statement begins without any, and none outlasts it. */
export class Session {
  constructor(
    readonly client: ClientBase,
    private readonly limits: Limits,
  ) {}

  get isOver(): boolean {
    return this.limits.timeLeft() <= 0;
  }

  /** @param most the longest that each of the transaction's statements may take */
  async begin(mode: string, most: Duration = this.limits.statement): Promise<void> {
    const limit = Math.min(most, this.limits.statement, this.limits.timeLeft());
    await this.client.query(`BEGIN ${mode}; SET LOCAL statement_timeout = ${milliseconds(limit)}`);
  }

  /** Within a transaction, where there is no look without the answer. */
  async ask<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    const left = this.limits.timeLeft();
    if (left <= 0) throw new OutOfTime();
    if (left < this.limits.statement)
      await this.client.query(`SET LOCAL statement_timeout = ${milliseconds(left)}`);
    try {
      return (await this.client.query<Row>(sql, values)).rows;
    } catch (error) {
      throw isCanceled(error) && this.isOver ? new OutOfTime() : error;
    }
  }
}

/** PostgreSQL takes 0 for no limit at all. */
function milliseconds(limit: Duration): number {
  return Math.max(1, Math.ceil(limit));
}

/** query_canceled: by statement_timeout, or by somebody. */
function isCanceled(error: unknown): boolean {
  return (error as { code?: string }).code === '57014';
}

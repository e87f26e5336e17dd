import type { QueryArrayConfig } from 'pg';
import type { OwnAnswer } from '../domain/inspection/facts';
import type { OwnCheck } from '../domain/inspection/own';
import type { Tries } from './tries';

/** Over the extended protocol, which takes one statement and no more: nothing can end the read-only transaction first. */
interface OneStatement extends QueryArrayConfig {
  readonly queryMode: 'extended';
}

/** The OID of boolean, in every database. */
const BOOLEAN = 16;

/** Values as PostgreSQL writes them, and not as JavaScript would: a date stays a date. */
const AS_WRITTEN = { getTypeParser: () => (text: string) => text } as unknown as QueryArrayConfig['types'];

/** What a slip in one check comes to is that check's answer. One that there was no time to ask has none. */
export async function ownAnswers(tries: Tries, checks: readonly OwnCheck[]): Promise<OwnAnswer[]> {
  const answers: OwnAnswer[] = [];
  for (const { name, sql } of checks) {
    const query: OneStatement = { text: sql, queryMode: 'extended', rowMode: 'array', types: AS_WRITTEN };
    const answer = await tries.alone<(string | null)[]>(query);
    if ('rows' in answer) answers.push({ name, value: firstOf(answer), error: null });
    else if (answer.cause !== 'out-of-time') answers.push({ name, value: null, error: answer.error });
  }
  return answers;
}

interface Result {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly fields: readonly { readonly dataTypeID: number }[];
}

function firstOf({ rows, fields }: Result): string | null {
  const value = rows[0]?.[0] ?? null;
  // PostgreSQL writes t and f; the policy has true and false.
  if (fields[0]?.dataTypeID === BOOLEAN && value !== null) return value === 't' ? 'true' : 'false';
  return value;
}

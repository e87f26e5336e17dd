import type { About, Check } from './check';
import type { DatabaseFacts } from './facts';

/** A check of the user's own: SQL whose first value is held against one of three expectations. */
export interface OwnCheck {
  readonly name: string;
  readonly sql: string;
  /** As PostgreSQL writes the value, to the letter; true or false for a boolean. */
  readonly expect: string | null;
  readonly min: number | null;
  readonly max: number | null;
}

export function checkOwn({ own }: DatabaseFacts, wanted: readonly OwnCheck[]): Check[] {
  const answers = new Map(own.map((answer) => [answer.name, answer]));
  return wanted.map((check) => {
    const about: About = { id: `own.${check.name}`, requirement: 'DR-7', expectation: expected(check) };
    const answer = answers.get(check.name);
    if (answer === undefined) return { ...about, verdict: 'unknown', found: 'not asked', subjects: [] };
    if (answer.error !== null)
      return {
        ...about,
        verdict: 'failed',
        found: `the query failed: ${answer.error}`,
        subjects: [check.name],
      };
    const holds = fits(check, answer.value);
    return {
      ...about,
      verdict: holds ? 'passed' : 'failed',
      found: answer.value ?? 'no value',
      subjects: holds ? [] : [check.name],
    };
  });
}

function expected({ expect, min, max }: OwnCheck): string {
  if (expect !== null) return `it answers ${expect}`;
  const bounds = [...(min === null ? [] : [`${min} or more`]), ...(max === null ? [] : [`${max} or less`])];
  return `it answers ${bounds.join(', ')}`;
}

function fits({ expect, min, max }: OwnCheck, value: string | null): boolean {
  if (value === null) return false;
  if (expect !== null) return value === expect;
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) return false;
  return (min === null || number >= min) && (max === null || number <= max);
}

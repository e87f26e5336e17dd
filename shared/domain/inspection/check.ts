/** `unknown`: the data to judge by is missing, which is no pass. */
export type Verdict = 'passed' | 'failed' | 'unknown';

/** One thing that was looked at in a database, what was expected of it, and what was found. */
export interface Check {
  /** Stable, as `tenants.schemas`: findings and their histories go by it. */
  readonly id: string;
  /** The requirement that it serves: `TEN-4`. */
  readonly requirement: string;
  readonly verdict: Verdict;
  readonly expectation: string;
  readonly found: string;
  /** What is wrong, by name: tenants, schemas, tables, roles. Empty where nothing is. */
  readonly subjects: readonly string[];
}

/** A check without a verdict yet: what it is about. */
export type About = Pick<Check, 'id' | 'requirement' | 'expectation'>;

/** Passes when nothing is wrong; else names what is, the first few in words and all as subjects. */
export function nothingWrong(about: About, wrong: readonly string[], fine: string, describe: string): Check {
  const subjects = [...new Set(wrong)].sort();
  return subjects.length === 0
    ? { ...about, verdict: 'passed', found: fine, subjects }
    : { ...about, verdict: 'failed', found: `${describe}: ${few(subjects)}`, subjects };
}

export function unknown(about: About, why: string): Check {
  return { ...about, verdict: 'unknown', found: why, subjects: [] };
}

const MOST_NAMES = 5;

/** The first names, and how many more there are. */
export function few(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

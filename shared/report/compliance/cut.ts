import { SEVERITIES } from '../../domain/findings/rules';
import type { Assessed, Standing } from './compliance';
import { gravestFirst, STANDINGS, standing } from './verdict';
import { about, counted } from './words';

/** So many findings of a kind are read one by one; what is more is counted. */
export const MOST_CARDS = 200;

/** So many rows of one control are a table; what is more is told in lines, which take a quarter of the room. */
export const MOST_ROWS = 40;

/** So many lines of one control and standing; what is more is counted: thousands of databases may each have their own. */
const MOST_LINES = 100;

/** Of what passed alike, a few names are enough. */
const MOST_PASSED = 5;

/** `300 more: 12 critical, 288 high; compliance.csv has all`; null where none is left out. */
export function leftWords(left: readonly Assessed[]): string | null {
  if (left.length === 0) return null;
  const counts = SEVERITIES.flatMap((severity) => {
    const its = left.filter((one) => one.severity === severity).length;
    return its === 0 ? [] : [`${its.toLocaleString('en-US')} ${severity}`];
  });
  return `${counted(left.length, 'more', 'more')}: ${counts.join(', ')}; compliance.csv has all`;
}

/** The assessments of one control, worst first. */
export interface OfControl {
  readonly control: string;
  readonly gravest: Assessed;
  readonly worst: Standing;
  readonly all: readonly Assessed[];
  /** `3 failed, 61 passed`. */
  readonly counts: string;
}

export function byControl(assessments: readonly Assessed[], at: string): OfControl[] {
  const by = new Map<string, Assessed[]>();
  for (const one of assessments) {
    const its = by.get(one.control);
    if (its === undefined) by.set(one.control, [one]);
    else its.push(one);
  }
  return [...by].flatMap(([control, its]): OfControl[] => {
    const [gravest] = [...its].sort(gravestFirst);
    if (gravest === undefined) return [];
    const sorted = STANDINGS.map(
      (wanted) => [wanted, its.filter((one) => standing(one, at) === wanted)] as const,
    );
    const there = sorted.filter(([, some]) => some.length > 0);
    return [
      {
        control,
        gravest,
        worst: there[0]?.[0] ?? 'unknown',
        all: there.flatMap(([, some]) => some),
        counts: there.map(([word, some]) => `${some.length.toLocaleString('en-US')} ${word}`).join(', '),
      },
    ];
  });
}

/** Those of which the same was found. */
export interface Line {
  readonly standing: Standing;
  readonly text: string;
}

/**
 * One line for all of which the same was found: with the names of all, of what passed with a few. What is left out is
 * counted in a last line.
 */
export function linesOf(all: readonly Assessed[], at: string): Line[] {
  const groups = new Map<string, { readonly first: Assessed; readonly names: string[] }>();
  for (const one of all) {
    const key = JSON.stringify([standing(one, at), foundWords(one), one.expected]);
    const group = groups.get(key) ?? { first: one, names: [] };
    groups.set(key, group);
    group.names.push(about(one.subject));
  }
  return STANDINGS.flatMap((wanted) => {
    const its = [...groups.values()].filter(({ first }) => standing(first, at) === wanted);
    const lines = its.slice(0, MOST_LINES).map(({ first, names }): Line => {
      const most = wanted === 'passed' ? MOST_PASSED : names.length;
      const more = names.length - most;
      const named = `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
      return { standing: wanted, text: `${foundWords(first)} (expected: ${first.expected}): ${named}` };
    });
    const left = its.slice(MOST_LINES).reduce((sum, { names }) => sum + names.length, 0);
    if (left === 0) return lines;
    return [...lines, { standing: wanted, text: `${counted(left, 'more', 'more')}; compliance.csv has all` }];
  });
}

export function foundWords({ found, unseen }: Assessed): string {
  return unseen === null ? found : `${found} (not seen now: ${unseen})`;
}

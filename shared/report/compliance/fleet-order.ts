import type { Verdict } from '../../domain/inspection/check';
import type { Assessed, Compliance, DatabaseStanding } from './compliance';
import { verdictOf } from './verdict';

/**
 * The pictures of one database are some 45 KB. So many databases are told in full, those with findings first: 2 MB that a
 * phone still opens at once. All others have a row in the table, and their assessments.
 */
export const MOST_PICTURED = 50;

export interface FleetRow {
  readonly standing: DatabaseStanding;
  readonly verdict: Verdict;
}

const ORDER: readonly Verdict[] = ['failed', 'unknown', 'passed'];

/** Worst first. */
export function fleetRows({ databases, assessments, at }: Compliance): FleetRow[] {
  const by = new Map<string, Assessed[]>();
  for (const one of assessments) {
    const its = by.get(one.subject.database);
    if (its === undefined) by.set(one.subject.database, [one]);
    else its.push(one);
  }
  return databases
    .map((standing): FleetRow => {
      const verdict = verdictOf(by.get(standing.database) ?? [], at);
      // Of what no policy selects, few promises are judged: those that hold are no pass.
      const isKnown = standing.unprotected === null || verdict === 'failed';
      return { standing, verdict: isKnown ? verdict : 'unknown' };
    })
    .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

/** What a table of databases leaves to say; null where all are told in full. */
export function picturedWords(rows: number): string | null {
  const left = rows - MOST_PICTURED;
  if (left <= 0) return null;
  const others = `${left.toLocaleString('en-US')} other${left === 1 ? ' has' : 's have'}`;
  return `${MOST_PICTURED} databases follow in full, those with findings first; ${others} a row above and assessments below.`;
}

import { type Duration, formatDuration, formatInstant, type Instant } from '../time';
import { type About, type Check, few, unknown } from './check';
import type { DatabaseFacts } from './facts';

/** The newest change that the data itself shows; null where no column of the policy shows one. */
export function newestChange({ freshness }: DatabaseFacts): Instant | null {
  const all = freshness.flatMap(({ newest }) => (newest === null ? [] : [newest]));
  return all.length === 0 ? null : Math.max(...all);
}

/**
 * REC-1: how old the newest change is, against the moment that the data is said to be of: a snapshot's own time, or now
 * on the live database. The measured recovery point is no older than the data, and no younger than that moment: rows that
 * claim to be are told of, and do not count.
 *
 * @param as what the data is said to be of
 * @param quiet how long the database may write nothing, in the least busy hour
 */
export function checkFreshness(facts: DatabaseFacts, as: Instant, quiet: Duration): Check {
  const about: About = {
    id: 'freshness.newest-change',
    requirement: 'REC-1',
    expectation: `the newest change is no older than ${formatDuration(quiet)} before ${formatInstant(as)}`,
  };
  const ahead = facts.freshness.filter((one) => one.ahead > 0);
  const unasked = facts.freshness.flatMap(({ schema, table, why }) =>
    why === null ? [] : [`${schema}.${table} (${why})`],
  );
  const beside = [
    ...(ahead.length === 0 ? [] : [`of the future: ${few(ahead.map(told))}`]),
    ...(unasked.length === 0 ? [] : [`not asked: ${few(unasked)}`]),
  ];
  const newest = newestChange(facts);
  if (newest === null)
    return unknown(about, ['no table of the policy shows when it was changed', ...beside].join('; '));
  const age = `${formatInstant(newest)}, ${formatDuration(Math.max(0, as - newest))} before`;
  const found = [age, ...beside].join('; ');
  if (as - newest <= quiet) return { ...about, verdict: 'passed', found, subjects: [] };
  // What could not be asked may be newer.
  return unasked.length > 0 ? unknown(about, found) : { ...about, verdict: 'failed', found, subjects: [] };
}

function told({ schema, table, ahead }: DatabaseFacts['freshness'][number]): string {
  return `${schema}.${table} (${ahead} ${ahead === 1 ? 'row' : 'rows'})`;
}

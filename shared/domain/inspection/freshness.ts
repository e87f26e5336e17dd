import { type Duration, formatDuration, formatInstant, type Instant } from '../time';
import { type About, type Check, unknown } from './check';
import type { DatabaseFacts } from './facts';

/** The newest change that the data itself shows; null where no column of the policy shows one. */
export function newestChange({ freshness }: DatabaseFacts): Instant | null {
  const all = freshness.flatMap(({ newest }) => (newest === null ? [] : [newest]));
  return all.length === 0 ? null : Math.max(...all);
}

/**
 * REC-1: how old the newest change is, against the moment that the data is said to be of: a snapshot's own time, or now
 * on the live database. The measured recovery point is no older than the data, and no younger than that moment.
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
  const newest = newestChange(facts);
  if (newest === null) return unknown(about, 'no table of the policy shows when it was changed');
  const found = `${formatInstant(newest)}, ${formatDuration(Math.max(0, as - newest))} before`;
  return { ...about, verdict: as - newest <= quiet ? 'passed' : 'failed', found, subjects: [] };
}

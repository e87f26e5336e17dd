import type { Pass } from '../controls/control';
import { type Duration, HOUR, type Instant, MINUTE, SECOND } from '../time';
import type { FindingsDocument } from './document';
import { timesChanged } from './times';

/**
 * How long after its own time a run may still be at work, and more: Scheduler tries to start the daily pass for an hour, a
 * light one for ten minutes (`deploy/schedules.yml`), Lambda keeps its event for ten, and it runs for five
 * (`serverless.yml`). So long at most does a clock that went ahead hold the light passes up.
 */
export const RUNS_LATE: Readonly<Record<Pass, Duration>> = { light: 30 * MINUTE, daily: 2 * HOUR };

/**
 * The moment that a run's document is of, and that all is judged for. A late run does not turn time back: what it sees is
 * of now, and would look younger than it is. A document that is further ahead than a run can be late was written by a
 * wrong clock: time goes on with this run's.
 *
 * @param now the run's own time
 */
export function momentOf(previous: Pick<FindingsDocument, 'at'> | null, now: Instant, pass: Pass): Instant {
  const own = Math.floor(now / SECOND) * SECOND;
  return previous === null || previous.at - own > RUNS_LATE[pass] ? own : Math.max(own, previous.at);
}

/**
 * A document without what a wrong clock wrote: each of its instants that lies after this moment is brought back to it.
 * Else claims would not end, nobody would be reminded, and nothing would be late, until that time has come. The ends of
 * waivers come from the policy, and stay.
 */
export function broughtBack(document: FindingsDocument, moment: Instant): FindingsDocument {
  if (document.at <= moment) return document;
  const back = (time: unknown, field?: string) =>
    typeof time === 'number' && field !== 'until' ? Math.min(time, moment) : time;
  const { unknowns, ...rest } = document;
  return {
    ...(timesChanged(rest, back) as typeof rest),
    unknowns: Object.fromEntries(
      Object.entries(unknowns).map(([id, since]) => [id, Math.min(since, moment)]),
    ),
  };
}

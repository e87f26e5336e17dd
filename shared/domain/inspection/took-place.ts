import { type Duration, HOUR, type Instant } from '../time';

/** Longer than an event waits for its run: a server's clock that is further off tells another time. */
const LONGEST_WAIT: Duration = 6 * HOUR;

/**
 * When something took place that was meant for an instant. A run that waited, behind another or for Lambda, came later than
 * that; the server's clock knows when.
 */
export function tookPlace(meant: Instant, byServer: Instant): Instant {
  return byServer > meant && byServer - meant <= LONGEST_WAIT ? byServer : meant;
}

import type { DatabaseStanding, RestoreTested, RestoreTrend } from './compliance';
import { day, lasting } from './words';

/* What every format says of a database, in the same words. */

/** `12m of 1h`: the age now, of what is promised, at home. */
export function pointWords({ recoveryPoints, promise }: DatabaseStanding): string {
  const now = recoveryPoints[0]?.points.at(-1)?.seconds ?? null;
  return `${now === null ? 'unknown' : lasting(now)} of ${lasting(promise.pointSeconds)}`;
}

/** `2026-03-10, passed`: the newest test, in whichever region. */
export function restoreWords({ restoreTests }: DatabaseStanding): string {
  const newest = restoreTests.reduce<RestoreTested | null>(
    (last, one) => (last === null || one.requested > last.requested ? one : last),
    null,
  );
  return newest === null ? 'never' : `${day(newest.requested)}, ${newest.verdict}`;
}

/** @param now at which the forecast may have come true */
export function forecastWords(trend: RestoreTrend | null, now: string): string {
  if (trend === null) return 'too few tests for a forecast (four over three weeks)';
  const growth =
    Math.round(trend.secondsPerDay) === 0
      ? 'restores take as long as they did'
      : `restores get ${lasting(Math.abs(trend.secondsPerDay))} ${trend.secondsPerDay > 0 ? 'longer' : 'shorter'} each day`;
  if (trend.breaksAt === null) return `${growth}, and stay within the promise for two years`;
  return trend.breaksAt <= now
    ? `${growth}, and are beyond the promise by now`
    : `${growth}: the promise breaks on ${day(trend.breaksAt)}`;
}

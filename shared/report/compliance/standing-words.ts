import type { DatabaseStanding, RestoreTested, RestoreTrend } from './compliance';
import { counted, day, exactly, lasting, moment } from './words';

/* What every format says of a database, in the same words. */

/** `12m of 1h`: the age now, of what is promised, at home. */
export function pointWords({ recoveryPoints, promise }: DatabaseStanding): string {
  const now = recoveryPoints[0]?.points.at(-1)?.seconds ?? null;
  const age = typeof now === 'number' ? lasting(now) : now === 'none' ? 'none' : 'unknown';
  return promise === null ? age : `${age} of ${lasting(promise.pointSeconds)}`;
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
      : `restores get ${exactly(Math.abs(trend.secondsPerDay))} ${trend.secondsPerDay > 0 ? 'longer' : 'shorter'} each day`;
  if (trend.breaksAt === null) return `${growth}, and stay within the promise for two years`;
  return trend.breaksAt <= now
    ? `${growth}, and are beyond the promise by now`
    : `${growth}: the promise breaks on ${day(trend.breaksAt)}`;
}

/** `10 of 12 tests passed; ...`: all tests of one region, the newest of them, and where they lead. */
export function restoresInWords(
  tests: readonly RestoreTested[],
  trend: RestoreTrend | null,
  promise: number | null,
  now: string,
): string {
  const newest = tests.at(-1);
  const passed = tests.filter(({ verdict }) => verdict === 'passed').length;
  const last =
    newest === undefined
      ? 'none yet'
      : `the newest of ${moment(newest.requested)} ${newest.verdict}${newest.seconds === null ? '' : ` in ${lasting(newest.seconds)}`}`;
  const promised = promise === null ? [] : [`the promise is ${lasting(promise)}`];
  return [
    `${passed} of ${counted(tests.length, 'test')} passed`,
    last,
    ...promised,
    forecastWords(trend, now),
  ].join('; ');
}

/** How long a restore took, to the last answer of the restored database. */
export function tookWords(seconds: number | null): string {
  return seconds === null ? 'nobody got in' : lasting(seconds);
}

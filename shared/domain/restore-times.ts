import { DAY, type Duration, type Instant } from './time';

/** How long one restore test took, from asking RDS to the last answer of the restored database. */
export interface Took {
  readonly at: Instant;
  readonly took: Duration;
}

/** Fewer tests, or a shorter time, tell nothing about growth. */
const FEWEST = 4;
const SHORTEST: Duration = 21 * DAY;
/** Nobody plans on a line drawn further than this. */
const HORIZON: Duration = 2 * 365 * DAY;

export interface Forecast {
  /** How much longer a restore takes with each day. Negative where it gets shorter. */
  readonly perDay: Duration;
  /** When the line crosses the promise; null where it does not within two years. */
  readonly breaksAt: Instant | null;
  /** How many tests the line was drawn through. */
  readonly tests: number;
}

/**
 * REC-2: when growth will break the promised recovery time, by the straight line that fits the tests best (least
 * squares). Null where the tests are too few, or lie too close together, to tell.
 */
export function forecast(tests: readonly Took[], promise: Duration, now: Instant): Forecast | null {
  const times = tests.map(({ at }) => at);
  if (tests.length < FEWEST || Math.max(...times) - Math.min(...times) < SHORTEST) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // Days from the mean: squares of milliseconds since 1970 would eat the digits.
  const middle = mean(times);
  const days = times.map((time) => (time - middle) / DAY);
  const level = mean(tests.map(({ took }) => took));
  const squares = days.reduce((sum, day) => sum + day * day, 0);
  const perDay = tests.reduce((sum, { took }, at) => sum + (days[at] ?? 0) * (took - level), 0) / squares;
  const today = level + perDay * ((now - middle) / DAY);
  const breaksAt = today >= promise ? now : perDay > 0 ? now + ((promise - today) / perDay) * DAY : null;
  return {
    perDay: Math.round(perDay),
    breaksAt: breaksAt === null || breaksAt > now + HORIZON ? null : Math.round(breaksAt),
    tests: tests.length,
  };
}

/** The middle one of several lengths of time; null of none. */
export function median(lengths: readonly Duration[]): Duration | null {
  const sorted = [...lengths].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

import type { Aged } from '../../domain/recovery-ages';
import { formatInstant, HOUR, type Instant, SECOND } from '../../domain/time';
import type { AgePoint, AgeSeries } from './compliance';

/** What was measured at earlier looks, and the place it is about. */
export interface Measured {
  readonly region: string;
  readonly of: string;
  readonly promiseSeconds: number;
  /** In any order. */
  readonly ages: readonly Aged[];
}

/** The age of the recovery point as earlier looks measured it, up to now: what nobody has looked at since is unknown. */
export function measuredAges({ region, of, promiseSeconds, ages }: Measured, now: Instant): AgeSeries {
  const points = [...ages]
    .sort((a, b) => a.at - b.at)
    .map(
      ({ at, age }): AgePoint => ({
        at: formatInstant(at),
        seconds: typeof age === 'number' ? Math.round(age / SECOND) : age,
      }),
    );
  const last = ages.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY);
  if (points.length === 0 || now - last < 2 * HOUR) return { region, of, promiseSeconds, points };
  const silence: AgePoint[] = [last + HOUR, now].map((at) => ({ at: formatInstant(at), seconds: null }));
  return { region, of, promiseSeconds, points: [...points, ...silence] };
}

import { isGood, type Snapshot } from '../../domain/snapshot';
import { formatInstant, type Instant, SECOND } from '../../domain/time';
import type { AgeSeries } from './compliance';

/** What was measured at earlier looks, and the place it is about. */
export interface Measured {
  readonly region: string;
  readonly of: string;
  readonly promiseSeconds: number;
  /** Null: nobody could tell. In any order. */
  readonly ages: readonly { readonly at: Instant; readonly age: number | null }[];
}

/** The age of the recovery point as earlier looks measured it. */
export function measuredAges({ region, of, promiseSeconds, ages }: Measured): AgeSeries {
  const points = [...ages]
    .sort((a, b) => a.at - b.at)
    .map(({ at, age }) => ({
      at: formatInstant(at),
      seconds: age === null ? null : Math.round(age / SECOND),
    }));
  return { region, of, promiseSeconds, points };
}

/**
 * The age of the newest recovery point as the snapshots that are left tell it: it grows with the clock, and falls when
 * the next one appears. What retention has thinned out looks older than it was, so `from` is best no longer ago than
 * the promise of every slot's snapshot reaches.
 *
 * @param from the first moment told of
 */
export function agesBySnapshots(
  place: Omit<Measured, 'ages'>,
  snapshots: readonly Snapshot[],
  from: Instant,
  now: Instant,
): AgeSeries {
  const there = snapshots
    .filter(isGood)
    .map((one) => ({
      point: one.recoveryPoint as Instant,
      appeared: one.created ?? (one.recoveryPoint as Instant),
    }))
    .sort((a, b) => a.appeared - b.appeared);
  const ages: { at: Instant; age: number | null }[] = [];
  let newest: Instant | null = null;
  const tell = (at: Instant) => ages.push({ at, age: newest === null ? null : at - newest });
  for (const { point, appeared } of there) {
    if (appeared > now) break;
    if (newest !== null && point <= newest) continue;
    const shown = appeared > from;
    if (shown && ages.length === 0) tell(from);
    // Just before it appeared, the age was at its worst.
    if (shown) tell(appeared - SECOND);
    newest = point;
    if (shown) tell(appeared);
  }
  if (ages.length === 0) tell(from);
  tell(now);
  return measuredAges({ ...place, ages });
}

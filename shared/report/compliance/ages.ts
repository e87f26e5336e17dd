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

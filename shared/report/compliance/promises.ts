import type { Promised } from './compliance';
import { agreement, lasting } from './words';

export const NO_SLOTS =
  'Slots: the snapshots could not be listed, or nothing says how often they are to be taken.';
export const NO_TESTS = 'Restore tests: none yet. A backup counts only once it has been restored.';

/** What is promised of a database, name by name. */
export function promises(promise: Promised): (readonly [name: string, value: string])[] {
  const every = (seconds: number | null) => (seconds === null ? 'not promised' : `every ${lasting(seconds)}`);
  return [
    ['Policy', promise.policy],
    ['Objectives', agreement(promise.agreed)],
    ['Recovery point (RPO)', lasting(promise.pointSeconds)],
    ['Recovery time (RTO)', lasting(promise.timeSeconds)],
    ['Snapshots', every(promise.everySeconds)],
    ['Kept', promise.retention || 'the newest alone'],
    [
      'Copies',
      promise.copies
        .map(({ region, pointSeconds }) => `${region}, at most ${lasting(pointSeconds)} old`)
        .join('; ') || 'not promised',
    ],
    [
      'Point-in-time recovery',
      promise.pitr === null
        ? 'not promised'
        : `${promise.pitr.days} days back, window ${promise.pitr.window} UTC`,
    ],
    ['Restore tests', every(promise.restoreTestSeconds)],
    ['Failover drills', every(promise.failoverDrillSeconds)],
    ['Key rotation', every(promise.keyRotationSeconds)],
  ];
}

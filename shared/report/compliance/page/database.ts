import { h, type JSX } from 'preact';
import type { Verdict } from '../../../domain/inspection/check';
import type { Compliance, DatabaseStanding, Promised } from '../compliance';
import { agreement, lasting } from '../words';
import { keyTable, rotations } from './keys';
import { facts, folded, mark } from './parts';
import { recoveryPoint } from './recovery';
import { restores } from './restores';
import { inspection } from './tenants';
import { timeline } from './timeline';

/** One database: what is promised of it, and the pictures of how that is kept. */
export function database(
  id: string,
  standing: DatabaseStanding,
  { keys, at }: Compliance,
  verdict: Verdict,
  unfolded: boolean,
): JSX.Element {
  const { slots, recoveryPoints, restoreTests } = standing;
  const its = new Set(standing.keys);
  const own = keys.filter(({ arn }) => its.has(arn));
  const pictures = [
    slots === null
      ? h('p', null, 'Slots: the snapshots could not be listed.')
      : timeline(`${id}-slots`, slots),
    recoveryPoints.map((series, number) => recoveryPoint(`${id}-point-${number}`, series)),
    restoreTests.length === 0
      ? h('p', null, 'Restore tests: none yet. A backup counts only once it has been restored.')
      : restores(`${id}-restores`, standing, at),
    rotations(`${id}-rotations`, own, at),
  ];
  const inside = [
    facts(promises(standing.promise), 'facts'),
    h('div', { class: 'pictures' }, pictures),
    own.length === 0 ? null : keyTable(`${id}-keys`, `that ${standing.database} hangs on`, own),
    inspection(standing.inspection),
  ];
  return h(
    'div',
    { class: 'database' },
    h(
      'h3',
      { id },
      mark(verdict),
      ': ',
      standing.database,
      h('span', { class: 'soft' }, ` in ${standing.region}`),
    ),
    unfolded ? inside : folded('Promises and pictures', inside),
  );
}

function promises(promise: Promised): (readonly [string, string])[] {
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

import { h, type JSX } from 'preact';
import type { Verdict } from '../../../domain/inspection/check';
import type { Compliance, DatabaseStanding } from '../compliance';
import { NO_SLOTS, NO_TESTS, promises } from '../promises';
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
    slots === null ? h('p', null, NO_SLOTS) : timeline(`${id}-slots`, slots),
    recoveryPoints.map((series, number) => recoveryPoint(`${id}-point-${number}`, series)),
    restoreTests.length === 0 ? h('p', null, NO_TESTS) : restores(`${id}-restores`, standing, at),
    rotations(`${id}-rotations`, own, at),
  ];
  const inside = [
    standing.unprotected === null
      ? null
      : h('p', null, `Nothing new is known to be backed up: ${standing.unprotected}.`),
    standing.promise === null
      ? h('p', null, 'No policy promises anything of it.')
      : facts(promises(standing.promise), 'facts'),
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

import { copiesAgree } from '../../../../../shared/domain/controls/copies-agree';
import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import {
  AWAY,
  at,
  copyOf,
  copyTarget,
  HOME,
  onDemand,
  retention,
  slotSnapshot,
} from '../../../../support/builders';
import { complete, judged, keptCopies, keptSlots, NOW, seen } from '../../../../support/seen';

const slot = (text: string) => slotSnapshot(at(text));
const without = (text: string) => keptCopies().filter(({ id }) => id !== copyOf(slot(text)).id);

it('passes where every slot that both ends keep has its copy', () => {
  expect(judged(copiesAgree, seen())).toMatchObject({
    subject: { database: 'qrosity-db', region: AWAY },
    verdict: 'passed',
    found: '31 slots, each with its copy',
  });
});

it('names the slots without a copy, and what they would cost', () => {
  expect(judged(copiesAgree, seen({ away: without('2026-03-04 23:00') }))).toMatchObject({
    verdict: 'failed',
    found: 'of 31 slots, without a good copy: holdfast-qrosity-db-20260304-2300',
    cost: 'the way back to 2026-03-04T23:02:00Z and the like, if us-east-1 is lost now',
    measure: { value: 1, unit: 'slots' },
  });
});

it.each([
  ['not good', { state: 'failed' as const }],
  ['not ours', { tags: { 'holdfast:owner': 'other' } }],
  [
    'of another snapshot',
    { tags: { 'holdfast:copy-of': 'arn:aws:rds:us-east-1:111122223333:snapshot:else' } },
  ],
])('takes no copy for one that is %s', (_, fields) => {
  const source = slot('2026-03-04 23:00');
  const away = [...without('2026-03-04 23:00'), copyOf(source, fields)];
  expect(judged(copiesAgree, seen({ away })).verdict).toBe('failed');
});

it('fails where a copy is of another moment than its source', () => {
  const source = slot('2026-03-04 23:00');
  const away = [...without('2026-03-04 23:00'), copyOf(source, { recoveryPoint: at('2026-03-04 23:01') })];
  expect(judged(copiesAgree, seen({ away })).found).toBe(
    'of 31 slots, of another moment than the copy: holdfast-qrosity-db-20260304-2300',
  );
});

it('waits for the copy of a slot as long as its region was granted', () => {
  // The slot of 07:00 is of 07:02: it is due at 09:02 and a moment.
  const look = (now: number) => seen({ away: without('2026-03-10 07:00') }, { now });
  expect(judged(copiesAgree, look(at('2026-03-10 09:02'))).verdict).toBe('passed');
  expect(judged(copiesAgree, look(at('2026-03-10 09:02') + 1)).verdict).toBe('failed');
});

it('asks for no copy that either end would not keep', () => {
  const short = complete({ copies: [copyTarget({ retention: retention({ hourly: 6 }) })] });
  const away = keptCopies().filter(({ recoveryPoint }) => NOW - (recoveryPoint ?? 0) < 8 * HOUR);
  expect(judged(copiesAgree, seen({ away }, { policy: short })).verdict).toBe('passed');
});

it('asks for no copy of what was taken by hand, nor of what is not good', () => {
  const home = [
    ...keptSlots(),
    onDemand(at('2026-03-09 22:30'), '30d'),
    slotSnapshot(at('2026-03-03 20:00'), { state: 'failed' }),
  ];
  expect(judged(copiesAgree, seen({ home })).found).toBe('31 slots, each with its copy');
});

it('lets a later copy of the day stand for it, although its source is gone', () => {
  const daily = complete({ copies: [copyTarget({ retention: retention({ daily: 30 }) })] });
  const home = [slot('2026-03-04 22:00'), slot('2026-03-10 09:00')];
  const later = copyOf(slot('2026-03-04 23:00'));
  expect(judged(copiesAgree, seen({ home, away: [later] }, { policy: daily })).verdict).toBe('passed');
  expect(judged(copiesAgree, seen({ home, away: [] }, { policy: daily })).verdict).toBe('failed');
});

it('lets no on-demand snapshot there stand for a day', () => {
  const daily = complete({ copies: [copyTarget({ retention: retention({ daily: 30 }) })] });
  const home = [slot('2026-03-04 22:00'), slot('2026-03-10 09:00')];
  const byHand = onDemand(at('2026-03-04 23:00'), '30d', { region: AWAY });
  expect(judged(copiesAgree, seen({ home, away: [byHand] }, { policy: daily })).verdict).toBe('failed');
});

it('judges nothing of a database whose slots are all too young', () => {
  const young = slotSnapshot(at('2026-03-10 09:00'), { recoveryPoint: NOW - MINUTE });
  expect(judged(copiesAgree, seen({ home: [young], away: [] })).found).toBe(
    'no slot is old enough to be judged',
  );
});

it.each([HOME, AWAY])('is unknown where %s could not be seen', (region) => {
  const snapshots = new Map([...seen().snapshots, [region, { unseen: 'throttled' }]]);
  expect(judged(copiesAgree, seen({}, { snapshots }))).toMatchObject({
    verdict: 'unknown',
    found: 'throttled',
  });
  expect(keptSlots()).toHaveLength(33);
});

import { choose, isItsTick, TICK, turnOf } from '../../../../functions/test-restore/choose';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import {
  AWAY,
  at,
  copyOf,
  foreign,
  HOME,
  place,
  policy,
  restoreTest,
  slotSnapshot,
} from '../../../support/builders';

const slots = ['05:00', '06:00', '07:00', '08:00'].map((hour) => slotSnapshot(at(`2026-03-01 ${hour}`)));
const copies = slots.slice(0, 3).map((one) => copyOf(one));
const regions = new Map<string, readonly Snapshot[]>([
  [HOME, slots],
  [AWAY, copies],
]);
const names = Array.from({ length: 500 }, (_, index) => `db-${index}`);

const chosen = (turn: number, seen = regions, rules = restoreTest()) => {
  const choice = choose('qrosity-db', rules, seen, policy(), turn);
  return choice === null ? null : `${choice.as}: ${choice.snapshot.id}`;
};

describe('what is tested', () => {
  it('is the newest at home, the newest copy, an older one, and so on again', () => {
    expect([0, 1, 3, 4].map((turn) => chosen(turn))).toEqual([
      'the newest in us-east-1: holdfast-qrosity-db-20260301-0800',
      'the newest in us-west-2: holdfast-qrosity-db-20260301-0700-from-us-east-1',
      'the newest in us-east-1: holdfast-qrosity-db-20260301-0800',
      'the newest in us-west-2: holdfast-qrosity-db-20260301-0700-from-us-east-1',
    ]);
    expect(chosen(2)).toMatch(/^an older one by chance/);
  });

  it('is by chance of all older ones, in both regions, the same one in every run', () => {
    const older = Array.from({ length: 60 }, (_, index) => chosen(2 + 3 * index));
    expect(older).toEqual(Array.from({ length: 60 }, (_, index) => chosen(2 + 3 * index)));
    // Three older ones at home and two away.
    expect(new Set(older).size).toBe(5);
  });

  it('is the next kind where there is none of this one', () => {
    expect(chosen(1, new Map([[HOME, slots]]))).toMatch(/^an older one/);
    expect(
      chosen(
        2,
        new Map([
          [HOME, slots.slice(3)],
          [AWAY, copies.slice(2)],
        ]),
      ),
    ).toMatch(/^the newest in us-east-1/);
    expect(chosen(0, new Map([[AWAY, copies]]))).toMatch(/^the newest in us-west-2/);
  });

  it('is nothing where there is no good one of ours, and never in a region without a place', () => {
    const bad = slotSnapshot(at('2026-03-01 08:00'), { state: 'pending', recoveryPoint: null });
    expect(chosen(0, new Map([[HOME, [bad, foreign()]]]))).toBeNull();
    const homeOnly = restoreTest({ places: [place(HOME)] });
    expect([0, 1, 2, 3].map((turn) => chosen(turn, regions, homeOnly)?.includes('from-us-east-1'))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the turn of a database', () => {
  it('lasts for the period, and the next begins where it ends', () => {
    const now = at('2026-03-04 12:00');
    const { start, number } = turnOf('qrosity-db', 7 * DAY, now);
    expect(now - start).toBeGreaterThanOrEqual(0);
    expect(now - start).toBeLessThan(7 * DAY);
    expect(turnOf('qrosity-db', 7 * DAY, start)).toEqual({ start, number });
    expect(turnOf('qrosity-db', 7 * DAY, start + 7 * DAY - 1)).toEqual({ start, number });
    expect(turnOf('qrosity-db', 7 * DAY, start + 7 * DAY)).toEqual({
      start: start + 7 * DAY,
      number: number + 1,
    });
  });

  it('begins at another time of the week for each of a fleet', () => {
    const now = at('2026-03-04 12:00');
    const byDay = new Map<number, number>();
    for (const name of names) {
      const day = Math.floor((turnOf(name, 7 * DAY, now).start % (7 * DAY)) / DAY);
      byDay.set(day, (byDay.get(day) ?? 0) + 1);
    }
    // 71 a day were it perfect.
    expect(byDay.size).toBe(7);
    expect([...byDay.values()].every((count) => count > 40 && count < 110)).toBe(true);
  });
});

it('asks about each database in one tick of an hour', () => {
  for (const name of names.slice(0, 50)) {
    const ticks = Array.from({ length: 12 }, (_, index) => at('2026-03-01 09:00') + index * TICK);
    expect(ticks.filter((tick) => isItsTick(name, tick))).toHaveLength(1);
    // Woken in between by an event, it is the same tick.
    const [its] = ticks.filter((tick) => isItsTick(name, tick));
    expect(isItsTick(name, (its ?? 0) + 4 * MINUTE)).toBe(true);
    expect(isItsTick(name, (its ?? 0) + HOUR)).toBe(true);
  }
});

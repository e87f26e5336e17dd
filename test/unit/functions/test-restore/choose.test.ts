import { asksWhatIsDue, choose, placeFor, TICK, turnOf } from '../../../../functions/test-restore/choose';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { DAY, MINUTE } from '../../../../shared/domain/time';
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
const hourOf = (text: string) => at(`2026-03-01 ${text}`);
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

describe('what is due is asked', () => {
  const hour = at('2026-03-01 09:00');
  const ticks = Array.from({ length: 12 }, (_, index) => hour + index * TICK + MINUTE);

  it('in one tick of an hour, also by a wake-up in it', () => {
    expect(ticks.filter((tick) => asksWhatIsDue(tick, 0, 2))).toEqual([hour + MINUTE]);
    expect([hour, hour + TICK - 1, hour + TICK].map((now) => asksWhatIsDue(now, 0, 2))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('in every tick while tests are under way and there is room for more', () => {
    expect(ticks.every((tick) => asksWhatIsDue(tick, 1, 2))).toBe(true);
    expect(ticks.filter((tick) => asksWhatIsDue(tick, 2, 2))).toEqual([hour + MINUTE]);
  });
});

it("finds the place of a snapshot's region, with the family of its engine in the group's name", () => {
  const rules = restoreTest({ places: [{ ...place(HOME), parameterGroup: 'tests-{family}' }] });
  expect(placeFor(rules, slotSnapshot(hourOf('08:00'), { engineVersion: '16.4' }))?.parameterGroup).toBe(
    'tests-postgres16',
  );
  expect(placeFor(rules, copyOf(slotSnapshot(hourOf('08:00'))))).toBeNull();
});

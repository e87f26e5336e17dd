import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import { measuredAges } from '../../../../../shared/report/compliance/ages';
import { recoveryWords } from '../../../../../shared/report/compliance/recovery-words';
import { trends } from '../../../../../shared/report/compliance/standing';
import {
  type Age,
  lateStretches,
  spans,
  thinned,
  withCrossings,
} from '../../../../../shared/report/compliance/stretches';
import { AWAY, at } from '../../../../support/builders';
import { failing } from './samples';

const PLACE = { region: AWAY, of: 'copies', promiseSeconds: 7_200 };

describe('the age of the recovery point', () => {
  const now = at('2026-03-10 09:30');

  it('is told in order of time, as it was measured', () => {
    const ages = [
      { at: at('2026-03-10 09:00'), age: 'none' as const },
      { at: at('2026-03-10 08:00'), age: 90 * MINUTE },
    ];
    expect(measuredAges({ ...PLACE, ages }, now).points.map(({ seconds }) => seconds)).toEqual([
      5_400,
      'none',
    ]);
  });

  it('is not known now where nobody has looked for hours', () => {
    const ages = [{ at: at('2026-03-10 05:00'), age: 90 * MINUTE }];
    expect(measuredAges({ ...PLACE, ages }, now).points).toEqual([
      { at: '2026-03-10T05:00:00Z', seconds: 5_400 },
      { at: '2026-03-10T06:00:00Z', seconds: null },
      { at: '2026-03-10T09:30:00Z', seconds: null },
    ]);
  });
});

describe('the recovery point in words', () => {
  const words = (...points: [time: string, seconds: number | 'none' | null][]) =>
    recoveryWords({
      ...PLACE,
      points: points.map(([time, seconds]) => ({ at: `2026-03-10T${time}:00Z`, seconds })),
    });

  it('says kept of what was measured, and for how long that was', () => {
    expect(words(['06:00', 60], ['09:00', 120])).toBe(
      '2m old now; at worst 2m since 2026-03-10 06:00 UTC; the promise of 2h was kept',
    );
    expect(words(['06:00', 60], ['07:00', null], ['08:00', 120])).toBe(
      '2m old now; at worst 2m since 2026-03-10 06:00 UTC; the promise of 2h was kept while somebody looked: measured for 1h of 2h, nobody looked in between',
    );
    expect(words(['06:00', 60])).toContain('was kept at this one look');
    expect(words()).toBeNull();
  });

  it('never says kept of time without a recovery point, which it names', () => {
    expect(words(['06:00', 60], ['07:00', 'none'], ['07:50', 120])).toBe(
      '2m old now; at worst 2m since 2026-03-10 06:00 UTC; the promise of 2h was exceeded once, for 50m; no recovery point from 2026-03-10 07:00 UTC to 2026-03-10 07:50 UTC (50m)',
    );
    expect(words(['06:00', 60], ['07:00', 'none'], ['09:30', 'none'])).toMatch(
      /^no recovery point now; .*exceeded once, for 2h30m; no recovery point since 2026-03-10 07:00 UTC$/,
    );
    expect(words(['06:00', 'none'], ['07:00', 'none'])).not.toMatch(/kept|at worst/);
  });

  it('counts what nobody looked at for neither', () => {
    expect(words(['06:00', 9_000], ['07:00', null], ['12:00', null])).toBe(
      'not known now; at worst 2h30m since 2026-03-10 06:00 UTC; the promise of 2h was exceeded once, for 1h; measured for 1h of 6h, nobody looked in between',
    );
  });
});

describe('a broken promise', () => {
  const ages = [0, 10, 70, 50, 60, 60, 90].map((minutes, hour) => ({
    at: hour * HOUR,
    seconds: minutes * 60,
  }));

  it('lasts from where the line goes through it to where it comes back', () => {
    expect(lateStretches(ages, 3_600)).toEqual([
      { from: 1 * HOUR + 50 * MINUTE, to: 2 * HOUR + 30 * MINUTE, worst: 4_200 },
      { from: 4 * HOUR, to: 6 * HOUR, worst: 5_400 },
    ]);
  });

  it('is all of the time that there was no recovery point', () => {
    const gone = [60, 'none', 'none', 60, null, 60].map((seconds, hour) => ({
      at: hour * HOUR,
      seconds: seconds as Age['seconds'],
    }));
    expect(lateStretches(gone, 3_600)).toEqual([{ from: HOUR, to: 3 * HOUR, worst: 'none' }]);
    expect(spans(gone, null)).toEqual([{ from: 4 * HOUR, to: 5 * HOUR }]);
  });

  it('ends where the age comes back to the promise, not where it is looked at next', () => {
    const back = [7_200, 0, 0].map((seconds, hour) => ({ at: hour * HOUR, seconds }));
    expect(lateStretches(back, 3_600)).toEqual([{ from: 0, to: HOUR / 2, worst: 7_200 }]);
  });

  it('is none while the age is exactly as promised, or not known', () => {
    const on = [3_600, 3_600, null, 3_600].map((seconds, hour) => ({ at: hour * HOUR, seconds }));
    expect(lateStretches(on, 3_600)).toEqual([]);
    expect(
      withCrossings(
        [
          { at: 0, seconds: null },
          { at: HOUR, seconds: 9_000 },
        ],
        3_600,
      ),
    ).toHaveLength(2);
  });

  it('is still drawn when a year of looks is thinned out', () => {
    const year = Array.from({ length: 52_560 }, (_, look) => ({
      at: look * 10 * MINUTE,
      seconds: look === 30_000 ? 9_999 : look === 40_000 ? null : 300,
    }));
    const few = thinned(year, 400);
    expect(few.length).toBeLessThan(1_300);
    expect(few).toContainEqual({ at: 30_000 * 10 * MINUTE, seconds: 9_999 });
    expect(few).toContainEqual({ at: 40_000 * 10 * MINUTE, seconds: null });
    expect([...few].sort((a, b) => a.at - b.at)).toEqual(few);
  });
});

describe('the trend of restores', () => {
  it('is a straight line through the tests of one region, from the first of them on', () => {
    const [database] = failing().databases;
    const tests = database?.restoreTests ?? [];
    const [home, away] = trends(tests, 4 * 3_600, at('2026-03-10 09:30'));
    // Eleven minutes more each week.
    expect(home?.secondsPerDay).toBeCloseTo(660 / 7, 1);
    expect(home?.line[0]).toEqual({ at: '2025-12-23T07:30:00Z', seconds: 7_200 });
    expect(home?.tests).toBe(11);
    expect(away?.region).toBe(AWAY);
  });

  it('is none of too few tests', () => {
    const [database] = failing().databases;
    expect(trends((database?.restoreTests ?? []).slice(0, 4), 4 * 3_600, at('2026-03-10 09:30'))).toEqual([]);
  });
});

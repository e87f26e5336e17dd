import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import { measuredAges } from '../../../../../shared/report/compliance/ages';
import {
  lateStretches,
  thinned,
  withCrossings,
} from '../../../../../shared/report/compliance/page/stretches';
import { trends } from '../../../../../shared/report/compliance/standing';
import { AWAY, at } from '../../../../support/builders';
import { failing } from './samples';

const PLACE = { region: AWAY, of: 'copies', promiseSeconds: 7_200 };

describe('the age of the recovery point', () => {
  it('is told in order of time, as it was measured', () => {
    const ages = [
      { at: at('2026-03-10 09:00'), age: null },
      { at: at('2026-03-10 08:00'), age: 90 * MINUTE },
    ];
    expect(measuredAges({ ...PLACE, ages }).points.map(({ seconds }) => seconds)).toEqual([5_400, null]);
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

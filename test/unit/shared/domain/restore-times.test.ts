import { forecast, median, type Took } from '../../../../shared/domain/restore-times';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import { at } from '../../../support/builders';
import fc from '../../../support/seeded';

const NOW = at('2026-06-01 00:00');
/** Weekly tests up to now, each so much longer than the one before. */
const weekly = (count: number, first: number, more: number): Took[] =>
  Array.from({ length: count }, (_, index) => ({
    at: NOW - (count - 1 - index) * 7 * DAY,
    took: first + index * more,
  }));

describe('the forecast of restore times', () => {
  it('says when a steady growth crosses the promise', () => {
    // 60 minutes now, ten more a week: 180 more minutes to the promise of four hours are 18 weeks.
    expect(forecast(weekly(5, 20 * MINUTE, 10 * MINUTE), 4 * HOUR, NOW)).toEqual({
      perDay: Math.round((10 * MINUTE) / 7),
      breaksAt: NOW + 18 * 7 * DAY,
      tests: 5,
    });
  });

  it.each([
    ['there are three tests', weekly(3, HOUR, MINUTE)],
    [
      'they lie within twenty days',
      weekly(4, HOUR, MINUTE).map((one, index) => ({ ...one, at: NOW - index * 6 * DAY })),
    ],
  ])('says nothing where %s', (_, tests) => {
    expect(forecast(tests, 4 * HOUR, NOW)).toBeNull();
  });

  it('names no day where the times do not grow, or so slowly that nobody knows', () => {
    expect(forecast(weekly(6, HOUR, 0), 4 * HOUR, NOW)).toMatchObject({ perDay: 0, breaksAt: null });
    expect(forecast(weekly(6, HOUR, -MINUTE), 4 * HOUR, NOW)?.breaksAt).toBeNull();
    expect(forecast(weekly(6, HOUR, 1_000), 4 * HOUR, NOW)?.breaksAt).toBeNull();
  });

  it('names today where the line is over the promise already', () => {
    expect(forecast(weekly(6, 5 * HOUR, MINUTE), 4 * HOUR, NOW)?.breaksAt).toBe(NOW);
  });

  // Bites when the line is drawn through the wrong axis, or the day is counted from another one than now.
  it('draws the line on which the promise is met at the day that it names', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 4, maxLength: 30 }), (minutes) => {
        const tests = minutes.map((took, index) => ({ at: NOW - index * 7 * DAY, took: took * MINUTE }));
        const line = forecast(tests, 4 * HOUR, NOW);
        if (line?.breaksAt == null || line.breaksAt === NOW) return;
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const level = mean(tests.map(({ took }) => took));
        const middle = mean(tests.map((one) => one.at));
        // perDay is rounded to a millisecond: over two years that is less than a minute.
        expect(Math.abs(level + line.perDay * ((line.breaksAt - middle) / DAY) - 4 * HOUR)).toBeLessThan(
          MINUTE,
        );
        expect(line.breaksAt).toBeGreaterThan(NOW);
      }),
    );
  });
});

it('takes the middle of an odd number, and between the middle two of an even one', () => {
  expect([median([]), median([5]), median([9, 1, 5]), median([8, 2, 4, 100])]).toEqual([null, 5, 5, 6]);
});

import { keptByTier, periodOf, TIERS } from '../../../../shared/domain/retention';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import { at, retention, slotSnapshot } from '../../../support/builders';
import fc from '../../../support/seeded';

describe('periods', () => {
  it.each([
    ['hourly', '2026-03-01 09:00', '2026-03-01 09:59:59.999', '2026-03-01 10:00'],
    ['daily', '2024-02-29 00:00', '2024-02-29 23:59:59.999', '2024-03-01 00:00'],
    ['weekly', '2026-03-02 00:00', '2026-03-08 23:59:59.999', '2026-03-09 00:00'],
    ['monthly', '2024-02-01 00:00', '2024-02-29 23:59:59.999', '2024-03-01 00:00'],
    ['yearly', '2024-01-01 00:00', '2024-12-31 23:59:59.999', '2025-01-01 00:00'],
  ] as const)('of the %s tier begin and end on the millisecond', (tier, first, last, next) => {
    expect(periodOf(tier, at(last))).toBe(periodOf(tier, at(first)));
    expect(periodOf(tier, at(next))).toBe(periodOf(tier, at(first)) + 1);
  });

  it('begin weeks on Monday also before 1970-01-05', () => {
    expect(periodOf('weekly', at('1970-01-01 00:00'))).toBe(0);
    expect(periodOf('weekly', at('1970-01-05 00:00'))).toBe(1);
  });
});

it('holds 54 at most under 24 hourly and 30 daily, at any minute of a steady schedule', () => {
  const tiers = retention({ hourly: 24, daily: 30 });
  const all = Array.from({ length: 24 * 40 }, (_, n) => slotSnapshot(at('2026-01-20 00:00') + n * HOUR));
  const standing = Array.from({ length: 48 }, (_, half) => {
    const now = at('2026-02-27 00:05') + half * 30 * MINUTE;
    return keptByTier(
      all.filter(({ recoveryPoint }) => (recoveryPoint ?? 0) <= now),
      tiers,
      now,
    ).size;
  });
  expect(Math.max(...standing)).toBe(54);
});

describe('any retention over any snapshots', () => {
  const start = at('2024-02-01 00:00');
  const snapshots = fc
    .uniqueArray(fc.integer({ min: 0, max: 90 * 24 * 4 }), { maxLength: 60 })
    .map((quarters) =>
      quarters.map((n) => slotSnapshot(start + n * 15 * MINUTE, { recoveryPoint: start + n * 15 * MINUTE })),
    );
  const tiers = fc.record({
    hourly: fc.nat(48),
    daily: fc.nat(40),
    weekly: fc.nat(8),
    monthly: fc.nat(4),
    yearly: fc.nat(2),
  });
  const now = fc.integer({ min: start + 90 * DAY, max: start + 120 * DAY });

  // Bites: with `<` for `<=` at the end of a period's time; with the list taken as it comes.
  it('keeps for every live period of every tier the newest one in it', () => {
    fc.assert(
      fc.property(snapshots, tiers, now, (all, kept, instant) => {
        const result = keptByTier(all, kept, instant);
        for (const tier of TIERS) {
          for (const period of new Set(all.map((one) => periodOf(tier, one.recoveryPoint as number)))) {
            if (kept[tier] === 0 || periodOf(tier, instant) - period > kept[tier]) continue;
            const members = all.filter((one) => periodOf(tier, one.recoveryPoint as number) === period);
            const newest = members.reduce((a, b) =>
              (a.recoveryPoint ?? 0) >= (b.recoveryPoint ?? 0) ? a : b,
            );
            expect(result.has(newest.id)).toBe(true);
          }
        }
      }),
    );
  });

  // Bites: with the list taken as it comes; with the oldest of a period kept and not the newest.
  it('never drops now what it will keep later, whatever the order of the list', () => {
    fc.assert(
      fc.property(snapshots, tiers, now, fc.nat(40 * 24), (all, kept, instant, hours) => {
        const today = keptByTier(all, kept, instant);
        const later = keptByTier([...all].reverse(), kept, instant + hours * HOUR);
        expect([...later.keys()].filter((id) => !today.has(id))).toEqual([]);
      }),
    );
  });
});

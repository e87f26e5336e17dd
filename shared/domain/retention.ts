import type { Retention, Tier } from './policy';
import { isGood, newestFirst, type RecoveryPoint } from './snapshot';
import { DAY, HOUR, type Instant } from './time';

export const TIERS: readonly Tier[] = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'];

/**
 * The number of the tier's period that an instant lies in; neighbors differ by one. UTC throughout: weeks begin on
 * Monday, months and years are the calendar's, so a leap day is a day like any other.
 */
export function periodOf(tier: Tier, instant: Instant): number {
  switch (tier) {
    case 'hourly':
      return Math.floor(instant / HOUR);
    case 'daily':
      return Math.floor(instant / DAY);
    case 'weekly':
      // 1970-01-01 was a Thursday: three days on, weeks begin on Monday.
      return Math.floor((Math.floor(instant / DAY) + 3) / 7);
    case 'monthly': {
      const date = new Date(instant);
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    }
    case 'yearly':
      return new Date(instant).getUTCFullYear();
  }
}

/**
 * Which snapshots the tiers keep, and for which tier: the newest good one of each period, until so many whole periods
 * have passed since its own ended. The period under way comes on top, so `daily: 30` holds 30 whole days plus
 * today, and nothing is younger than 30 days when it goes (REC-6).
 *
 * Age is that of the recovery point, never of the copy (aws-facts: Snapshots and copies).
 */
export function keptByTier(
  snapshots: readonly RecoveryPoint[],
  retention: Retention,
  now: Instant,
): Map<string, Tier> {
  const newest = snapshots.filter(isGood).sort(newestFirst);
  const kept = new Map<string, Tier>();
  for (const tier of TIERS) {
    const seen = new Set<number>();
    for (const { id, recoveryPoint } of newest) {
      const period = periodOf(tier, recoveryPoint as Instant);
      if (seen.has(period)) continue;
      seen.add(period);
      const live = retention[tier] > 0 && periodOf(tier, now) - period <= retention[tier];
      if (live && !kept.has(id)) kept.set(id, tier);
    }
  }
  return kept;
}

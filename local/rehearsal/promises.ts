import type { Protection } from '../../shared/domain/policy';
import { keptByTier, periodOf, TIERS } from '../../shared/domain/retention';
import { isGood } from '../../shared/domain/snapshot';
import { type Duration, formatDuration, type Instant } from '../../shared/domain/time';
import type { Standing } from './operator';

/** One promise of the policy, held against what was measured. */
export interface Verdict {
  readonly promise: string;
  readonly limit: string;
  readonly measured: string;
  readonly held: boolean;
}

/** What a region's loss cost, measured in the restored data. */
export interface Recovery {
  readonly region: string;
  readonly snapshot: string;
  readonly recoveryPoint: Instant;
  /** From the request to the first answered query, on the virtual clock. */
  readonly took: Duration;
  readonly lostTime: Duration;
  readonly lostRows: number;
  readonly keptRows: number;
  readonly missingTenants: readonly string[];
  /** Tables whose rows are not exactly those confirmed up to the recovery point. */
  readonly tornTables: readonly string[];
}

export interface Measurements {
  readonly protection: Protection;
  readonly lostAt: Instant;
  /** `LatestRestorableTime` of the instance just before its region went. */
  readonly restorable: Instant | null;
  /** By region, just before the loss. */
  readonly standing: ReadonlyMap<string, readonly Standing[]>;
  readonly recoveries: readonly Recovery[];
  /** The oldest that the newest recovery point ever was, by region, at any tick from its first one on. */
  readonly worstAge: ReadonlyMap<string, Duration>;
  readonly slots: { readonly due: number; readonly taken: number };
  /** The moment of the first good snapshot, by region: nothing older can be asked of the retention. */
  readonly first: ReadonlyMap<string, Instant>;
}

export function judge(found: Measurements, home: string): Verdict[] {
  const { protection, lostAt, restorable, recoveries } = found;
  const verdicts: Verdict[] = [];
  const within = (promise: string, limit: Duration, measured: Duration | null) =>
    verdicts.push({
      promise,
      limit: formatDuration(limit),
      measured: measured === null ? 'nothing to measure' : formatDuration(measured),
      held: measured !== null && measured <= limit,
    });
  const none = (promise: string, wrong: readonly string[]) =>
    verdicts.push({
      promise,
      limit: 'none',
      measured: wrong.length === 0 ? 'none' : wrong.join(', '),
      held: wrong.length === 0,
    });

  if (protection.pitr !== null) {
    within(
      'recovery.point, instance lost, by PITR',
      protection.recovery.point,
      restorable === null ? null : lostAt - restorable,
    );
  } else {
    within(
      'recovery.point, instance lost, by snapshots',
      protection.recovery.point,
      found.worstAge.get(home) ?? null,
    );
  }
  const { due, taken } = found.slots;
  verdicts.push({
    promise: 'snapshots.every: slots taken',
    limit: `${due}`,
    measured: `${taken}`,
    held: taken === due,
  });
  for (const [index, { region, point }] of protection.copies.entries()) {
    const recovery = recoveries.find((one) => one.region === region);
    within(`copies[${index}].point, ${home} lost: rows`, point, recovery?.lostTime ?? null);
    within(`copies[${index}].point, worst age in ${region}`, point, found.worstAge.get(region) ?? null);
    within(`recovery.time, restored in ${region}`, protection.recovery.time, recovery?.took ?? null);
    none(`whole in ${region}: torn tables, missing tenants`, [
      ...(recovery?.tornTables ?? ['not restored']),
      ...(recovery?.missingTenants ?? []),
    ]);
  }
  for (const [region, standing] of found.standing) {
    const retention =
      protection.copies.find((copy) => copy.region === region)?.retention ?? protection.retention;
    none(
      `retention in ${region}: periods without a recovery point`,
      gaps(standing, retention, found.first.get(region) ?? lostAt, lostAt),
    );
  }
  return verdicts;
}

/** How many of the standing recovery points each tier keeps. */
export function byTier(
  standing: readonly Standing[],
  protection: Protection,
  region: string,
  now: Instant,
): Record<string, number> {
  const retention =
    protection.copies.find((copy) => copy.region === region)?.retention ?? protection.retention;
  const kept = keptByTier(standing, retention, now);
  const counts: Record<string, number> = {};
  for (const { id } of standing) {
    const tier = kept.get(id) ?? 'on their way or not pruned yet';
    counts[tier] = (counts[tier] ?? 0) + 1;
  }
  return counts;
}

/** Whole periods that the retention covers, since the first recovery point, of which none stands. */
function gaps(
  standing: readonly Standing[],
  retention: Protection['retention'],
  first: Instant,
  now: Instant,
): string[] {
  if (!standing.some(isGood)) return ['all: no recovery point stands'];
  return TIERS.flatMap((tier) => {
    const points = new Set(
      standing.flatMap(({ recoveryPoint }) =>
        recoveryPoint === null ? [] : [periodOf(tier, recoveryPoint)],
      ),
    );
    const current = periodOf(tier, now);
    const oldest = Math.max(current - retention[tier], periodOf(tier, first));
    const missing: string[] = [];
    // Not the current period nor the one before: their copy may be on its way.
    for (let period = oldest; period < current - 1; period += 1)
      if (!points.has(period)) missing.push(`${tier} ${current - period} ago`);
    return missing;
  });
}

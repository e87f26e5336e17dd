import { isAct } from '../../shared/domain/decision';
import type { Limits, TestPlace } from '../../shared/domain/policy';
import type { Quota } from '../../shared/domain/quota';
import { familyOf } from './choose';
import { type Begin, hold, type TestDecision } from './plan';

/** What stands in the way of beginning a test, as far as it could be learned. */
export interface Circumstances {
  /** Tests that have begun and are not cleaned away, in all regions. */
  readonly underWay: number;
  /** DB instances by region; one whose quota could not be asked for is not in it. */
  readonly quotas: ReadonlyMap<string, Quota>;
  /** By `placeKey`; a place that could not be looked at is not in it. */
  readonly places: ReadonlyMap<string, { readonly family: string; readonly preloaded: readonly string[] }>;
}

export function placeKey({ region, subnetGroup, parameterGroup }: TestPlace): string {
  return `${region} ${subnetGroup} ${parameterGroup}`;
}

/** RDS's own default, for an endpoint that does not tell (aws-facts: Quotas). */
export const MOST_INSTANCES = 40;

/**
 * Lets tests begin as far as the limits go: so many at once, so many instances left of the quota to everybody else, and in
 * places only that RDS takes for the engine and that jobs of the restored database cannot fire from (aws-facts: PITR and
 * restore). What a look that failed would have to tell begins nothing: the look's own line says so.
 */
export function admit(
  decisions: readonly TestDecision[],
  { underWay, quotas, places }: Circumstances,
  limits: Pick<Limits, 'restoreTests' | 'spareInstances'>,
): TestDecision[] {
  let running = underWay;
  const begun = new Map<string, number>();
  return decisions.flatMap((decision): TestDecision[] => {
    if (!isAct(decision) || decision.action.kind !== 'begin') return [decision];
    const { subject, action, reason } = decision;
    const { region } = subject;
    const place = places.get(placeKey(action.place));
    const quota = quotas.get(region);
    if (place === undefined || quota === undefined) return [];
    const used = quota.used + (begun.get(region) ?? 0);
    // One that is on hold already has its place among those under way.
    const counted = reason === 'held';
    const refused =
      unfit(action, place) ??
      (counted ? null : crowded(running, limits)) ??
      cramped({ used, most: quota.most }, region, limits);
    if (refused !== null) {
      const later = refused.reason !== 'no-place' && reason !== 'asked';
      return [hold(subject, later ? 'postponed' : 'refused', refused.reason, refused.detail, refused.hint)];
    }
    if (!counted) running += 1;
    begun.set(region, (begun.get(region) ?? 0) + 1);
    return [decision];
  });
}

interface Refused {
  readonly reason: 'no-place' | 'too-many' | 'no-head-room';
  readonly detail: string;
  readonly hint: string;
}

function unfit(
  { place, snapshot }: Begin,
  { family, preloaded }: { readonly family: string; readonly preloaded: readonly string[] },
): Refused | null {
  const group = `the parameter group ${place.parameterGroup} in ${place.region}`;
  if (preloaded.includes('pg_cron')) {
    return {
      reason: 'no-place',
      detail: `${group} preloads pg_cron: jobs would fire in the test`,
      hint: 'name one in restoreTest.places that does not',
    };
  }
  const needed = familyOf(snapshot.engineVersion);
  if (family === needed) return null;
  return {
    reason: 'no-place',
    detail: `${group} is of the family ${family}, and ${snapshot.id} of PostgreSQL ${snapshot.engineVersion}`,
    hint: `make one of the family ${needed}; restoreTest.places takes {family} in its name, where backups are of several versions`,
  };
}

function crowded(running: number, { restoreTests }: Pick<Limits, 'restoreTests'>): Refused | null {
  if (running < restoreTests) return null;
  return {
    reason: 'too-many',
    detail: `${running} tests are under way, and limits.restoreTests is ${restoreTests}`,
    hint: 'wait for one of them, or raise the limit',
  };
}

function cramped(
  { used, most }: Quota,
  region: string,
  { spareInstances }: Pick<Limits, 'spareInstances'>,
): Refused | null {
  if (used + 1 + spareInstances <= most) return null;
  return {
    reason: 'no-head-room',
    detail: `${used} of ${most} DB instances in ${region} stand, and ${spareInstances} are left to others`,
    hint: 'raise the quota "DB instances" of the region, or lower limits.spareInstances',
  };
}

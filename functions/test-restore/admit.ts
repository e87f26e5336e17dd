import { type Act, isAct } from '../../shared/domain/decision';
import type { Limits, TestPlace } from '../../shared/domain/policy';
import type { Quota } from '../../shared/domain/quota';
import { hold, type TestAction, type TestDecision, type TestReason } from './plan';

/** What stands in the way of beginning a test, as far as it could be learned. */
export interface Circumstances {
  /** Tests that have begun and are not cleaned away, in all regions. */
  readonly underWay: number;
  /** DB instances by region. */
  readonly quotas: ReadonlyMap<string, Quota>;
  /** What the parameter group of a place preloads, by `placeKey`; a place that is not in it could not be used. */
  readonly preloaded: ReadonlyMap<string, readonly string[]>;
}

export function placeKey({ region, subnetGroup, parameterGroup }: TestPlace): string {
  return `${region} ${subnetGroup} ${parameterGroup}`;
}

/** RDS's own default, for an endpoint that does not tell (aws-facts: Quotas). */
export const MOST_INSTANCES = 40;

/** Whether an act is the first of a test: on our own snapshot a hold, on any other the restore itself. */
export function begins({ action, reason }: Act<TestAction, TestReason>): boolean {
  return action.kind === 'hold' || (action.kind === 'restore' && reason === 'asked');
}

/**
 * Lets tests begin as far as the limits go: so many at once, so many instances left of the quota to everybody else, and in
 * places only that jobs of the restored database cannot fire from (aws-facts: PITR and restore).
 */
export function admit(
  decisions: readonly TestDecision[],
  { underWay, quotas, preloaded }: Circumstances,
  { restoreTests, spareInstances }: Limits,
): TestDecision[] {
  let running = underWay;
  const begun = new Map<string, number>();
  return decisions.flatMap((decision): TestDecision[] => {
    if (!isAct(decision) || !begins(decision)) return [decision];
    const { subject, action, reason } = decision;
    if (action.kind !== 'hold' && action.kind !== 'restore') return [decision];
    const byHand = reason === 'asked';
    const { region } = subject;
    const libraries = preloaded.get(placeKey(action.place));
    // Told already by the look that failed.
    if (libraries === undefined) return [];
    if (libraries.includes('pg_cron')) {
      const detail = `the parameter group ${action.place.parameterGroup} in ${region} preloads pg_cron: jobs would fire in the test`;
      return [hold(subject, 'refused', 'no-place', detail, 'name one in restoreTest.places that does not')];
    }
    if (running >= restoreTests) {
      const detail = `${running} tests are under way, and limits.restoreTests is ${restoreTests}`;
      return [
        hold(
          subject,
          byHand ? 'refused' : 'postponed',
          'too-many',
          detail,
          'wait for one of them, or raise the limit',
        ),
      ];
    }
    const quota = quotas.get(region);
    const used = (quota?.used ?? 0) + (begun.get(region) ?? 0);
    const most = quota?.most ?? MOST_INSTANCES;
    if (used + 1 + spareInstances > most) {
      const detail = `${used} of ${most} DB instances in ${region} stand, and ${spareInstances} are left to others`;
      return [
        hold(
          subject,
          byHand ? 'refused' : 'postponed',
          'no-head-room',
          detail,
          'raise the quota "DB instances" of the region, or lower limits.spareInstances',
        ),
      ];
    }
    running += 1;
    begun.set(region, (begun.get(region) ?? 0) + 1);
    return [decision];
  });
}

import { standings } from '../arithmetic-standing';
import type { Policy, Protection, Retention } from '../policy';
import { keptByTier } from '../retention';
import { regionsOf } from '../selection';
import { slotAt } from '../slot';
import { isGood, isOnDemand, type RecoveryPoint, type Snapshot } from '../snapshot';
import { DAY, HOUR, type Instant } from '../time';
import { aws } from './command';
import { control, type Judgment } from './control';
import { type Finding, given, unknown, within } from './finding';
import { partOf } from './part';
import { databasesOf, type Selected } from './scope';
import type { Quotas, Seen } from './seen';
import { ownSnapshots } from './snapshots-seen';

const EXPECTED = 'what the schedule adds within a week fits the quota';

export const quotaSnapshots = control(
  {
    id: 'quota-snapshots',
    title: 'The quota has room for the snapshots of the next week',
    requirements: ['REC-5', 'REC-6', 'REC-8'],
    severity: 'high',
    rationale:
      'With the quota full, the next snapshot is refused and the recovery point begins to age. What is coming is known: the schedule and the retention say how many there will be.',
    remedy: {
      text: 'Have the quota raised, keep fewer, or delete what nobody needs',
      command: 'aws service-quotas list-service-quotas --region REGION --service-code rds',
    },
    runbook: 'docs/policy.md#the-arithmetic',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-2(2)', 'NIST 800-53 CP-9', 'ISO 27001 A.8.6', 'SOC 2 A1.1'],
  },
  (seen) =>
    regionsOf(seen.policy).map(
      (region): Judgment => ({
        subject: { database: '*', region },
        expected: EXPECTED,
        ...given(partOf(seen.quotas, region, `the quota of ${region}`), (quotas) =>
          judge(region, quotas, seen),
        ),
      }),
    ),
);

function judge(region: string, { snapshots: quota }: Quotas, seen: Seen): Finding {
  const command = aws('service-quotas', 'list-service-quotas', '--region', region, '--service-code', 'rds');
  if (quota === null) return unknown('the endpoint does not tell the quota of manual snapshots', command);
  const databases = databasesOf(seen);
  if ('unseen' in databases) return unknown(databases.unseen);
  let ahead = quota.used;
  for (const one of databases.seen) {
    const retention = retentionIn(region, one.protection, seen);
    if (retention === null) continue;
    const part = ownSnapshots(seen, region, one.database);
    if ('unseen' in part) return unknown(part.unseen);
    const slots = part.seen.filter((snapshot) => !isOnDemand(snapshot));
    ahead += Math.max(
      0,
      inAWeek(slots, one, retention, seen.now) + slackOf(region, one, seen) - slots.length,
    );
  }
  const found = `${quota.used} of ${quota.most} used, ${ahead} within a week`;
  return within(
    ahead <= quota.most,
    found,
    { value: ahead - quota.most, unit: 'snapshots too many' },
    {
      cost: 'once it is full no snapshot is taken or copied, and the recovery points grow older',
      command,
    },
  );
}

function retentionIn(region: string, protection: Protection, { policy }: Seen): Retention | null {
  if (region === policy.home) return protection.retention;
  return protection.copies.find((target) => target.region === region)?.retention ?? null;
}

/** The most that retention keeps on any of the next seven days, of what stands and of what the schedule adds. */
function inAWeek(
  slots: readonly Snapshot[],
  { protection }: Selected,
  retention: Retention,
  now: Instant,
): number {
  // Of several in an hour all but the last go with their hour.
  const step = Math.max(protection.snapshots.every, HOUR);
  const points: RecoveryPoint[] = slots.filter(isGood);
  let most = 0;
  let next = slotAt(now, step) + step;
  for (let day = 1; day <= 7; day += 1) {
    for (; next <= now + day * DAY; next += step) {
      points.push({ id: `slot ${next}`, state: 'available', recoveryPoint: next });
    }
    most = Math.max(most, keptByTier(points, retention, now + day * DAY).size);
  }
  return most;
}

/** By policy: the search through the calendar takes up to a second. */
const SLACK = new WeakMap<Policy, Map<string, number>>();

/** What stands beside the kept ones: what is being made, and what waits for the next prune run. */
function slackOf(region: string, { protection }: Selected, { policy }: Seen): number {
  const known = SLACK.get(policy) ?? new Map<string, number>();
  SLACK.set(policy, known);
  const of = (where: string) => `${protection.name} ${where}`;
  if (!known.has(of(region))) {
    for (const { region: where, kept, peak } of standings(protection, policy.home))
      known.set(of(where), peak - kept);
  }
  return known.get(of(region)) ?? 0;
}

import { DAY, type Duration, MINUTE } from '../time';
import { eventsOf } from './command';
import { control } from './control';
import { lasting } from './figures';
import { type Finding, failed, passed, unknown } from './finding';
import { partOf } from './part';
import { ofDatabases, type Selected } from './scope';
import type { Drill, Seen } from './seen';

/** Drills have a weekly window (failoverDrill.window): one that misses it comes a week later. */
const GRACE: Duration = 7 * DAY;

export const failoverDrilled = control(
  {
    id: 'failover-drilled',
    title: 'A failover was tried as often as promised, and within the recovery time',
    requirements: ['DR-4', 'DR-5', 'DR-6'],
    severity: 'medium',
    rationale:
      'A failover that nobody has tried this quarter is a hope: connection strings, timeouts and people change faster than databases.',
    remedy: {
      text: 'Fail over on purpose in the agreed window, time it, and keep the result',
      command:
        'aws rds reboot-db-instance --region REGION --db-instance-identifier DATABASE --force-failover',
    },
    runbook: 'docs/recovery.md#1-fail-over-to-the-other-zone',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-4', 'NIST 800-53 CP-10(4)', 'ISO 27001 A.5.30', 'SOC 2 A1.3'],
  },
  ofDatabases(
    ({ failoverDrill, recovery }) =>
      failoverDrill === null
        ? null
        : `the newest drill passed within ${lasting(recovery.time)}, and is no older than ${lasting(failoverDrill.every)} (failoverDrill.every)`,
    (one, seen) => {
      const part = partOf(seen.drills, one.database.id, 'the record of failover drills');
      if ('unseen' in part) return unknown(part.unseen, failoversOf(one));
      return judge(one, part.seen, seen);
    },
  ),
);

/** Looks, and does nothing: a failover is for the agreed window, not for whoever reads a notice at night. */
function failoversOf({ database }: Selected): string {
  return eventsOf(database, (14 * DAY) / MINUTE, '--event-categories', 'failover');
}

function judge(one: Selected, drill: Drill | null, { now }: Seen): Finding {
  const { database, protection } = one;
  const every = protection.failoverDrill?.every ?? 0;
  const command = failoversOf(one);
  const more = { cost: 'nobody knows whether a failover works, or how long it takes', command };
  if (drill === null) {
    const since = database.created;
    if (since === null || now - since <= every + GRACE)
      return unknown('no failover has been tried yet', command);
    return failed(`no failover has been tried in ${lasting(now - since)}`, more);
  }
  const age = Math.max(0, now - drill.at);
  const found = `tried ${lasting(age)} ago: ${drill.found}`;
  if (!drill.passed) return failed(found, more);
  if (drill.took > protection.recovery.time)
    return failed(
      `${found}; it took ${lasting(drill.took)}, and the promise is ${lasting(protection.recovery.time)}`,
      more,
    );
  return age <= every + GRACE
    ? passed(`${found}; it took ${lasting(drill.took)}`)
    : failed(`${found}; the promise is every ${lasting(every)}`, more);
}

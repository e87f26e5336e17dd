import { DAY, type Instant } from '../time';
import { aws } from './command';
import { control } from './control';
import { count, day, inDays } from './figures';
import { type Finding, failed, given, passed } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Maintenance, Seen } from './seen';

/** Two weekly maintenance windows to choose from. */
const AHEAD = 14 * DAY;

export const maintenancePlanned = control(
  {
    id: 'maintenance-planned',
    title: 'AWS forces no maintenance within two weeks',
    requirements: ['DR-4', 'OPS-1'],
    severity: 'low',
    rationale:
      'Maintenance that nobody plans comes when AWS says so, restarts the instance, and stands in the way of a failover that is tried on purpose.',
    remedy: {
      text: 'Have it done in a window of your own',
      command:
        'aws rds apply-pending-maintenance-action --region REGION --resource-identifier ARN --apply-action ACTION --opt-in-type next-maintenance',
    },
    runbook: 'docs/controls.md#maintenance-planned',
    pass: 'daily',
    frameworks: [],
  },
  ofDatabases(
    () => 'no pending action is forced within 14 days',
    (one, seen) => given(one.maintenance, (pending) => judge(one, pending, seen)),
  ),
);

function judge({ database }: Selected, pending: readonly Maintenance[], { now }: Seen): Finding {
  const forced = pending
    .flatMap(({ action, forced }) => (forced === null ? [] : [{ action, forced }]))
    .sort((a, b) => a.forced - b.forced || (a.action < b.action ? -1 : 1));
  const [first] = forced;
  if (first === undefined)
    return passed(
      pending.length === 0
        ? 'nothing is pending'
        : `${count(pending.length, 'action')} pending, none of them forced`,
    );
  const found = `${first.action} is forced ${when(first.forced, now)}`;
  if (first.forced - now > AHEAD) return passed(found);
  return failed(found, {
    cost: 'a restart at a moment that nobody chose',
    command: aws(
      ...['rds', 'apply-pending-maintenance-action', '--region', database.region],
      ...['--resource-identifier', database.arn, '--apply-action', first.action],
      ...['--opt-in-type', 'next-maintenance'],
    ),
  });
}

function when(at: Instant, now: Instant): string {
  return `${inDays(at, now)}, on ${day(at)}`;
}

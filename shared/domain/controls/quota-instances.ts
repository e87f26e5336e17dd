import { room } from '../quota';
import { regionsOf } from '../selection';
import { aws } from './command';
import { control, type Judgment } from './control';
import { count } from './figures';
import { type Finding, given, unknown, within } from './finding';
import { partOf } from './part';
import { databasesOf } from './scope';
import type { Quotas, Seen } from './seen';

export const quotaInstances = control(
  {
    id: 'quota-instances',
    title: 'Every region has room for the instances that would be restored there',
    requirements: ['REC-2', 'DR-7'],
    severity: 'high',
    rationale:
      'A copy is of use where an instance can be made of it. RDS allows 40 a region unless more were granted, and on the day of a disaster everybody asks for more.',
    remedy: {
      text: 'Have the quota of DB instances raised in that region',
      command: 'aws service-quotas list-service-quotas --region REGION --service-code rds',
    },
    runbook: 'docs/controls.md#quota-instances',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-2(2)', 'NIST 800-53 CP-10', 'ISO 27001 A.8.6', 'SOC 2 A1.1'],
  },
  (seen) =>
    regionsOf(seen.policy).map(
      (region): Judgment => ({
        subject: { database: '*', region },
        expected:
          region === seen.policy.home
            ? 'room for one restore, beside what limits.spareInstances leaves to others'
            : 'room for every database whose copies are there',
        ...given(partOf(seen.quotas, region, `the quota of ${region}`), (quotas) =>
          judge(region, quotas, seen),
        ),
      }),
    ),
);

function judge(region: string, { instances: quota }: Quotas, seen: Seen): Finding {
  const command = aws('service-quotas', 'list-service-quotas', '--region', region, '--service-code', 'rds');
  if (quota === null) return unknown('the endpoint does not tell the quota of DB instances', command);
  const databases = databasesOf(seen);
  if ('unseen' in databases) return unknown(databases.unseen);
  const { home, limits } = seen.policy;
  const needed =
    region === home
      ? 1 + limits.spareInstances
      : databases.seen.filter(({ protection }) =>
          protection.copies.some((target) => target.region === region),
        ).length;
  const free = room(quota);
  const found = `${quota.used} of ${quota.most} used, ${free} free; ${needed} needed`;
  return within(
    free >= needed,
    found,
    { value: needed - free, unit: 'instances too few' },
    {
      cost:
        region === home
          ? 'restore tests are put off, and a restore at home is refused'
          : `${count(Math.max(0, needed - free), 'database')} cannot be restored, if ${home} is lost now`,
      command,
    },
  );
}

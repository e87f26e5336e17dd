import { formatInstant, HOUR } from '../time';
import { aws, describe } from './command';
import { control } from './control';
import { inMinutes, lasting } from './figures';
import { type Finding, unknown, within } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Seen, Standby } from './seen';

export const standbyLag = control(
  {
    id: 'standby-lag',
    title: 'The standby in another region is no further behind than promised',
    requirements: ['DR-2', 'REC-1'],
    severity: 'high',
    rationale:
      'What a standby has not received yet is lost when it is promoted. Of several, the one that is least behind would be.',
    remedy: {
      text: 'See whether it still replicates, and whether its class carries the load',
      command:
        'aws rds describe-db-instances --region REGION --db-instance-identifier STANDBY --query DBInstances[].StatusInfos',
    },
    runbook: 'docs/recovery.md#4-promote-the-standby',
    pass: 'light',
    frameworks: ['NIST 800-53 CP-6(2)', 'NIST 800-53 CP-7', 'ISO 27001 A.8.14', 'SOC 2 A1.2'],
  },
  ofDatabases(({ recovery }) => `no more than ${lasting(recovery.point)} behind (recovery.point)`, judge),
);

/** Null where there is none in another region: standby-region tells that, and nothing lags behind. */
function judge({ standbys, protection }: Selected, seen: Seen): Finding | null {
  const { policy } = seen;
  if ('unseen' in standbys) return unknown(standbys.unseen);
  const away = standbys.seen.filter(({ region }) => region !== policy.home);
  const [first] = away;
  if (first === undefined) return null;
  const measured = away.flatMap(({ id, region, lag }) =>
    'seen' in lag ? [{ id, region, lag: lag.seen }] : [],
  );
  const [best] = measured.sort((a, b) => a.lag - b.lag || (a.id < b.id ? -1 : 1));
  if (best === undefined) return unknown(away.map(whyNot).join('; '), lagOf(first, seen));
  const { point } = protection.recovery;
  const found = `${best.id} in ${best.region} is ${lasting(best.lag)} behind; the promise is ${lasting(point)}`;
  return within(best.lag <= point, found, inMinutes(best.lag), {
    cost: `${lasting(best.lag)} of data, if ${policy.home} is lost and the standby promoted now`,
    command: describe(best, '--query', 'DBInstances[].StatusInfos'),
  });
}

/** What CloudWatch has measured in the last hour. */
function lagOf({ id, region }: Standby, { now }: Seen): string {
  return aws(
    ...['cloudwatch', 'get-metric-statistics', '--region', region, '--namespace', 'AWS/RDS'],
    ...['--metric-name', 'ReplicaLag', '--dimensions', `Name=DBInstanceIdentifier,Value=${id}`],
    ...['--statistics', 'Maximum', '--period', '300'],
    ...['--start-time', formatInstant(now - HOUR), '--end-time', formatInstant(now)],
  );
}

function whyNot({ id, lag }: Standby): string {
  return `${id}: ${'unseen' in lag ? lag.unseen : 'measured'}`;
}

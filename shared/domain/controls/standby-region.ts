import { aws } from './command';
import { control } from './control';
import { type Finding, given, on } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';

export const standbyRegion = control(
  {
    id: 'standby-region',
    title: 'A standby runs in another region',
    requirements: ['DR-2'],
    severity: 'medium',
    rationale:
      'When a whole region is lost, promoting a standby takes minutes where restoring a copy takes hours, and it is seconds behind where the copy is an hour old.',
    remedy: {
      text: 'Make a read replica in a copy region, under a key of that region',
      command:
        'aws rds create-db-instance-read-replica --region COPY-REGION --db-instance-identifier DATABASE-standby --source-db-instance-identifier ARN --source-region REGION --kms-key-id KEY',
    },
    runbook: 'docs/controls.md#standby-region',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-6', 'NIST 800-53 CP-7', 'ISO 27001 A.8.14', 'SOC 2 A1.2'],
  },
  ofDatabases(() => 'at least one read replica in another region', judge),
);

function judge({ database, standbys, protection }: Selected, { policy }: Seen): Finding {
  return given(standbys, (all) => {
    const away = all.filter(({ region }) => region !== policy.home);
    const target = protection.copies[0];
    return on(
      away.length > 0,
      {
        on: away
          .map(({ id, region }) => `${id} in ${region}`)
          .sort()
          .join(', '),
        off: 'there is none',
      },
      {
        cost: `hours of restoring a copy, if ${policy.home} is lost`,
        command: aws(
          ...['rds', 'create-db-instance-read-replica', '--region', target?.region ?? 'COPY-REGION'],
          ...['--db-instance-identifier', `${database.id}-standby`],
          ...['--source-db-instance-identifier', database.arn, '--source-region', policy.home],
          ...(database.encrypted ? ['--kms-key-id', target?.key ?? 'KEY'] : []),
        ),
      },
    );
  });
}

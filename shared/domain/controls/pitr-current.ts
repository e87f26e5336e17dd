import { judgeAge, lost } from './age';
import { aws } from './command';
import { control } from './control';
import { lasting } from './figures';
import type { Finding } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';

export const pitrCurrent = control(
  {
    id: 'pitr-current',
    title: 'Point-in-time recovery reaches to within the promise',
    requirements: ['REC-4', 'REC-1'],
    severity: 'high',
    rationale:
      'RDS saves the transaction logs every 5 minutes. Where that stops, snapshots are all that is left between a mistake and the morning, and a promise shorter than their interval is not kept.',
    remedy: {
      text: 'See whether automated backups are on, and whether the instance is busy, full or without its key',
      command:
        'aws rds describe-events --region REGION --source-type db-instance --source-identifier DATABASE --duration 1440',
    },
    runbook: 'docs/controls.md#pitr-current',
    pass: 'light',
    frameworks: [
      'NIST 800-53 CP-6(2)',
      'NIST 800-53 CP-9',
      'NIST 800-53 CP-10',
      'ISO 27001 A.8.13',
      'SOC 2 A1.2',
    ],
  },
  ofDatabases(
    ({ pitr, recovery }) =>
      pitr === null
        ? null
        : `it can be restored to a moment no older than ${lasting(recovery.point)} (recovery.point)`,
    judge,
  ),
);

function judge({ database, protection }: Selected, { now }: Seen): Finding {
  const { id, region, latestRestorable: at } = database;
  const { point: promise } = protection.recovery;
  return judgeAge({ database, now, what: 'moment to restore to', at, promise }, (age) => ({
    cost: `${lost(age, 'the instance is lost')}; less where a snapshot is newer`,
    command: aws(
      ...['rds', 'describe-events', '--region', region, '--source-type', 'db-instance'],
      ...['--source-identifier', id, '--duration', '1440'],
    ),
  }));
}

import { DAY, formatDuration } from '../time';
import { modify } from './command';
import { control } from './control';
import { count } from './figures';
import { type Finding, given, on } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Settings } from './seen';

export const backupRetention = control(
  {
    id: 'backup-retention',
    title: 'Automated backups are kept as long as promised',
    requirements: ['REC-4', 'REC-6'],
    severity: 'high',
    rationale:
      'Point-in-time recovery reaches back as far as automated backups are kept; with 0 days it is off, and what was kept is gone at once.',
    remedy: {
      text: 'Set the retention that the policy promises; from 0 to more, RDS restarts the instance',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --backup-retention-period DAYS --apply-immediately',
    },
    runbook: 'docs/controls.md#backup-retention',
    pass: 'daily',
    frameworks: [
      'Security Hub RDS.11',
      'NIST 800-53 CP-9',
      'NIST 800-53 CP-10',
      'ISO 27001 A.8.13',
      'SOC 2 A1.2',
    ],
  },
  ofDatabases(
    ({ pitr }) => (pitr === null ? null : `${formatDuration(pitr.retention)} or longer (pitr.retention)`),
    (one) => given(one.settings, (settings) => judge(one, settings)),
  ),
);

function judge({ database, protection }: Selected, { backupRetentionDays: days }: Settings): Finding {
  const promised = Math.ceil((protection.pitr?.retention ?? 0) / DAY);
  return on(
    days >= promised,
    {
      on: `kept for ${count(days, 'day')}`,
      off: days === 0 ? 'automated backups are off' : `kept for ${count(days, 'day')} of ${promised}`,
    },
    {
      cost:
        days === 0
          ? 'every moment between two snapshots'
          : `the moments that are more than ${count(days, 'day')} ago`,
      command: modify(database, '--backup-retention-period', `${promised}`),
      measure: { value: promised - days, unit: 'days too few' },
    },
  );
}

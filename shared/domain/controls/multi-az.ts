import { modify } from './command';
import { control } from './control';
import { given, on } from './finding';
import { ofDatabases } from './scope';

export const multiAz = control(
  {
    id: 'multi-az',
    title: 'A synchronous standby runs in another zone',
    requirements: ['DR-1'],
    severity: 'high',
    rationale:
      'With a standby in another zone a failure of the first costs one or two minutes and nothing written; without one it costs a restore. It also lets snapshots be taken without suspending I/O.',
    remedy: {
      text: 'Make it Multi-AZ; RDS does so while it runs',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --multi-az --apply-immediately',
    },
    runbook: 'docs/controls.md#multi-az',
    pass: 'daily',
    frameworks: [
      'Security Hub RDS.5',
      'CIS AWS 5.0 2.2.4',
      'NIST 800-53 CP-6(2)',
      'NIST 800-53 CP-10',
      'ISO 27001 A.8.14',
      'SOC 2 A1.2',
    ],
  },
  ofDatabases(
    () => 'Multi-AZ is on',
    ({ database, settings }) =>
      given(settings, (known) =>
        on(
          known.multiAz,
          { on: 'Multi-AZ', off: 'it runs in one zone' },
          {
            cost: 'a restore: what was written after the newest recovery point, and as long as a restore takes',
            command: modify(database, '--multi-az'),
          },
        ),
      ),
  ),
);

import { modify } from './command';
import { control } from './control';
import { given, on } from './finding';
import { ofDatabases } from './scope';

export const notPublic = control(
  {
    id: 'not-public',
    title: 'The instance has no public address',
    requirements: ['SEC-1', 'TEN-3'],
    severity: 'critical',
    rationale:
      'An address that the whole internet can reach leaves a security group and a password between anybody and the data.',
    remedy: {
      text: 'Take the public address away; clients outside of the network need another way in',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --no-publicly-accessible --apply-immediately',
    },
    runbook: 'docs/controls.md#not-public',
    pass: 'daily',
    frameworks: [
      'Security Hub RDS.2',
      'CIS AWS 5.0 2.2.3',
      'NIST 800-53 AC-3',
      'NIST 800-53 SC-7',
      'SOC 2 CC6.1',
      'SOC 2 CC6.6',
    ],
  },
  ofDatabases(
    () => 'not publicly accessible',
    ({ database, settings }) =>
      given(settings, (known) =>
        on(
          !known.publiclyAccessible,
          { on: 'not publicly accessible', off: 'publicly accessible' },
          {
            cost: 'the data, to whoever has or guesses a password',
            command: modify(database, '--no-publicly-accessible'),
          },
        ),
      ),
  ),
);

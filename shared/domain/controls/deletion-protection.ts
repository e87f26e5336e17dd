import { modify } from './command';
import { control } from './control';
import { on } from './finding';
import { ofDatabases } from './scope';

export const deletionProtection = control(
  {
    id: 'deletion-protection',
    title: 'The instance is protected from deletion',
    requirements: ['REC-1', 'REC-2'],
    severity: 'high',
    rationale:
      'Deleting an instance takes its automated backups along unless somebody says otherwise. With protection on, it takes two decisions.',
    remedy: {
      text: 'Turn it on; nothing restarts',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --deletion-protection --apply-immediately',
    },
    runbook: 'docs/controls.md#deletion-protection',
    pass: 'daily',
    frameworks: ['Security Hub RDS.8', 'NIST 800-53 CP-2'],
  },
  ofDatabases(
    () => 'deletion protection is on',
    ({ database }) =>
      on(
        database.deletionProtection,
        { on: 'on', off: 'off: one call deletes it' },
        {
          cost: 'what was written after the newest snapshot, if somebody deletes it by mistake',
          command: modify(database, '--deletion-protection'),
        },
      ),
  ),
);

import { control } from './control';
import { ofChecks } from './inspection-seen';

export const dataWhole = control(
  {
    id: 'data-whole',
    title: 'The live database is whole: pages, indexes, rows, and checks of your own',
    requirements: ['DR-7'],
    severity: 'high',
    rationale:
      'Damage that nobody notices is backed up with the rest, and after 30 days there is nothing else left.',
    remedy: {
      text: 'Stop what deletes or damages; restore what is missing from the newest recovery point that has it',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-inspect-database --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'docs/inspection.md#what-is-checked',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-9(1)', 'ISO 27001 A.8.13'],
  },
  ofChecks(
    ['server.', 'completeness.', 'own.'],
    'every row can be read, nothing shrank beyond inspection.shrink, and inspection.checks hold',
    () => true,
    'the damage goes into every backup from now on',
  ),
);

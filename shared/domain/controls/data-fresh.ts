import { control } from './control';
import { ofChecks } from './inspection-seen';

export const dataFresh = control(
  {
    id: 'data-fresh',
    title: 'The live database is being written to',
    requirements: ['REC-1'],
    severity: 'medium',
    rationale:
      'The measured recovery point is that of the newest row. Where nothing is written any more, the application writes elsewhere, and what is backed up here is not what the business works with.',
    remedy: {
      text: 'See where the application writes to; where it really writes less often, say so in inspection.quiet',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-inspect-database --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'docs/inspection.md#what-is-checked',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-9', 'ISO 27001 A.8.13'],
  },
  ofChecks(
    ['freshness.'],
    'the newest change is as new as inspection.quiet allows',
    ({ inspection }) => (inspection?.freshness.length ?? 0) > 0,
    'what was written elsewhere is in no backup of this database',
  ),
);

import { control } from './control';
import { ofChecks } from './inspection-seen';

export const tenants = control(
  {
    id: 'tenants',
    title: 'Tenants and their schemas agree',
    requirements: ['TEN-1', 'TEN-2', 'TEN-4'],
    severity: 'high',
    rationale:
      'A tenant without a schema has lost its data; a schema without a tenant is data that nobody answers for.',
    remedy: {
      text: 'Restore the schema that is missing, or drop the one that nobody owns',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-inspect-database --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'docs/inspection.md#what-is-checked',
    pass: 'daily',
    frameworks: [],
  },
  ofChecks(
    ['tenants.'],
    'every tenant has its schema with the same tables and migrations, and every schema its tenant',
    ({ tenants }) => tenants !== null,
    'the tenants named are without data, or half migrated',
  ),
);

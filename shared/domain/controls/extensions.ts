import { control } from './control';
import { ofChecks } from './inspection-seen';

export const extensions = control(
  {
    id: 'extensions',
    title: 'The extensions that the policy names are there and answer',
    requirements: ['EXT-1', 'EXT-2', 'EXT-3', 'EXT-4'],
    severity: 'medium',
    rationale:
      'Without uuid-ossp no row with a UUID is written; without pg_stat_statements nobody knows what the database was busy with.',
    remedy: {
      text: 'CREATE EXTENSION, or name its library in shared_preload_libraries and restart',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-inspect-database --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'docs/inspection.md#what-is-checked',
    pass: 'daily',
    frameworks: [],
  },
  ofChecks(
    ['extensions.'],
    'every extension of the policy is installed and answers; pg_cron is absent',
    () => true,
    'what the application does with them fails',
  ),
);

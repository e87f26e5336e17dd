import { modify } from './command';
import { control } from './control';
import { given, on } from './finding';
import { ofDatabases } from './scope';

export const databaseInsights = control(
  {
    id: 'database-insights',
    title: 'Performance Insights, now CloudWatch Database Insights, is on',
    requirements: ['REC-4'],
    severity: 'low',
    rationale:
      'It shows what the database was busy with in the minutes before it failed, when the database itself cannot be asked any more.',
    remedy: {
      text: 'Turn it on',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --cli-input-json \'{"EnablePerformanceInsights":true}\' --apply-immediately',
    },
    runbook: 'docs/controls.md#database-insights',
    pass: 'daily',
    // Security Hub's RDS.6 asks for Enhanced Monitoring, which is another thing.
    frameworks: [],
  },
  ofDatabases(
    () => 'Performance Insights is on, or Database Insights in its advanced mode',
    ({ database, settings }) =>
      given(settings, ({ performanceInsights, databaseInsights: mode }) =>
        on(
          // The standard mode is what RDS says of every instance, also of one whose load nobody records.
          performanceInsights || mode === 'advanced',
          { on: mode === 'advanced' ? 'on, in the advanced mode' : 'on', off: 'off' },
          { command: modify(database, '--cli-input-json', '{"EnablePerformanceInsights":true}') },
        ),
      ),
  ),
);

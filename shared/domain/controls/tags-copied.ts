import { modify } from './command';
import { control } from './control';
import { given, on } from './finding';
import { ofDatabases } from './scope';

export const tagsCopied = control(
  {
    id: 'tags-copied',
    title: "The instance's tags go onto its snapshots",
    requirements: ['REC-6', 'OPS-1'],
    severity: 'low',
    rationale:
      "RDS's own snapshots are known by their tags alone once the instance is gone: who owns them, which policy selects them, who pays for them.",
    remedy: {
      text: 'Turn it on; snapshots from then on carry them',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --copy-tags-to-snapshot --apply-immediately',
    },
    runbook: 'docs/controls.md#tags-copied',
    pass: 'daily',
    frameworks: ['Security Hub RDS.17'],
  },
  ofDatabases(
    () => 'copying of tags to snapshots is on',
    ({ database, settings }) =>
      given(settings, (known) =>
        on(
          known.copyTagsToSnapshot,
          { on: 'on', off: 'off' },
          { command: modify(database, '--copy-tags-to-snapshot') },
        ),
      ),
  ),
);

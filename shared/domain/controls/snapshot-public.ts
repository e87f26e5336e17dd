import { regionsOf } from '../selection';
import { control } from './control';
import { ofSnapshots } from './scope';
import { judgeSharing } from './snapshot-sharing';

export const snapshotPublic = control(
  {
    id: 'snapshot-public',
    title: 'No snapshot is public',
    requirements: ['SEC-1', 'REC-8'],
    severity: 'critical',
    rationale:
      'A public snapshot is the whole database for every account of AWS to copy, and who did stays unknown.',
    remedy: {
      text: 'Take it back at once, and treat the data as given away since it was shared',
      command:
        'aws rds modify-db-snapshot-attribute --region REGION --db-snapshot-identifier SNAPSHOT --attribute-name restore --values-to-remove all',
    },
    runbook: 'docs/controls.md#snapshot-public',
    pass: 'daily',
    frameworks: [
      'Security Hub RDS.1',
      'NIST 800-53 AC-3',
      'NIST 800-53 AC-6',
      'NIST 800-53 SC-7',
      'ISO 27001 A.8.3',
      'SOC 2 CC6.1',
      'SOC 2 CC6.6',
    ],
  },
  ofSnapshots('none is shared with everybody', regionsOf, (snapshots, seen) =>
    judgeSharing(
      snapshots,
      seen,
      (accounts) => accounts.filter((account) => account === 'all'),
      'none of them public',
      'the data: anybody can copy it',
    ),
  ),
);

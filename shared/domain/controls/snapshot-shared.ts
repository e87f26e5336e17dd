import { regionsOf } from '../selection';
import { control } from './control';
import { ofSnapshots } from './scope';
import { judgeSharing } from './snapshot-sharing';

export const snapshotShared = control(
  {
    id: 'snapshot-shared',
    title: 'Snapshots are shared with accounts of the allow-list alone',
    requirements: ['SEC-1', 'REC-8'],
    severity: 'high',
    rationale:
      'Whoever a snapshot is shared with can restore it, and keep the copy after it is shared no longer.',
    remedy: {
      text: 'Take it back, or put the account on the allow-list',
      command:
        'aws rds modify-db-snapshot-attribute --region REGION --db-snapshot-identifier SNAPSHOT --attribute-name restore --values-to-remove ACCOUNT',
    },
    runbook: 'docs/controls.md#snapshot-shared',
    pass: 'daily',
    frameworks: ['NIST 800-53 AC-3', 'NIST 800-53 AC-6', 'ISO 27001 A.8.3', 'SOC 2 CC6.1'],
  },
  // Everybody is snapshot-public's, which is graver.
  ofSnapshots('none is shared with an account that is not on the allow-list', regionsOf, (snapshots, seen) =>
    judgeSharing(
      snapshots,
      seen,
      (accounts) =>
        accounts.filter((account) => account !== 'all' && !seen.allowedAccounts.includes(account)),
      'none shared beyond the allow-list',
      'the data: these accounts can copy it',
    ),
  ),
);

import { regionsOf } from '../selection';
import { control } from './control';
import { judgeEncryption, REKEY } from './encryption-of';
import { ofSnapshots } from './scope';

export const encryptionCopies = control(
  {
    id: 'encryption-copies',
    title: 'Copies in other regions are encrypted at rest',
    requirements: ['SEC-1', 'SEC-4', 'REC-8'],
    severity: 'high',
    rationale:
      'Backups in another region are to be as safe as the data at home. A copy is encrypted under a key of its own region.',
    remedy: {
      text: 'Name a key of that region in the policy (copies[].key), bring the newest recovery points under it, then delete the copies that are not encrypted',
      command: REKEY,
    },
    runbook: 'docs/keys.md#is-it-encrypted-and-under-which-key-sec-1-sec-4',
    pass: 'daily',
    frameworks: [
      'Security Hub RDS.4',
      'NIST 800-53 CP-9(8)',
      'NIST 800-53 SC-28(1)',
      'ISO 27001 A.8.24',
      'SOC 2 CC6.1',
    ],
  },
  ofSnapshots(
    'every snapshot there is encrypted, whoever made it',
    (policy) => regionsOf(policy).filter((region) => region !== policy.home),
    judgeEncryption,
  ),
);

import { control } from './control';
import { judgeEncryption, REKEY } from './encryption-of';
import { ofSnapshots } from './scope';

export const encryptionSnapshots = control(
  {
    id: 'encryption-snapshots',
    title: 'Snapshots at home are encrypted at rest',
    requirements: ['SEC-1', 'SEC-4', 'REC-8'],
    severity: 'high',
    rationale:
      "A snapshot is the whole database. Ours, RDS's own and those that somebody took by hand: any of them is enough to read it.",
    remedy: {
      text: 'Bring the newest recovery points under a key; those that are not encrypted go with their retention, and what somebody took by hand is deleted by hand',
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
  ofSnapshots('every snapshot is encrypted, whoever took it', ({ home }) => [home], judgeEncryption),
);

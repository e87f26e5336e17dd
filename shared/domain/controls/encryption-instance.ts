import type { Database } from '../database';
import { newestGood } from '../snapshot';
import { control } from './control';
import { REKEY, rekey, snapshotFirst } from './encryption-of';
import { on } from './finding';
import { ofDatabases } from './scope';
import type { Seen } from './seen';
import { ownSnapshots } from './snapshots-seen';

export const encryptionInstance = control(
  {
    id: 'encryption-instance',
    title: 'The instance is encrypted at rest',
    requirements: ['SEC-1', 'SEC-4'],
    severity: 'high',
    rationale:
      'Its snapshots and automated backups are encrypted only when it is. RDS cannot encrypt an instance that stands: it has to be made anew.',
    remedy: {
      text: 'Bring a snapshot under a key, restore that, and point the application at it',
      command: REKEY,
    },
    runbook: 'docs/keys.md#is-it-encrypted-and-under-which-key-sec-1-sec-4',
    pass: 'daily',
    frameworks: [
      'Security Hub RDS.3',
      'CIS AWS 5.0 2.2.1',
      'NIST 800-53 SC-28',
      'NIST 800-53 SC-28(1)',
      'ISO 27001 A.8.24',
      'SOC 2 CC6.1',
    ],
  },
  ofDatabases(
    () => 'encrypted under a key of KMS',
    ({ database }, seen) =>
      on(
        database.encrypted,
        { on: `encrypted under ${database.key ?? 'a key that RDS does not name'}`, off: 'not encrypted' },
        {
          cost: 'whoever gets hold of its storage or of a backup reads it',
          command: encrypting(database, seen),
        },
      ),
  ),
);

/** The first step: its newest snapshot once more, under a key; where there is none, a snapshot. */
function encrypting(database: Database, seen: Seen): string {
  const { home } = seen.policy;
  const part = ownSnapshots(seen, home, database);
  const own = 'seen' in part ? part.seen : [];
  if (newestGood(own) === null) return snapshotFirst(seen, database);
  return rekey(seen, { database: database.id, region: home }, database, own);
}

import { snapshotLoss } from '../arithmetic';
import { newestGood } from '../snapshot';
import { judgeAge, lost } from './age';
import { invoke } from './command';
import { control } from './control';
import { lasting } from './figures';
import { type Finding, unknown } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';
import { ownSnapshots } from './snapshots-seen';

export const snapshotSchedule = control(
  {
    id: 'snapshot-schedule',
    title: 'The newest snapshot is as new as the schedule makes it',
    requirements: ['REC-5'],
    severity: 'high',
    rationale:
      'Automated backups go with the instance when somebody deletes it; snapshots stay, and they are what is copied to other regions. One that is older than the schedule can ever leave it means that a slot was missed.',
    remedy: {
      text: 'See why create-snapshot takes none, then have it look again',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-create-snapshot --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'functions/create-snapshot/README.md#alarm-create-snapshot-failures',
    pass: 'light',
    frameworks: ['NIST 800-53 CP-9', 'ISO 27001 A.8.13', 'SOC 2 A1.2'],
  },
  ofDatabases(
    (protection) =>
      `the newest good snapshot is no older than ${lasting(snapshotLoss(protection))}: snapshots.every, a tick of create-snapshot and snapshots.takes`,
    judge,
  ),
);

function judge({ database, protection }: Selected, seen: Seen): Finding {
  const part = ownSnapshots(seen, seen.policy.home, database);
  if ('unseen' in part) return unknown(part.unseen);
  const at = newestGood(part.seen)?.recoveryPoint ?? null;
  const promise = snapshotLoss(protection);
  return judgeAge({ database, now: seen.now, what: 'good snapshot at home', at, promise }, (age) => ({
    cost: lost(age, 'somebody deletes the instance and its automated backups'),
    command: invoke(seen, 'create-snapshot', { database: database.id }),
  }));
}

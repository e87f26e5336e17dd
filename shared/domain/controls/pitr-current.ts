import { DAY, MINUTE } from '../time';
import { judgeAge, lost } from './age';
import { eventsOf } from './command';
import { control } from './control';
import { lasting } from './figures';
import type { Finding } from './finding';
import { pitrOf } from './recovery-points-seen';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';

export const pitrCurrent = control(
  {
    id: 'pitr-current',
    title: 'Point-in-time recovery reaches to within the promise',
    requirements: ['REC-4', 'REC-1'],
    severity: 'high',
    rationale:
      'RDS saves the transaction logs every 5 minutes, under the key of the instance. Where that stops, or the key is out of use, snapshots are all that is left between a mistake and the morning, and a promise shorter than their interval is not kept.',
    remedy: {
      text: 'See whether automated backups are on, and whether the instance is busy, full or without its key',
      command:
        'aws rds describe-events --region REGION --source-type db-instance --source-identifier DATABASE --duration 1440',
    },
    runbook: 'docs/controls.md#pitr-current',
    pass: 'light',
    frameworks: [
      'NIST 800-53 CP-6(2)',
      'NIST 800-53 CP-9',
      'NIST 800-53 CP-10',
      'ISO 27001 A.8.13',
      'SOC 2 A1.2',
    ],
  },
  ofDatabases(
    ({ pitr, recovery }) =>
      pitr === null
        ? null
        : `it can be restored to a moment no older than ${lasting(recovery.point)} (recovery.point)`,
    judge,
  ),
);

function judge({ database, protection }: Selected, seen: Seen): Finding {
  const { at, lost: withKey, doubt } = pitrOf(database, seen);
  const { point: promise } = protection.recovery;
  const why = withKey === null ? [] : [withKey.why];
  const finding = judgeAge(
    { database, now: seen.now, what: 'moment to restore to', at, promise, why },
    (age) => ({
      cost: `${lost(age, 'the instance is lost')}; less where a snapshot is newer`,
      command: withKey?.command ?? eventsOf(database, DAY / MINUTE),
    }),
  );
  return doubt === null ? finding : { ...finding, found: `${finding.found}; ${doubt}` };
}

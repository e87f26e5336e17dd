import { judgeAge, lost } from './age';
import { invoke } from './command';
import { control } from './control';
import { lasting } from './figures';
import { type Finding, unknown } from './finding';
import { newestAtHome } from './recovery-points-seen';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';

export const recoveryPointHome = control(
  {
    id: 'recovery-point-home',
    title: 'The newest recovery point at home is as new as promised',
    requirements: ['REC-1'],
    severity: 'critical',
    rationale:
      'What is lost with the instance is all that was written after the newest moment that it can be restored to: by PITR, or from a snapshot. It is measured, not read off a switch.',
    remedy: {
      text: 'Take a snapshot by hand, then find out why the schedule or the transaction logs have stopped',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-create-snapshot --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE","reason":"the recovery point is late"}\' /dev/stdout',
    },
    runbook: 'functions/create-snapshot/README.md#alarm-create-snapshot-not-running',
    pass: 'light',
    frameworks: [
      'NIST 800-53 CP-6(2)',
      'NIST 800-53 CP-9',
      'NIST 800-53 CP-10',
      'ISO 27001 A.8.13',
      'SOC 2 A1.2',
    ],
  },
  ofDatabases(({ recovery }) => `no older than ${lasting(recovery.point)} (recovery.point)`, judge),
);

function judge(one: Selected, seen: Seen): Finding {
  const { database, protection } = one;
  const promise = protection.recovery.point;
  const { at, by, unseen, pitr } = newestAtHome(one, seen);
  const note =
    pitr.lost !== null
      ? `; PITR counts for nothing: ${pitr.lost.why}`
      : pitr.doubt !== null && by === 'PITR'
        ? `; ${pitr.doubt}`
        : '';
  // One of the two is enough to pass by; to fail, both have to be seen.
  if (unseen !== null && (at === null || seen.now - at > promise)) return unknown(`${unseen}${note}`);
  const what = `recovery point at home${by === null ? '' : by === 'PITR' ? ', by PITR,' : ', from a snapshot,'}`;
  const finding = judgeAge({ database, now: seen.now, what, at, promise }, (age) => ({
    cost: lost(age, 'the instance is lost'),
    // Under a key that is out of use no snapshot is taken either.
    command:
      pitr.lost?.command ??
      invoke(seen, 'create-snapshot', { database: database.id, reason: 'the recovery point is late' }),
  }));
  return { ...finding, found: `${finding.found}${note}` };
}

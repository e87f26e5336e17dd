import { describe, modify } from './command';
import { control } from './control';
import { type Finding, given, on, unknown } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Settings } from './seen';

export const backupWindow = control(
  {
    id: 'backup-window',
    title: 'Automated backups are taken in the promised window',
    requirements: ['REC-4'],
    severity: 'low',
    rationale:
      'On an instance in one zone a backup briefly suspends reads and writes: the business was promised that it does so at night.',
    remedy: {
      text: 'Set the window that the policy promises',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --preferred-backup-window 00:00-01:00 --apply-immediately',
    },
    runbook: 'docs/controls.md#backup-window',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-9', 'ISO 27001 A.8.13'],
  },
  ofDatabases(
    ({ pitr }) => (pitr === null ? null : `within ${pitr.window} UTC (pitr.window)`),
    (one) => given(one.settings, (settings) => judge(one, settings)),
  ),
);

function judge({ database, protection }: Selected, { backupWindow: window }: Settings): Finding {
  const promised = protection.pitr?.window ?? '';
  const inside = lies(window, promised);
  if (inside === null)
    return unknown(`'${window}' and '${promised}' are not both windows`, describe(database));
  return on(
    inside,
    { on: `${window} UTC`, off: `${window} UTC; the promise is ${promised}` },
    { command: modify(database, '--preferred-backup-window', promised) },
  );
}

const A_DAY = 24 * 60;

/** Whether one window lies in another, also across midnight; null where either is none. */
function lies(inner: string, outer: string): boolean | null {
  const [small, large] = [minutesOf(inner), minutesOf(outer)];
  if (small === null || large === null) return null;
  const after = (from: number, to: number) => (to - from + A_DAY) % A_DAY;
  return after(large.from, small.from) + after(small.from, small.to) <= after(large.from, large.to);
}

function minutesOf(window: string): { from: number; to: number } | null {
  const [, hour, minute, toHour, toMinute] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(window) ?? [];
  if (hour === undefined) return null;
  return { from: Number(hour) * 60 + Number(minute), to: Number(toHour) * 60 + Number(toMinute) };
}

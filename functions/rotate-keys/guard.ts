import { hangingOn, RECOVERABLE, savingCommand, startCommand, toStart } from '../../shared/domain/key-danger';
import type { KeyUse, LookedAt } from '../../shared/domain/key-use';
import { formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { type GuardReason, held, type KeyDecision, type KeyInUse, letUs } from './key-case';

/**
 * The key guard: a key that cannot be used takes all that hangs on it along. The gravest finding there is (aws-facts:
 * KMS), and it says which databases, how many recovery points, the newest of them, how long there is, and the command
 * that saves them. Where the policy wants it rescued and the key is ours to change, the act is planned.
 */
export function guard(one: KeyInUse, now: Instant): KeyDecision[] {
  const { use, subject, seen, foreign, ours, rules } = one;
  // Of another account's key nothing can be seen from here; rotation tells of it.
  if (foreign || seen === undefined) return [];
  const stake = `what hangs on it: ${hangingOn(use)}`;
  if (seen === null) {
    const detail = `KMS knows no such key (any more); ${stake}`;
    return [held(subject, 'refused', 'key-gone', detail, gone(use))];
  }
  const { key } = seen;
  if (key.state === 'enabled') return [];
  const reason = DANGERS[key.state];
  const detail = `${fate(seen, now)}; ${stake}`;
  if (key.state === 'unavailable') {
    const hint = `see why with ${savingCommand(key)}; its material has to be imported again, its key store to be connected, or KMS is still making it`;
    return [held(subject, 'refused', reason, detail, hint)];
  }
  const start = toStart(use);
  if (rules.rescue && ours) return [{ subject, action: { kind: 'rescue', key, start }, reason, detail }];
  const unable = rules.rescue ? `; it would be rescued, but is not ours to change: ${letUs(seen)}` : '';
  return [held(subject, 'refused', reason, detail, `save it: ${savingCommand(key, start)}${unable}`)];
}

const DANGERS = {
  'pending-deletion': 'key-pending-deletion',
  disabled: 'key-disabled',
  unavailable: 'key-unavailable',
} as const satisfies Record<string, GuardReason>;

/** A database that lost its key does not come back with the key: someone has to start it in time, or to restore it. */
export function needsStart({ use, seen, foreign }: KeyInUse): KeyDecision[] {
  const unseen = foreign || seen === undefined;
  // Of a key that is seen and cannot be used, or is gone, the guard tells, and of what lost it.
  if (!unseen && seen?.key.state !== 'enabled') return [];
  return use.databases
    .filter(({ condition }) => condition === 'lost-key')
    .map(({ id, region, status }) => {
      const subject = { database: id, region };
      if (unseen) {
        const whose = foreign ? 'the key of another account' : 'a key that could not be looked at';
        return held(
          subject,
          'refused',
          'instance-lost-key',
          `RDS says ${status}; it is under ${use.reference}, ${whose}`,
          status === RECOVERABLE
            ? `have the key enabled, then start it, within 7 days of the loss: ${startCommand(region, id)}`
            : 'restore its newest recovery point that is under another key, as another instance',
        );
      }
      const detail = `its key can be used again, and RDS still says ${status}`;
      return status === RECOVERABLE
        ? held(
            subject,
            'refused',
            'instance-needs-start',
            `${detail}; 7 days after it lost the key there is no way back`,
            `start it: ${startCommand(region, id)}`,
          )
        : held(
            subject,
            'refused',
            'instance-lost',
            `${detail}: it cannot be brought back`,
            'restore its newest recovery point, or to a point in time, as another instance',
          );
    });
}

function fate({ key }: LookedAt, now: Instant): string {
  if (key.state === 'disabled') return 'disabled, so nothing under it can be read, copied or restored';
  if (key.state === 'unavailable')
    return 'out of reach of KMS, so nothing under it can be read, copied or restored';
  if (key.deletion === null) {
    const after = key.window === null ? '' : `${formatDuration(key.window)} `;
    return `pending deletion: it cannot be used, and is deleted ${after}after the last of its replicas is gone`;
  }
  const left = key.deletion - now;
  const when = `at ${formatInstant(key.deletion)}`;
  return left > 0
    ? `will be deleted ${when}, in ${formatDuration(left)}, and cannot be used until then`
    : `was to be deleted ${when}, ${formatDuration(-left)} ago`;
}

function gone({ databases, snapshots }: KeyUse): string {
  if (databases.length === 0 && snapshots.length === 0)
    return 'create it there, or correct its name in the policy, on the topic or on the bucket';
  if (databases.length > 0)
    return 'nothing under it can be read any more: restore what another region holds, under another key (docs/recovery.md)';
  return 'nothing under it can be read any more: name another key in copies[].key, so that new copies are made, and delete these';
}

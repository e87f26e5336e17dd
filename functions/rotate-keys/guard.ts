import { hangingOn, RECOVERABLE, savingCommand, startCommand, toStart } from '../../shared/domain/key-danger';
import type { KeyUse, LookedAt } from '../../shared/domain/key-use';
import { formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { type GuardReason, held, type KeyDecision, type KeyInUse, LET_US } from './key-case';

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
    const hint = `see why with ${savingCommand(key)}; import its material again, or connect its key store`;
    return [held(subject, 'refused', reason, detail, hint)];
  }
  const start = toStart(use);
  if (rules.rescue && ours) return [{ subject, action: { kind: 'rescue', key, start }, reason, detail }];
  const unable = rules.rescue ? `; it would be rescued, but is not ours to change: ${LET_US}` : '';
  return [held(subject, 'refused', reason, detail, `save it: ${savingCommand(key, start)}${unable}`)];
}

const DANGERS = {
  'pending-deletion': 'key-pending-deletion',
  disabled: 'key-disabled',
  unavailable: 'key-unavailable',
} as const satisfies Record<string, GuardReason>;

/** A database that lost its key does not come back with the key: someone has to start it in time, or to restore it. */
export function needsStart({ use, seen }: KeyInUse): KeyDecision[] {
  if (seen?.key.state !== 'enabled') return [];
  return use.databases
    .filter(({ condition }) => condition === 'lost-key')
    .map(({ id, region, status }) => {
      const subject = { database: id, region };
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
  if (key.deletion === null) return 'pending deletion as soon as its replicas are gone';
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

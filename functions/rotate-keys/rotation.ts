import { type Key, lastRotated, onDemandUsed, type Rotation, rotationDue } from '../../shared/domain/key';
import { savingCommand } from '../../shared/domain/key-danger';
import { DAY, type Duration, formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { held, type KeyCase, type KeyDecision, letUs, type RotationReason } from './key-case';

/** KMS rotates on "approximately" the day: so long its own rotation is waited for before an on-demand one is spent. */
const GRACE: Duration = DAY;

const REKEY = 're-key the data to a key that KMS makes and rotates (functions/copy-snapshot/README.md)';

/**
 * What a key needs to be rotated as promised (SEC-2): nothing, its automatic rotation put right, an on-demand rotation,
 * or both. What cannot be done is said, with the way out.
 *
 * @param most on-demand rotations that KMS grants a key for its whole life
 */
export function rotate(one: KeyCase, most: number, now: Instant): KeyDecision[] {
  const { subject, seen, foreign, guarded, ours } = one;
  const every = one.rules.rotateEvery;
  if (foreign) {
    const detail =
      'the key of another account: whether it is rotated can be neither seen nor changed from here';
    return [held(subject, 'nothing', 'foreign-account', detail, `ask its owner, or ${REKEY}`)];
  }
  // Gone, or not to be seen: the guard and the failed look tell.
  if (seen == null) return [];
  const { key, rotation } = seen;
  const limit = limitOf(key);
  if (limit !== null && (guarded || key.state === 'enabled')) {
    // What KMS tells no rotation of may have been rotated where it lies: its age would be told as late for ever.
    const late = ours && key.origin === 'imported' && rotation !== null && isLate(key, rotation, every, now);
    const detail = late ? `${limit.detail}; ${age(key, rotation, every, now)}` : limit.detail;
    return [held(subject, late ? 'refused' : 'nothing', limit.reason, detail, limit.hint)];
  }
  if (key.state !== 'enabled') {
    if (guarded) return [];
    const detail = `the primary of a multi-Region key in use is ${key.state}: no rotation until it is enabled`;
    if (one.rules.rescue && ours && key.state !== 'unavailable')
      return [{ subject, action: { kind: 'rescue', key, start: [] }, reason: 'primary-unusable', detail }];
    const hint = `save it: ${savingCommand(key)}; or make another region's the primary`;
    return [held(subject, 'refused', 'primary-unusable', detail, hint)];
  }
  if (rotation === null) return [];
  const drift = driftOf(rotation, every);
  const step = onDemandStep(key, rotation, every, most, now);
  if (drift === null && step === 'none')
    return [held(subject, 'nothing', 'rotates', standing(rotation, most))];
  if (!ours) {
    const late = step === 'none' || step === 'automatic' ? null : age(key, rotation, every, now);
    const detail = [drift?.detail, late].filter(Boolean).join('; ') || standing(rotation, most);
    return [held(subject, 'nothing', 'not-ours-to-change', detail, letUs(seen))];
  }
  const decisions: KeyDecision[] = [];
  if (drift !== null) {
    // Who could not be seen may have been promised more: a period set wrong moves the date of the next rotation.
    if (one.doubtful)
      decisions.push(held(subject, 'postponed', 'partly-unseen', `${drift.detail}, as far as could be seen`));
    else decisions.push({ subject, action: { kind: 'set-rotation', key, every }, ...drift });
  }
  const used = onDemandUsed(rotation);
  switch (step) {
    case 'none':
      break;
    case 'under-way':
      decisions.push(
        held(
          subject,
          'postponed',
          'rotation-under-way',
          `begun at ${formatInstant(rotation.underWay ?? now)}`,
        ),
      );
      break;
    case 'automatic':
      decisions.push(
        held(
          subject,
          'nothing',
          'automatic-due',
          `KMS rotates it by itself at ${formatInstant(rotation.next ?? now)}`,
        ),
      );
      break;
    case 'spent':
      decisions.push(
        held(
          subject,
          'refused',
          'budget-spent',
          `${age(key, rotation, every, now)}; all ${most} on-demand rotations of its life are spent${rotation.next === null ? '' : `; KMS rotates it by itself at ${formatInstant(rotation.next)}`}`,
          rotation.next === null ? REKEY : `wait for that, or ${REKEY}`,
        ),
      );
      break;
    case 'rotate':
      decisions.push({
        subject,
        action: { kind: 'rotate', key, every },
        reason: lastRotated(rotation) === null ? 'never-rotated' : 'overdue',
        detail: `${age(key, rotation, every, now)}; on-demand rotation ${used + 1} of ${most}, ${most - used - 1} left after it`,
      });
  }
  return decisions;
}

/**
 * Whether an on-demand rotation is due, and what stands before it. Asked by the plan, and again right before the act:
 * there are few in a key's life.
 */
export function onDemandStep(
  key: Key,
  rotation: Rotation,
  every: Duration,
  most: number,
  now: Instant,
): 'none' | 'under-way' | 'automatic' | 'spent' | 'rotate' {
  if (!isLate(key, rotation, every, now)) return 'none';
  if (rotation.underWay !== null) return 'under-way';
  const due = rotationDue(key, rotation, every) ?? now;
  const soon = rotation.next !== null && rotation.next <= due + GRACE && now <= due + GRACE;
  if (driftOf(rotation, every) === null && soon) return 'automatic';
  return onDemandUsed(rotation) >= most ? 'spent' : 'rotate';
}

/** Older than promised: on the very instant that it is due it is not yet. */
function isLate(key: Key, rotation: Rotation | null, every: Duration, now: Instant): boolean {
  const due = rotationDue(key, rotation ?? NEVER, every);
  return due !== null && now > due;
}

const NEVER: Rotation = { automatic: false, period: null, next: null, underWay: null, done: [] };

function driftOf(
  { automatic, period }: Rotation,
  every: Duration,
): { readonly reason: RotationReason; readonly detail: string } | null {
  const promised = `promised every ${every / DAY}d`;
  if (!automatic || period === null) {
    return { reason: 'rotation-off', detail: `automatic rotation is off, ${promised}` };
  }
  if (period === every) return null;
  return { reason: 'period-drifted', detail: `rotates every ${period / DAY}d, ${promised}` };
}

/** What rotation KMS knows nothing of, or nothing of its own accord (aws-facts: KMS). */
function limitOf(key: Key): { reason: RotationReason; detail: string; hint: string } | null {
  if (key.manager === 'aws') {
    return {
      reason: 'managed-by-aws',
      detail:
        'AWS rotates it every year, and nobody else can; what is encrypted under it can be neither shared nor copied to another account',
      hint: `to share or to copy out, or for a period of your own, ${REKEY}`,
    };
  }
  if (!key.symmetric) {
    return {
      reason: 'asymmetric',
      detail: 'an asymmetric or HMAC key: KMS rotates none, and RDS encrypts nothing under one',
      hint: 'name a symmetric key',
    };
  }
  if (key.origin === 'imported') {
    return {
      reason: 'imported-material',
      detail: 'its material was imported: KMS does not make new material for it',
      hint: `import new material (aws kms import-key-material --import-type NEW_KEY_MATERIAL) and rotate it on demand, or ${REKEY}`,
    };
  }
  if (key.origin === 'key-store') {
    return {
      reason: 'custom-key-store',
      detail: 'it lies in a custom key store: KMS does not rotate it',
      hint: `rotate it by hand in its store, or ${REKEY}`,
    };
  }
  return null;
}

function age(key: Key, rotation: Rotation | null, every: Duration, now: Instant): string {
  const last = rotation === null ? null : lastRotated(rotation);
  const since = last ?? key.created ?? now;
  const what = last === null ? 'never rotated since it was made' : 'last rotated';
  return `${what} ${formatDuration(now - since)} ago, promised every ${every / DAY}d`;
}

function standing(rotation: Rotation, most: number): string {
  const last = lastRotated(rotation);
  const next = rotation.next === null ? '' : `, next rotation at ${formatInstant(rotation.next)}`;
  const left = Math.max(0, most - onDemandUsed(rotation));
  return `${last === null ? 'never rotated yet' : `last rotated at ${formatInstant(last)}`}${next}; ${left} of ${most} on-demand rotations left`;
}

import type { Decision, Hold, Subject } from '../../shared/domain/decision';
import type { Key } from '../../shared/domain/key';
import type { KeyUse, LookedAt } from '../../shared/domain/key-use';
import type { KeyRules } from '../../shared/domain/policy';
import type { Duration } from '../../shared/domain/time';

export type KeyAction =
  /** Bring a key back that is disabled or about to be deleted. */
  | { readonly kind: 'rescue'; readonly key: Key; readonly start: readonly string[] }
  /** Turn automatic rotation on, or put its period back. */
  | { readonly kind: 'set-rotation'; readonly key: Key; readonly every: Duration }
  /** Spend one of the key's few on-demand rotations. */
  | { readonly kind: 'rotate'; readonly key: Key; readonly every: Duration };

export type GuardReason =
  | 'key-pending-deletion'
  | 'key-disabled'
  | 'key-unavailable'
  | 'key-gone'
  | 'instance-needs-start'
  | 'instance-lost-key'
  | 'instance-lost';

export type RotationReason =
  | 'rotation-off'
  | 'period-drifted'
  | 'overdue'
  | 'never-rotated'
  | 'rotates'
  | 'automatic-due'
  | 'rotation-under-way'
  | 'budget-spent'
  | 'managed-by-aws'
  | 'imported-material'
  | 'custom-key-store'
  | 'asymmetric'
  | 'foreign-account'
  | 'primary-unusable'
  | 'partly-unseen'
  | 'not-ours-to-change';

export type KeyReason = GuardReason | RotationReason | 'not-encrypted' | 'unknown-database';

export type KeyDecision = Decision<KeyAction, KeyReason>;

/** A key that a promise is about. */
export interface KeyCase {
  readonly subject: Subject;
  /** Null: KMS knows no such key. Undefined: it could not be looked at. */
  readonly seen: LookedAt | null | undefined;
  /** We may change it: it carries our tag, or the policy names it. */
  readonly ours: boolean;
  /** It belongs to another account: out of our sight as well as out of our hands. */
  readonly foreign: boolean;
  /** The guard speaks of it: it is in use itself, not only as the primary of one that is. */
  readonly guarded: boolean;
  /** The strictest promise to any of its users. */
  readonly rules: KeyRules;
  /** Something could not be looked at that may hang on it, and may have been promised another period. */
  readonly doubtful: boolean;
}

/** A key of one region, with all that hangs on it there. */
export interface KeyInUse extends KeyCase {
  readonly use: KeyUse;
}

export function held(
  subject: Subject,
  outcome: Hold<KeyReason>['outcome'],
  reason: KeyReason,
  detail: string,
  hint?: string,
): Hold<KeyReason> {
  return { subject, action: null, outcome, reason, detail, ...(hint && { hint }) };
}

/** What has to be done by hand that we may not do: the way to let us. KMS tags no key that is pending deletion. */
export function letUs(seen: LookedAt): string {
  if (seen.tags === null) return 'whether it carries our tag could not be seen: see the failed look';
  const named = 'let us change it: name it in the policy as keys.also';
  return seen.key.state === 'pending-deletion'
    ? named
    : `${named}, or give it our tag (aws kms tag-resource)`;
}

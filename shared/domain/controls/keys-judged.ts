import type { KeyState } from '../key';
import { isForeign, type KeyUse, keysInUse, type LookedAt } from '../key-use';
import { aws } from './command';
import type { Judgment } from './control';
import { type Finding, unknown } from './finding';
import type { Seen } from './seen';

/** A key in use, and what was seen of it; null: KMS knows no such key. */
export interface KeyJudged {
  readonly use: KeyUse;
  readonly found: LookedAt | null;
}

/**
 * Judges every key that databases, snapshots, copies to come and notices hang on. A key is one subject, whoever hangs on
 * it: a hundred databases under one key are one finding.
 */
export function ofKeys(
  expected: (use: KeyUse) => string,
  judge: (key: KeyJudged, seen: Seen) => Finding,
): (seen: Seen) => Judgment[] {
  return (seen) => {
    const { keys, policy } = seen;
    if ('unseen' in keys) {
      const subject = { database: '*', region: policy.home };
      return [{ subject, expected: 'every key in use can be judged', ...unknown(keys.unseen) }];
    }
    return [...keysInUse(keys.seen, policy, keys.seen.aliases)].map(([name, use]): Judgment => {
      const resource = name.slice(name.indexOf(' ') + 1);
      const subject = { database: '*', region: use.region, resource };
      const found = keys.seen.keys.get(name);
      const finding = isForeign(use.reference, keys.seen.account)
        ? unknown('it belongs to another account: nothing of it can be seen from here', look(use))
        : found === undefined
          ? unknown('it could not be looked at', look(use))
          : judge({ use, found }, seen);
      return { subject, expected: expected(use), ...finding };
    });
  };
}

function look({ region, reference }: KeyUse): string {
  return aws('kms', 'describe-key', '--region', region, '--key-id', reference);
}

/** What is wrong with a key that cannot be used, as it follows `it is`. */
export function outOfUse(state: Exclude<KeyState, 'enabled'>): string {
  switch (state) {
    case 'disabled':
      return 'disabled';
    case 'pending-deletion':
      return 'pending deletion';
    default:
      return 'out of reach of KMS';
  }
}

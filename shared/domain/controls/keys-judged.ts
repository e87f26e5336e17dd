import { few } from '../inspection/check';
import type { Key, KeyState } from '../key';
import { isForeign, type KeyUse, keysInUse, type LookedAt } from '../key-use';
import { isGood, newestGood } from '../snapshot';
import { formatInstant } from '../time';
import { aws } from './command';
import type { Judgment } from './control';
import { count } from './figures';
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

/** The command that makes a key usable again, or shows why it is not. */
export function saving({ state, region, arn }: Key): string {
  const of = ['--region', region, '--key-id', arn];
  if (state === 'unavailable') return aws('kms', 'describe-key', ...of);
  const enable = aws('kms', 'enable-key', ...of);
  return state === 'disabled' ? enable : `${aws('kms', 'cancel-key-deletion', ...of)} && ${enable}`;
}

/** `database qrosity-db; 54 recovery points of qrosity-db, the newest of 2026-03-05T07:00:00Z`. */
export function hangingOn({ databases, snapshots, targets, topics }: KeyUse): string {
  const good = snapshots.filter(isGood);
  const newest = newestGood(good)?.recoveryPoint ?? null;
  const names = (all: readonly string[]) => few([...new Set(all)].sort());
  const parts = [
    ...(databases.length > 0 ? [`database ${names(databases.map(({ id }) => id))}`] : []),
    ...(newest === null
      ? []
      : [
          `${count(good.length, 'recovery point')} of ${names(good.map(({ database }) => database))}, the newest of ${formatInstant(newest)}`,
        ]),
    ...(targets.length > 0 ? [`the copies to come of ${names(targets.map(({ policy }) => policy))}`] : []),
    ...(topics.length > 0 ? [`the notices of ${names(topics)}`] : []),
  ];
  return parts.join('; ') || 'nothing that can be restored';
}

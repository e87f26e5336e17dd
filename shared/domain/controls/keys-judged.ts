import { few } from '../inspection/check';
import { isForeign, type KeyUse, keysInUse, type LookedAt } from '../key-use';
import { isGood, newestGood } from '../snapshot';
import { formatInstant } from '../time';
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
 *
 * @param judge null where there is nothing to say of one
 */
export function ofKeys(
  expected: (use: KeyUse) => string,
  judge: (key: KeyJudged, seen: Seen) => Finding | null,
): (seen: Seen) => Judgment[] {
  return (seen) => {
    const { keys, policy } = seen;
    if ('unseen' in keys) {
      const subject = { database: '*', region: policy.home };
      return [{ subject, expected: 'every key in use can be judged', ...unknown(keys.unseen) }];
    }
    return [...keysInUse(keys.seen, policy, keys.seen.aliases)].flatMap(([name, use]): Judgment[] => {
      const resource = name.slice(name.indexOf(' ') + 1);
      const subject = { database: '*', region: use.region, resource };
      const found = keys.seen.keys.get(name);
      const finding = isForeign(use.reference, keys.seen.account)
        ? unknown('it belongs to another account: nothing of it can be seen from here')
        : found === undefined
          ? unknown('it could not be looked at')
          : judge({ use, found }, seen);
      return finding === null ? [] : [{ subject, expected: expected(use), ...finding }];
    });
  };
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

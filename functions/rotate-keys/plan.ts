import type { Subject } from '../../shared/domain/decision';
import {
  isForeign,
  isUsedBy,
  type KeysSeen,
  type KeyUse,
  keyName,
  keysInUse,
  type LookedAt,
  namedKeys,
  protectedDatabases,
} from '../../shared/domain/key-use';
import type { KeyRules, Policy } from '../../shared/domain/policy';
import { isOurs } from '../../shared/domain/tags';
import type { Instant } from '../../shared/domain/time';
import { guard, needsStart } from './guard';
import { held, type KeyCase, type KeyDecision, type KeyInUse } from './key-case';
import { rotate } from './rotation';

/**
 * What to do about each key in use, the gravest first: what is in danger is brought back or told of, automatic rotation
 * is put to what is promised, what is overdue is rotated on demand.
 *
 * Invariant: only keys that carry our tag or that the policy names are changed; of a key one on-demand rotation at most
 * is asked for, only while its material is older than promised, none is under way and one of KMS's lifelong few is left.
 *
 * @param only the keys of this database alone, judged by what is promised to all of their users
 */
export function plan(observed: KeysSeen, policy: Policy, now: Instant, only?: string): KeyDecision[] {
  const inUse = cases(observed, policy).filter(({ use }) => only === undefined || isUsedBy(use, only));
  return [
    ...inUse.flatMap((one) => guard(one, now)),
    ...inUse.flatMap(needsStart),
    ...rotating(inUse, observed, policy).flatMap((one) => rotate(one, policy.limits.onDemandRotations, now)),
    ...notEncrypted(observed, policy, only),
  ];
}

/** How many keys cannot be used that a database, a recovery point or a topic hangs on: an alarm's metric. */
export function inDanger(observed: KeysSeen, policy: Policy): number {
  return cases(observed, policy).filter(
    ({ use: { databases, snapshots, topics }, seen, foreign }) =>
      !foreign &&
      seen !== undefined &&
      seen?.key.state !== 'enabled' &&
      databases.length + snapshots.length + topics.length > 0,
  ).length;
}

/** Every key in use, with all that the rules ask about it. */
export function cases(observed: KeysSeen, policy: Policy): KeyInUse[] {
  const named = namedKeys(policy, observed.aliases);
  return [...keysInUse(observed, policy, observed.aliases)].map(([name, use]) => {
    const seen = observed.keys.get(name);
    return {
      use,
      subject: { database: databaseOf(use), region: use.region, key: seen?.aliases[0] ?? use.reference },
      seen,
      ours: mayChange(seen, named(name), policy),
      foreign: isForeign(use.reference, observed.account),
      guarded: true,
      rules: use.rules,
    };
  });
}

/** Related multi-Region keys are one here: rotation is the primary's, wherever it lies (aws-facts: KMS). */
function rotating(inUse: readonly KeyInUse[], observed: KeysSeen, policy: Policy): KeyCase[] {
  const named = namedKeys(policy, observed.aliases);
  const found = new Map<string, KeyCase>();
  for (const one of inUse) {
    const { use, subject, seen } = one;
    const primary = seen?.key.primary ?? null;
    const region = primary?.region ?? use.region;
    const name = keyName(region, primary?.arn ?? use.reference, observed.aliases);
    const before = found.get(name);
    const rules = before === undefined ? use.rules : strictest(before.rules, use.rules);
    if (primary === null || seen?.key.arn === primary.arn) {
      found.set(name, { ...one, rules });
      continue;
    }
    const its = observed.keys.get(name);
    const about: Subject = { database: subject.database, region, key: its?.aliases[0] ?? primary.arn };
    const ours = mayChange(its, named(name), policy);
    found.set(
      name,
      before === undefined
        ? { subject: about, seen: its, ours, foreign: false, guarded: false, rules }
        : { ...before, rules },
    );
  }
  return [...found.values()];
}

function mayChange(seen: LookedAt | null | undefined, isNamed: boolean, policy: Policy): boolean {
  return seen?.key.manager === 'customer' && (isNamed || isOurs(seen.tags, policy.name));
}

function strictest(a: KeyRules, b: KeyRules): KeyRules {
  return { ...a, rotateEvery: Math.min(a.rotateEvery, b.rotateEvery), rescue: a.rescue || b.rescue };
}

/** The one database that hangs on a key, or `*` for several and for none. */
function databaseOf({ databases, snapshots }: KeyUse): string {
  const names = new Set([...databases.map(({ id }) => id), ...snapshots.map(({ database }) => database)]);
  const [only = '*'] = names;
  return names.size > 1 ? '*' : only;
}

/** SEC-1. It can be said here and not be mended: encryption is a property that an instance is born with. */
function notEncrypted(observed: KeysSeen, policy: Policy, only: string | undefined): KeyDecision[] {
  return protectedDatabases(observed.databases, policy)
    .filter(({ database: { id, encrypted } }) => !encrypted && (only === undefined || id === only))
    .map(({ database: { id, region } }) =>
      held(
        { database: id, region },
        'nothing',
        'not-encrypted',
        'its storage is not encrypted, nor are its snapshots',
        'copy a snapshot under a key with copy-snapshot and {"rekey": {"to": "alias/..."}}, restore that, and move over',
      ),
    );
}

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
  snapshotsInScope,
  strictest,
  together,
} from '../../shared/domain/key-use';
import type { Policy } from '../../shared/domain/policy';
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
export function plan(
  observed: KeysSeen,
  policy: Policy,
  now: Instant,
  { only }: { readonly only?: string | undefined } = {},
): KeyDecision[] {
  const asked = ({ use }: KeyInUse) => only === undefined || isUsedBy(use, only);
  const all = cases(observed, policy);
  const inUse = all.filter(asked);
  const rotated = rotating(all, observed, policy).filter(({ members }) => members.some(asked));
  return [
    ...inUse.flatMap((one) => guard(one, now)),
    ...inUse.flatMap(needsStart),
    ...rotated.flatMap(({ key }) => rotate(key, policy.limits.onDemandRotations, now)),
    ...notEncrypted(observed, policy, only),
  ];
}

/** How many keys cannot be used that a database, a recovery point, a topic or evidence hangs on: an alarm's metric. */
export function inDanger(observed: KeysSeen, policy: Policy): number {
  return cases(observed, policy).filter(({ use: { databases, snapshots, topics, stores }, seen, foreign }) =>
    foreign || seen === undefined
      ? databases.some(({ condition }) => condition === 'lost-key')
      : seen?.key.state !== 'enabled' &&
        databases.length + snapshots.length + topics.length + stores.length > 0,
  ).length;
}

/**
 * Every key in use, with all that the rules ask about it. One that is in use by its ARN and by an alias that could not be
 * listed is one here.
 */
export function cases(observed: KeysSeen, policy: Policy): KeyInUse[] {
  const periods = new Set(Object.values(policy.policies).map(({ keys }) => keys.rotateEvery));
  const named = namedKeys(policy, observed);
  const uses = keysInUse(observed, policy, observed.aliases);
  // One of a multi-Region key that could not be looked at: its users may have been promised more of the same key.
  const unseen = new Set([...uses.keys()].filter((name) => !observed.keys.has(name)).map(multiRegionIdIn));
  const found = new Map<string, KeyInUse>();
  for (const [name, one] of uses) {
    const seen = observed.keys.get(name);
    const before = found.get(seen?.key.arn ?? name);
    const use = before === undefined ? one : together(before.use, one);
    // Who could not be seen hangs on keys of its own region; on one of a multi-Region key, whose period is one, anywhere.
    const hidden =
      seen?.key.primary == null
        ? observed.hidden.has(use.region)
        : observed.hidden.size > 0 || unseen.has(seen.key.id);
    found.set(seen?.key.arn ?? name, {
      use,
      subject: { database: databaseOf(use), region: use.region, key: seen?.aliases[0] ?? use.reference },
      seen,
      ours: mayChange(seen, named(name), policy) || before?.ours === true,
      foreign: isForeign(use.reference, observed.account),
      guarded: true,
      rules: use.rules,
      doubtful: hidden && periods.size > 1,
    });
  }
  return [...found.values()];
}

function multiRegionIdIn(name: string): string | null {
  return / (mrk-.+)$/.exec(name)?.[1] ?? null;
}

/** What is rotated as one, and the keys in use that it stands for. */
interface Rotating {
  readonly key: KeyCase;
  readonly members: readonly KeyInUse[];
}

/** Related multi-Region keys are one here: rotation is the primary's, wherever it lies (aws-facts: KMS). */
function rotating(inUse: readonly KeyInUse[], observed: KeysSeen, policy: Policy): Rotating[] {
  const named = namedKeys(policy, observed);
  const found = new Map<string, Rotating>();
  for (const one of inUse) {
    const { use, subject, seen } = one;
    const primary = seen?.key.primary ?? null;
    const region = primary?.region ?? use.region;
    const reference = primary?.arn ?? seen?.key.arn ?? use.reference;
    const name = keyName(region, reference, observed.aliases, observed.account);
    const before = found.get(name);
    const members = [...(before?.members ?? []), one];
    const rules = before === undefined ? use.rules : strictest(before.key.rules, use.rules);
    const isPrimary = primary === null || seen?.key.arn === primary.arn;
    const ours = one.ours || before?.key.ours === true;
    if (isPrimary) {
      found.set(name, { members, key: { ...one, ours, rules } });
      continue;
    }
    if (before !== undefined) {
      found.set(name, { members, key: { ...before.key, rules } });
      continue;
    }
    const its = observed.keys.get(name);
    const about: Subject = { database: subject.database, region, key: its?.aliases[0] ?? primary.arn };
    const key = {
      subject: about,
      seen: its,
      ours: mayChange(its, named(name), policy),
      foreign: false,
      guarded: false,
      rules,
      doubtful: one.doubtful,
    };
    found.set(name, { members, key });
  }
  return [...found.values()];
}

function mayChange(seen: LookedAt | null | undefined, isNamed: boolean, policy: Policy): boolean {
  return seen?.key.manager === 'customer' && (isNamed || isOurs(seen.tags ?? {}, policy.name));
}

/** The one database that hangs on a key, or `*` for several and for none. */
function databaseOf({ databases, snapshots }: KeyUse): string {
  const names = new Set([...databases.map(({ id }) => id), ...snapshots.map(({ database }) => database)]);
  const [only = '*'] = names;
  return names.size > 1 ? '*' : only;
}

/** SEC-1. It can be said here and not be mended: encryption is a property that instances and snapshots are born with. */
function notEncrypted(observed: KeysSeen, policy: Policy, only: string | undefined): KeyDecision[] {
  const wanted = (id: string) => only === undefined || id === only;
  const databases = protectedDatabases(observed.databases, policy)
    .filter(({ database: { id, encrypted } }) => !encrypted && wanted(id))
    .map(({ database: { id, region } }) =>
      held(
        { database: id, region },
        'nothing',
        'not-encrypted',
        'its storage is not encrypted',
        'copy a snapshot under a key with copy-snapshot and {"rekey": {"to": "alias/..."}}, restore that, and move over',
      ),
    );
  const plain = new Map<string, { readonly database: string; readonly region: string; count: number }>();
  for (const { snapshot, database } of snapshotsInScope(observed, policy)) {
    if (snapshot.encrypted || !wanted(database)) continue;
    const name = `${database} ${snapshot.region}`;
    const known = plain.get(name);
    if (known === undefined) plain.set(name, { database, region: snapshot.region, count: 1 });
    else known.count += 1;
  }
  const snapshots = [...plain.values()].map(({ database, region, count }) =>
    held(
      { database, region },
      'nothing',
      'not-encrypted',
      `${count} ${count === 1 ? 'snapshot is' : 'snapshots are'} not encrypted`,
      'they go with the retention, once the database is encrypted; until then their data lies open',
    ),
  );
  return [...databases, ...snapshots];
}

import type { Entry } from './decision';
import { lastRotated, onDemandUsed } from './key';
import {
  isForeign,
  isUsedBy,
  type KeysSeen,
  type KeyUse,
  keyName,
  keysInUse,
  type LookedAt,
  protectedDatabases,
  snapshotsInScope,
  together,
} from './key-use';
import type { Policy } from './policy';
import { isGood } from './snapshot';
import { DAY, formatInstant, type Instant } from './time';

/** The encryption status of everything protected, and of the keys it hangs on (SEC-4). Times are ISO 8601, UTC. */
export interface EncryptionReport {
  /** What is missing below. */
  readonly unseen: readonly Unseen[];
  readonly resources: readonly EncryptedResources[];
  readonly keys: readonly EncryptionKey[];
}

/** What one look could not see: left out without a word, the rest would pass for all there is. */
export interface Unseen {
  readonly region: string;
  /** `databases`, `snapshots`, `keys` and the like. */
  readonly what: string;
  /** AWS's reason. */
  readonly why: string;
}

/**
 * One database; or its snapshots, copies, or RDS's and AWS Backup's own snapshots (`automated`), of one region that are
 * under one key: a line for each would say no more.
 */
export interface EncryptedResources {
  readonly kind: 'database' | 'snapshots' | 'copies' | 'automated';
  readonly database: string;
  readonly region: string;
  readonly count: number;
  /** Each one's identifier; left out where all together are too many for an answer: ask for one database. */
  readonly ids: readonly string[] | null;
  readonly encrypted: boolean;
  /** ARN, as in `keys`; null where it is not encrypted. */
  readonly key: string | null;
}

export interface EncryptionKey {
  readonly arn: string;
  readonly region: string;
  readonly aliases: readonly string[];
  readonly managedBy: 'customer' | 'aws' | 'another account' | 'unknown';
  /** KMS's state in our words; `gone` where KMS knows no such key, `unseen` where it could not be looked at. */
  readonly state: string;
  readonly rotationDays: number | null;
  readonly lastRotated: string | null;
  readonly nextRotation: string | null;
  readonly onDemandUsed: number | null;
  readonly deletion: string | null;
  /** What hangs on it. */
  readonly databases: number;
  readonly recoveryPoints: number;
  readonly copiesOf: readonly string[];
  readonly topics: readonly string[];
  /** Buckets of evidence. */
  readonly stores: readonly string[];
}

/** What the looks are about that this report rests on, by the reason of the one that failed. */
const LOOKS: Readonly<Record<string, string>> = {
  'databases-unseen': 'databases',
  'snapshots-unseen': 'snapshots',
  'aliases-unseen': 'aliases of keys',
  'key-unseen': 'keys',
  'tags-unseen': 'tags of keys',
  'rotation-unseen': 'rotation of keys',
  'topic-unseen': 'topic of the notices',
  'evidence-unseen': 'bucket of evidence',
};

/**
 * What a run could not see, by its failed looks; those that have nothing to do with encryption are left out. Of many of
 * one kind the first reason stands for all: they mostly share it, and a thousand keys would be a thousand lines.
 */
export function unseenOf(failed: readonly Entry[]): Unseen[] {
  const found = new Map<string, { region: string; what: string; why: string; more: number }>();
  for (const { subject, reason, detail } of failed) {
    const what = LOOKS[reason];
    if (what === undefined) continue;
    const { region } = subject;
    const known = found.get(`${region} ${what}`);
    if (known !== undefined) known.more += 1;
    else found.set(`${region} ${what}`, { region, what, why: detail ?? reason, more: 0 });
  }
  return [...found.values()].map(({ why, more, ...one }) => ({
    ...one,
    why: more === 0 ? why : `${why}; and ${more} more`,
  }));
}

interface Asked {
  /** What this database hangs on alone. */
  readonly only?: string | undefined;
  /** What `seen` is without. */
  readonly unseen?: readonly Unseen[];
}

export function encryptionReport(
  seen: KeysSeen,
  policy: Policy,
  { only, unseen = [] }: Asked = {},
): EncryptionReport {
  const resources = new Map<string, Mutable>();
  const add = (kind: EncryptedResources['kind'], one: Resource) => {
    if (only !== undefined && one.database !== only) return;
    const key = one.key === null ? null : (seenAs(one.region, one.key, seen)?.key.arn ?? one.key);
    const line = JSON.stringify([one.database, one.region, kind, one.encrypted, key]);
    const known = resources.get(line);
    if (known !== undefined) known.ids.push(one.id);
    else {
      const { database, region, encrypted } = one;
      resources.set(line, { kind, database, region, count: 1, ids: [one.id], encrypted, key });
    }
  };
  for (const { database } of protectedDatabases(seen.databases, policy)) {
    add('database', { ...database, database: database.id });
  }
  for (const { snapshot, database } of snapshotsInScope(seen, policy)) {
    const isCopy = snapshot.copyOf !== null && snapshot.region !== policy.home;
    const kind = snapshot.kind !== 'manual' ? 'automated' : isCopy ? 'copies' : 'snapshots';
    add(kind, { ...snapshot, database });
  }
  const keys = keysOnce(seen, policy)
    .filter(({ use }) => only === undefined || isUsedBy(use, only))
    .map((one) => keyLine(one, isForeign(one.use.reference, seen.account)));
  const lines = [...resources.values()].map((line) => ({ ...line, count: line.ids.length }));
  const named = lines.reduce((sum, { count }) => sum + count, 0) <= MOST_IDS;
  return {
    unseen,
    resources: lines.map((line) => (named ? line : { ...line, ids: null })).sort(inOrder),
    keys,
  };
}

/** So many identifiers are some one and a half MB: as evidence, too, that is enough to read. */
const MOST_IDS = 20_000;

/** The same without identifiers, which are most of what it takes. */
export function withoutIds(report: EncryptionReport): EncryptionReport {
  return { ...report, resources: report.resources.map((line) => ({ ...line, ids: null })) };
}

/** A key, and all that hangs on it however it is referred to. */
interface KeyOnce {
  readonly use: KeyUse;
  readonly found: LookedAt | null | undefined;
  readonly aliases: readonly string[];
}

/**
 * Every key once. Where the region's aliases could not be listed, one that snapshots name by its ARN and the policy by
 * its alias is in use twice (`keysInUse`); what was found under both names tells that it is one.
 */
function keysOnce(seen: KeysSeen, policy: Policy): KeyOnce[] {
  const all = new Map<string, KeyOnce>();
  for (const [name, use] of keysInUse(seen, policy, seen.aliases)) {
    const found = seen.keys.get(name);
    const line = `${use.region} ${found?.key.arn ?? use.reference}`;
    const before = all.get(line);
    const aliases = new Set([...(before?.aliases ?? []), ...(found?.aliases ?? [])]);
    // Found by its alias, it has that one, whether it could be listed or not.
    const alias = /^(?:arn:.*:)?(alias\/.+)$/.exec(use.reference)?.[1];
    if (found != null && alias !== undefined) aliases.add(alias);
    all.set(line, {
      use: before === undefined ? use : together(before.use, use),
      found: before?.found ?? found,
      aliases: [...aliases].sort(),
    });
  }
  return [...all.values()];
}

interface Resource {
  readonly id: string;
  readonly database: string;
  readonly region: string;
  readonly encrypted: boolean;
  readonly key: string | null;
}

interface Mutable extends EncryptedResources {
  readonly ids: string[];
}

function seenAs(region: string, reference: string, { keys, aliases, account }: KeysSeen): LookedAt | null {
  return keys.get(keyName(region, reference, aliases, account)) ?? null;
}

function keyLine({ use, found, aliases }: KeyOnce, foreign: boolean): EncryptionKey {
  const { databases, snapshots, targets, topics, stores } = use;
  const key = found?.key;
  const rotation = found?.rotation ?? null;
  return {
    arn: key?.arn ?? use.reference,
    region: use.region,
    aliases,
    managedBy: foreign ? 'another account' : (key?.manager ?? 'unknown'),
    state: key?.state ?? (found === null ? 'gone' : 'unseen'),
    rotationDays: rotation?.period == null ? null : rotation.period / DAY,
    lastRotated: rotation === null ? null : told(lastRotated(rotation)),
    nextRotation: told(rotation?.next ?? null),
    onDemandUsed: rotation === null ? null : onDemandUsed(rotation),
    deletion: told(key?.deletion ?? null),
    databases: databases.length,
    recoveryPoints: snapshots.filter(isGood).length,
    copiesOf: [...new Set(targets.map(({ policy }) => policy))],
    topics,
    stores,
  };
}

function told(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

/** By database, then region; the database itself before its snapshots. */
function inOrder(a: EncryptedResources, b: EncryptedResources): number {
  const kinds = ['database', 'snapshots', 'copies', 'automated'];
  return (
    a.database.localeCompare(b.database) ||
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    a.region.localeCompare(b.region)
  );
}

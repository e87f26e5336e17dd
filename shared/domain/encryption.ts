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
} from './key-use';
import type { Policy } from './policy';
import { isGood } from './snapshot';
import { DAY, formatInstant, type Instant } from './time';

/** The encryption status of everything protected, and of the keys it hangs on (SEC-4). Times are ISO 8601, UTC. */
export interface EncryptionReport {
  readonly resources: readonly EncryptedResources[];
  readonly keys: readonly EncryptionKey[];
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

/** @param only what this database hangs on alone */
export function encryptionReport(seen: KeysSeen, policy: Policy, only?: string): EncryptionReport {
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
  const keys = [...keysInUse(seen, policy, seen.aliases)]
    .filter(([, use]) => only === undefined || isUsedBy(use, only))
    .map(([name, use]) => keyLine(use, seen.keys.get(name), isForeign(use.reference, seen.account)));
  const lines = [...resources.values()].map((line) => ({ ...line, count: line.ids.length }));
  const named = lines.reduce((sum, { count }) => sum + count, 0) <= MOST_IDS;
  return { resources: lines.map((line) => (named ? line : { ...line, ids: null })).sort(inOrder), keys };
}

/** Lambda answers with 6 MB at most; so many identifiers take some one and a half. */
const MOST_IDS = 20_000;

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

function seenAs(region: string, reference: string, { keys, aliases }: KeysSeen): LookedAt | null {
  return keys.get(keyName(region, reference, aliases)) ?? null;
}

function keyLine(use: KeyUse, seen: LookedAt | null | undefined, foreign: boolean): EncryptionKey {
  const { databases, snapshots, targets, topics, stores } = use;
  const key = seen?.key;
  const rotation = seen?.rotation ?? null;
  return {
    arn: key?.arn ?? use.reference,
    region: use.region,
    aliases: seen?.aliases ?? [],
    managedBy: foreign ? 'another account' : (key?.manager ?? 'unknown'),
    state: key?.state ?? (seen === null ? 'gone' : 'unseen'),
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

import type { Database } from './database';
import { accountOf, type Key, type Rotation, regionOf } from './key';
import type { CopyTarget, KeyRules, Policy, Protection } from './policy';
import { protectionOf, protectionOfSnapshots } from './selection';
import type { Snapshot } from './snapshot';
import { isOurs, TAG, type Tags } from './tags';

/** An SNS topic that notices go to, and the key that it is encrypted under. */
export interface Topic {
  readonly arn: string;
  /** Alias, id or ARN; null where it is not encrypted. */
  readonly key: string | null;
}

/** A bucket that evidence is kept in, and the key that what is put there is encrypted under. */
export interface Store {
  readonly bucket: string;
  readonly region: string;
  /** Alias, id or ARN; null where S3 encrypts by itself, with no key of KMS. */
  readonly key: string | null;
}

/** What keys are looked for in: the regions of the policy as one run saw them. */
export interface InUse {
  readonly databases: readonly Database[];
  readonly snapshots: readonly Snapshot[];
  readonly topics: readonly Topic[];
  readonly stores: readonly Store[];
  /** Regions in which something that hangs on keys could not be seen: databases, snapshots, or what aliases stand for. */
  readonly hidden: ReadonlySet<string>;
  /** Our account; null where nothing that was seen tells. */
  readonly account: string | null;
}

/** A copy target of the policy, with the policy that has it. */
export interface Target {
  readonly policy: string;
  readonly region: string;
}

/** Who hangs on one key of one region. */
export interface KeyUse {
  readonly region: string;
  /** As its users name it: an ARN, an id or an alias. */
  readonly reference: string;
  readonly databases: readonly Database[];
  readonly snapshots: readonly Snapshot[];
  readonly targets: readonly Target[];
  readonly topics: readonly string[];
  /** Buckets of evidence. */
  readonly stores: readonly string[];
  /** The strictest of what is promised to its users. */
  readonly rules: KeyRules;
}

/** The names of each region's keys: alias to key id. */
export type Aliases = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A key as one run saw it. */
export interface LookedAt {
  readonly key: Key;
  /** Its aliases in its region, in alphabetical order. */
  readonly aliases: readonly string[];
  /** Null where they could not be looked at. */
  readonly tags: Tags | null;
  /** Null where it could not be looked at, or where KMS has none to tell of. Of a replica: its primary's. */
  readonly rotation: Rotation | null;
}

/** Everything that keys are judged by, as one run saw it. */
export interface KeysSeen extends InUse {
  readonly aliases: Aliases;
  /** By `keyName`; primaries of multi-Region keys are among them. Null: no such key. Absent: it could not be seen. */
  readonly keys: ReadonlyMap<string, LookedAt | null>;
}

/**
 * One name for a key, however it is referred to: its region and id, or the ARN of a key of another account. Aliases
 * that the region does not list stay as they are: they lead nowhere, or to a key that AWS has not made yet.
 */
export function keyName(
  region: string,
  reference: string,
  aliases: Aliases,
  account: string | null = null,
): string {
  if (isForeign(reference, account)) return reference;
  const at = regionOf(reference) ?? region;
  const local = reference.startsWith('arn:') ? reference.split(':').slice(5).join(':') : reference;
  const id = local.startsWith('alias/')
    ? (aliases.get(at)?.get(local) ?? local)
    : local.replace(/^key\//, '');
  return `${at} ${id}`;
}

/** Whether a reference is the ARN of a key of another account than `account`; where either is not known, it is not. */
export function isForeign(reference: string, account: string | null): boolean {
  const its = accountOf(reference);
  return its !== null && account !== null && its !== account;
}

/** Whether a database, or a snapshot of it, hangs on a key. */
export function isUsedBy({ databases, snapshots }: KeyUse, id: string): boolean {
  return databases.some((one) => one.id === id) || snapshots.some(({ database }) => database === id);
}

/**
 * Every key in use, by `keyName`: of the protected databases, of each snapshot that is ours or of a protected
 * database, of the policy's copy targets, of the notices' topics and of the evidence's bucket. What no policy speaks of
 * is nobody's business here.
 */
export function keysInUse(seen: InUse, policy: Policy, aliases: Aliases): Map<string, KeyUse> {
  const uses = new Map<string, Building>();
  const use = (region: string, reference: string): Building => {
    const name = keyName(region, reference, aliases, seen.account);
    const known = uses.get(name);
    if (known !== undefined) return known;
    const fresh: Building = {
      region: regionOf(reference) ?? region,
      reference,
      databases: [],
      snapshots: [],
      targets: [],
      topics: [],
      stores: [],
      promises: new Set(),
    };
    uses.set(name, fresh);
    return fresh;
  };

  for (const { database, protection } of protectedDatabases(seen.databases, policy)) {
    if (database.key === null) continue;
    const found = use(database.region, database.key);
    found.databases.push(database);
    found.promises.add(protection.keys);
  }
  for (const { snapshot, protection } of snapshotsInScope(seen, policy)) {
    if (snapshot.key === null) continue;
    const found = use(snapshot.region, snapshot.key);
    found.snapshots.push(snapshot);
    if (protection !== null) found.promises.add(protection.keys);
  }
  for (const { target, protection } of targetsOf(policy)) {
    if (target.key === null) continue;
    const found = use(target.region, target.key);
    found.targets.push({ policy: protection.name, region: target.region });
    found.promises.add(protection.keys);
  }
  for (const { arn, key } of seen.topics) {
    if (key !== null) use(regionOf(arn) ?? policy.home, key).topics.push(arn);
  }
  for (const { bucket, region, key } of seen.stores) {
    if (key !== null) use(region, key).stores.push(bucket);
  }
  return new Map(
    [...uses].map(([name, { promises, ...found }]) => [
      name,
      { ...found, rules: promised(promises, policy, mayHide(name, found.region, seen)) },
    ]),
  );
}

interface Building extends Omit<KeyUse, 'rules'> {
  readonly databases: Database[];
  readonly snapshots: Snapshot[];
  readonly targets: Target[];
  readonly topics: string[];
  readonly stores: string[];
  readonly promises: Set<KeyRules>;
}

/**
 * The databases that a policy selects, in whichever region they run, with what is promised to them; and their standbys,
 * which no policy need name: without its key a read replica in another region is no help in a disaster (DR-2).
 */
export function protectedDatabases(
  databases: readonly Database[],
  policy: Policy,
): { readonly database: Database; readonly protection: Protection }[] {
  const known = new Map(
    databases.flatMap((one) => [[one.arn, one] as const, [`${one.region} ${one.id}`, one] as const]),
  );
  const promised = (database: Database, replicas: number): Protection | null => {
    const its = protectionOf(policy, database.id, database.tags);
    if (its !== null || database.replicaOf === null || replicas === CASCADE) return its;
    const { region, replicaOf: source } = database;
    const from = known.get(source) ?? known.get(`${region} ${source}`);
    return from === undefined ? null : promised(from, replicas + 1);
  };
  return databases.flatMap((database) => {
    const protection = promised(database, 0);
    return protection === null ? [] : [{ database, protection }];
  });
}

/** RDS for PostgreSQL lets replicas have replicas, three levels of them. */
const CASCADE = 3;

/** Every snapshot that is ours, or of a protected database, whoever took it. Null: no policy speaks of it any more. */
export function snapshotsInScope(
  { databases, snapshots }: Pick<InUse, 'databases' | 'snapshots'>,
  policy: Policy,
): { readonly snapshot: Snapshot; readonly database: string; readonly protection: Protection | null }[] {
  // Of namesakes in two regions, that at home: it is the one that the snapshots were taken of.
  const homeLast = [...databases].sort(
    (a, b) => Number(a.region === policy.home) - Number(b.region === policy.home),
  );
  const live = new Map(homeLast.map((database) => [database.id, database]));
  return snapshots.flatMap((snapshot) => {
    const ours = isOurs(snapshot.tags, policy.name);
    const database = ours ? (snapshot.tags[TAG.database] ?? snapshot.database) : snapshot.database;
    const protection = ours
      ? protectionOfSnapshots(policy, database, live.get(database), [snapshot])
      : // RDS's own snapshots of a deleted instance: selected by its name, or by the tags that they took over.
        protectionOf(policy, database, live.get(database)?.tags ?? snapshot.tags);
    return ours || protection !== null ? [{ snapshot, database, protection }] : [];
  });
}

function targetsOf(policy: Policy): { readonly target: CopyTarget; readonly protection: Protection }[] {
  return Object.values(policy.policies).flatMap((protection) =>
    protection.copies.map((target) => ({ target, protection })),
  );
}

/**
 * The shortest period, and a rescue where anyone was promised one; of all policies where no user has one. Users that could
 * not be seen can only make it stricter; where none was seen, the mildest holds, since what is done to a key on demand
 * cannot be taken back.
 */
function promised(promises: ReadonlySet<KeyRules>, { policies }: Policy, hidden: boolean): KeyRules {
  const all = promises.size > 0 ? [...promises] : Object.values(policies).map(({ keys }) => keys);
  const periods = all.map(({ rotateEvery }) => rotateEvery);
  if (promises.size === 0 && hidden)
    return { rotateEvery: Math.max(...periods), rescue: all.every(({ rescue }) => rescue), also: [] };
  return { rotateEvery: Math.min(...periods), rescue: all.some(({ rescue }) => rescue), also: [] };
}

/** Who could not be seen hangs on keys of its own region; on a multi-Region key, which is rotated as one, in any. */
function mayHide(name: string, region: string, { hidden }: InUse): boolean {
  return idIn(name).startsWith('mrk-') ? hidden.size > 0 : hidden.has(region);
}

/** One key that is in use under two names: what hangs on either, and the stricter promise. */
export function together(a: KeyUse, b: KeyUse): KeyUse {
  return {
    ...a,
    databases: [...a.databases, ...b.databases],
    snapshots: [...a.snapshots, ...b.snapshots],
    targets: [...a.targets, ...b.targets],
    topics: [...a.topics, ...b.topics],
    stores: [...a.stores, ...b.stores],
    rules: strictest(a.rules, b.rules),
  };
}

export function strictest(a: KeyRules, b: KeyRules): KeyRules {
  return { rotateEvery: Math.min(a.rotateEvery, b.rotateEvery), rescue: a.rescue || b.rescue, also: [] };
}

/**
 * The keys that the policy names, by `keyName`: those of the copy targets and those of `keys.also`. A multi-Region key
 * is named in every region by being named in one.
 */
export function namedKeys(
  policy: Policy,
  { aliases, account }: Pick<KeysSeen, 'aliases' | 'account'>,
): (name: string) => boolean {
  const names = new Set<string>();
  for (const protection of Object.values(policy.policies)) {
    for (const { region, key } of protection.copies)
      if (key !== null) names.add(keyName(region, key, aliases, account));
    for (const reference of protection.keys.also)
      names.add(keyName(policy.home, reference, aliases, account));
  }
  const multiRegion = new Set([...names].map(idIn).filter((id) => id.startsWith('mrk-')));
  return (name) => names.has(name) || multiRegion.has(idIn(name));
}

function idIn(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}

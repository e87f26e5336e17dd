import { accountOf, type Key, type Rotation } from '../domain/key';
import {
  type InUse,
  isForeign,
  type KeysSeen,
  keyName,
  keysInUse,
  type LookedAt,
  type Store,
  type Topic,
} from '../domain/key-use';
import type { Policy } from '../domain/policy';
import { regionsOf } from '../domain/selection';
import type { Tags } from '../domain/tags';
import type { Instant } from '../domain/time';
import type { Bucket } from '../ports/bucket';
import type { Databases } from '../ports/databases';
import type { KeyRing } from '../ports/keys';
import type { Snapshots } from '../ports/snapshots';
import type { Topics } from '../ports/topics';
import type { Looks } from './observe';

export interface KeyPorts {
  readonly databases: Databases;
  readonly snapshots: Snapshots;
  readonly keys: KeyRing;
  readonly topics: Topics;
  readonly bucket: Bucket;
}

/** What of ours hangs on keys as well: the topics that notices go to (ARNs), and the bucket of evidence, at home. */
export interface OurOwn {
  readonly topics: readonly string[];
  readonly evidenceBucket: string | null;
}

/**
 * Every key in use and what it is good for, in `ceil(databases/100) + ceil(snapshots/100) + 1 + ceil(aliases/100)` calls
 * a region, four a key (two more for the primary of a multi-Region key), one a topic and one the bucket of evidence. What
 * AWS does not show is absent, and told by `looks`.
 */
export async function observeKeys(
  ports: KeyPorts,
  policy: Policy,
  { topics, evidenceBucket }: OurOwn,
  looks: Looks,
): Promise<KeysSeen> {
  // Joined, not pushed one list at a time as arguments: a hundred thousand of those are more than a call takes.
  let databases: InUse['databases'] = [];
  let snapshots: InUse['snapshots'] = [];
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  const hidden = new Set<string>();
  for (const region of regionsOf(policy)) {
    const running = await looks.at(region, 'databases-unseen', () => ports.databases.list(region));
    if (running === undefined) hidden.add(region);
    databases = [...databases, ...(running ?? [])];
    const standing = await looks.at(region, 'snapshots-unseen', () => ports.snapshots.listEvery(region));
    if (standing === undefined) hidden.add(region);
    snapshots = [...snapshots, ...(standing ?? [])];
    const named = await looks.at(region, 'aliases-unseen', () => ports.keys.aliases(region));
    if (named === undefined) hidden.add(region);
    aliases.set(region, named ?? new Map());
  }
  const notices = await topicsSeen(ports, topics, looks);
  const [one] = [...databases, ...snapshots, ...notices];
  const inUse: InUse = {
    databases,
    snapshots,
    topics: notices,
    stores: await storesSeen(ports, policy.home, evidenceBucket, looks),
    hidden,
    account: one === undefined ? null : accountOf(one.arn),
  };
  const keys = new Map<string, LookedAt | null>();
  for (const [name, { region, reference }] of keysInUse(inUse, policy, aliases)) {
    // A primary that was looked at for its replica's sake.
    if (keys.has(name) || isForeign(reference, inUse.account)) continue;
    // To ask KMS for a key of AWS's own that was never used is to have it made; named yet unlisted, it is not there.
    if (
      /^alias\/aws\//.test(reference) &&
      !hidden.has(region) &&
      aliases.get(region)?.has(reference) === false
    )
      continue;
    const seen = await lookAt(ports.keys, region, reference, aliases, looks);
    if (seen === undefined) continue;
    const primary = seen?.key.primary ?? null;
    if (seen === null || primary === null || primary.arn === seen.key.arn) {
      keys.set(
        name,
        seen === null ? null : { ...seen, rotation: await rotationOf(ports.keys, seen.key, looks) },
      );
      continue;
    }
    const its = keyName(primary.region, primary.arn, aliases);
    if (!keys.has(its)) {
      const first = await lookAt(ports.keys, primary.region, primary.arn, aliases, looks);
      if (first !== undefined) {
        keys.set(its, first && { ...first, rotation: await rotationOf(ports.keys, first.key, looks) });
      }
    }
    keys.set(name, { ...seen, rotation: keys.get(its)?.rotation ?? null });
  }
  return { ...inUse, aliases, keys: agedTogether(keys) };
}

/** After the primary has moved, it is a key younger than its material: of related keys the oldest tells how old that is. */
function agedTogether(keys: ReadonlyMap<string, LookedAt | null>): Map<string, LookedAt | null> {
  const oldest = new Map<string, Instant>();
  for (const seen of keys.values()) {
    const { id, created, primary } = seen?.key ?? {};
    if (id === undefined || created == null || primary == null) continue;
    oldest.set(id, Math.min(created, oldest.get(id) ?? created));
  }
  return new Map(
    [...keys].map(([name, seen]) => {
      const created = seen?.key.primary == null ? undefined : oldest.get(seen.key.id);
      return [
        name,
        seen === null || created === undefined ? seen : { ...seen, key: { ...seen.key, created } },
      ];
    }),
  );
}

async function topicsSeen({ topics }: KeyPorts, arns: readonly string[], looks: Looks): Promise<Topic[]> {
  const found: Topic[] = [];
  for (const arn of arns) {
    const region = arn.split(':')[3] ?? '';
    const topic = await looks.at(region, 'topic-unseen', () => topics.find(arn));
    if (topic === null) looks.missing(region, 'topic-gone', `there is no topic ${arn}: notices reach nobody`);
    if (topic != null) found.push(topic);
  }
  return found;
}

async function storesSeen(
  { bucket }: KeyPorts,
  region: string,
  name: string | null,
  looks: Looks,
): Promise<Store[]> {
  if (name === null) return [];
  const key = await looks.at(region, 'evidence-unseen', () => bucket.key(region, name));
  return key === undefined ? [] : [{ bucket: name, region, key }];
}

async function lookAt(
  keys: KeyRing,
  region: string,
  reference: string,
  aliases: KeysSeen['aliases'],
  looks: Looks,
): Promise<LookedAt | null | undefined> {
  const key = await looks.at(region, 'key-unseen', () => keys.find(region, reference));
  if (key == null) return key;
  const tags: Tags | undefined =
    key.manager === 'aws' ? {} : await looks.at(region, 'tags-unseen', () => keys.tags(key));
  const names = [...(aliases.get(key.region) ?? [])].flatMap(([alias, id]) => (id === key.id ? [alias] : []));
  return { key, aliases: names.sort(), tags: tags ?? null, rotation: null };
}

/**
 * KMS tells of the rotation of symmetric keys of its own, while they are not pending deletion; of imported material it
 * may. What it tells nothing of is null, as what could not be seen: the look that failed says which it is.
 */
async function rotationOf(keys: KeyRing, key: Key, looks: Looks): Promise<Rotation | null> {
  const tells = key.symmetric && key.origin !== 'key-store' && ['enabled', 'disabled'].includes(key.state);
  if (!tells) return null;
  return (await looks.at(key.region, 'rotation-unseen', () => keys.rotation(key))) ?? null;
}

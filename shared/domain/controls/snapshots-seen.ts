import type { Database } from '../database';
import { regionOf } from '../key';
import { keyName, type LookedAt, snapshotsInScope } from '../key-use';
import { isGood, oursByDatabase, type Snapshot } from '../snapshot';
import { type Part, partOf } from './part';
import type { Seen } from './seen';

/** The snapshots of one look, by region and database. */
interface Sorted {
  readonly ours: ReadonlyMap<string, Part<ReadonlyMap<string, readonly Snapshot[]>>>;
  readonly inScope: ReadonlyMap<string, ReadonlyMap<string, readonly Snapshot[]>>;
  readonly copying: ReadonlyMap<string, readonly Snapshot[]>;
}

/** Sorted once a look: 1,000 databases have 100,000 snapshots, and eight controls ask for them one by one. */
const SORTED = new WeakMap<Seen, Sorted>();

function sorted(seen: Seen): Sorted {
  const known = SORTED.get(seen);
  if (known !== undefined) return known;
  const all = [...seen.snapshots.values()].flatMap((part) => ('seen' in part ? part.seen : []));
  const ours = new Map(
    [...seen.snapshots].map(([region, part]) => [
      region,
      'seen' in part ? { seen: oursByDatabase(part.seen, seen.policy.name) } : part,
    ]),
  );
  const inScope = new Map<string, Map<string, Snapshot[]>>();
  const databases = 'seen' in seen.databases ? seen.databases.seen.map(({ database }) => database) : [];
  for (const { snapshot, database } of snapshotsInScope({ databases, snapshots: all }, seen.policy)) {
    const there = inScope.get(snapshot.region) ?? new Map<string, Snapshot[]>();
    inScope.set(snapshot.region, there);
    add(there, database, snapshot);
  }
  const copying = new Map<string, Snapshot[]>();
  for (const snapshot of all) if (isCopying(snapshot)) add(copying, snapshot.database, snapshot);
  const fresh = { ours, inScope, copying };
  SORTED.set(seen, fresh);
  return fresh;
}

function add(groups: Map<string, Snapshot[]>, key: string, snapshot: Snapshot): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [snapshot]);
  else group.push(snapshot);
}

/** A copy from another region that has not finished, whoever began it. */
function isCopying({ state, copyOf, region }: Snapshot): boolean {
  return state === 'pending' && copyOf !== null && regionOf(copyOf) !== region;
}

/**
 * Our snapshots of an instance in a region. What others made counts for nothing: they may delete it at any moment. Nor
 * does what was taken of an earlier instance of the same name, which is another one.
 */
export function ownSnapshots(
  seen: Seen,
  region: string,
  { id, resource }: Pick<Database, 'id' | 'resource'>,
): Part<readonly Snapshot[]> {
  const part = partOf(sorted(seen).ours, region, region);
  if ('unseen' in part) return part;
  const group = part.seen.get(id) ?? [];
  return {
    seen: group.filter((one) => one.resource === '' || resource === '' || one.resource === resource),
  };
}

/** Good snapshots and copies of ours, of every region that was seen, by database: what it can be restored from. */
export function ownRecoveryPoints(seen: Seen): ReadonlyMap<string, readonly Snapshot[]> {
  const all = new Map<string, Snapshot[]>();
  for (const part of sorted(seen).ours.values()) {
    if ('unseen' in part) continue;
    // RDS's own may carry our tags where the instance has them; they go with it.
    for (const [id, group] of part.seen)
      for (const one of group) if (one.kind === 'manual' && isGood(one)) add(all, id, one);
  }
  return all;
}

/** Those of a region that are ours, or of a database that a policy selects, whoever took them; by database. */
export function snapshotsOfPolicy(seen: Seen, region: string): ReadonlyMap<string, readonly Snapshot[]> {
  return sorted(seen).inScope.get(region) ?? new Map();
}

/** Copies of a database's snapshots to other regions that have not finished: RDS works on one of them at a time. */
export function copiesUnderWay(seen: Seen, database: string): readonly Snapshot[] {
  return sorted(seen).copying.get(database) ?? [];
}

/** Good snapshots that can be restored, and how many cannot be since their key is known to be out of use. */
export function restorable(
  snapshots: readonly Snapshot[],
  seen: Seen,
): { readonly good: readonly Snapshot[]; readonly locked: number } {
  const all = snapshots.filter(isGood);
  const good = all.filter(({ region, key }) => key === null || !isOutOfUse(keySeen(region, key, seen)));
  return { good, locked: all.length - good.length };
}

/** What was seen of a key; null: KMS knows no such key; undefined: nobody could look. */
export function keySeen(region: string, reference: string, { keys }: Seen): LookedAt | null | undefined {
  if ('unseen' in keys) return undefined;
  return keys.seen.keys.get(keyName(region, reference, keys.seen.aliases, keys.seen.account));
}

/** Keys that were not seen count as usable here; key-in-danger says that they were not. */
function isOutOfUse(found: LookedAt | null | undefined): boolean {
  return found === null || (found !== undefined && found.key.state !== 'enabled');
}

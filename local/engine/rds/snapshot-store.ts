import BTree from 'sorted-btree';
import type { Snapshot } from './snapshot';

/**
 * The snapshots of an account in one region, in the order of their identifiers: a page of 100 out of 54,000 costs
 * what it shows. A second index leads from an instance to its own.
 */
export class SnapshotStore {
  readonly #all = new BTree<string, Snapshot>();
  readonly #byInstance = new Map<string, BTree<string, Snapshot>>();
  #manual = 0;

  /** Counts against the quota, whatever their state; automated ones and AWS Backup's do not. */
  get manual(): number {
    return this.#manual;
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: string): Snapshot | undefined {
    return this.#all.get(id);
  }

  add(snapshot: Snapshot): void {
    this.#all.set(snapshot.id, snapshot);
    const { instance } = snapshot.origin;
    const own = this.#byInstance.get(instance) ?? new BTree<string, Snapshot>();
    own.set(snapshot.id, snapshot);
    this.#byInstance.set(instance, own);
    if (snapshot.type === 'manual') this.#manual += 1;
  }

  remove(snapshot: Snapshot): void {
    this.#all.delete(snapshot.id);
    const own = this.#byInstance.get(snapshot.origin.instance);
    own?.delete(snapshot.id);
    if (own?.size === 0) this.#byInstance.delete(snapshot.origin.instance);
    if (snapshot.type === 'manual') this.#manual -= 1;
  }

  /** All behind the key, in order. */
  *after(key: string | null): Generator<readonly [string, Snapshot]> {
    yield* behind(this.#all, key);
  }

  /** Those of some instances behind the key, in order. */
  *ofInstances(instances: readonly string[], key: string | null): Generator<readonly [string, Snapshot]> {
    const trees = [...new Set(instances)].flatMap((id) => this.#byInstance.get(id) ?? []);
    const [only] = trees;
    if (only !== undefined && trees.length === 1) yield* behind(only, key);
    else yield* trees.flatMap((tree) => [...behind(tree, key)]).sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Steps by key, so that it stands while snapshots come and go under it. */
function* behind(tree: BTree<string, Snapshot>, key: string | null): Generator<readonly [string, Snapshot]> {
  const next = (last: string) => tree.nextHigherPair(last);
  const first = tree.minKey();
  let pair =
    key === null ? (first === undefined ? undefined : ([first, tree.get(first)] as const)) : next(key);
  while (pair !== undefined && pair[1] !== undefined) {
    yield [pair[0], pair[1]];
    pair = next(pair[0]);
  }
}

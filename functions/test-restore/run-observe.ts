import type { Database } from '../../shared/domain/database';
import { regionsOf } from '../../shared/domain/selection';
import type { Snapshot } from '../../shared/domain/snapshot';
import type { Databases } from '../../shared/ports/databases';
import type { Snapshots } from '../../shared/ports/snapshots';
import type { RunContext } from '../../shared/runtime/lambda';
import type { Looks } from '../../shared/runtime/observe';
import { asksWhatIsDue } from './choose';
import { snapshotOf } from './plan';
import { type Found, type Orphan, standing } from './standing';
import type { Backups } from './start';

export interface Seen {
  /** Every DB instance of the regions that could be seen. */
  readonly instances: readonly Database[];
  readonly tests: readonly Found[];
  readonly orphans: readonly Orphan[];
  /** What could be tested; null in a tick that does not ask. */
  readonly backups: Backups | null;
}

interface Observing {
  readonly databases: Databases;
  readonly snapshots: Snapshots;
}

interface Asked {
  readonly database?: string | undefined;
  readonly snapshot?: string | undefined;
}

/**
 * Instances are looked at in every tick: they remember the tests that are under way. Every snapshot only where something
 * may begin: a tag that a run left on one and died is found then.
 */
export async function observe(
  { databases, snapshots }: Observing,
  { policy, now }: RunContext,
  { database, snapshot: named }: Asked,
  looks: Looks,
): Promise<Seen> {
  const all = regionsOf(policy);
  const instances = new Map<string, readonly Database[]>();
  for (const region of all) {
    const found = await looks.at(region, 'region-unseen', () => databases.list(region));
    if (found !== undefined) instances.set(region, found);
  }
  const everywhere = [...instances.values()].flat();
  const underWay = standing(everywhere, [], policy.name).tests;
  if (database === undefined && !asksWhatIsDue(now, underWay.length, policy.limits.restoreTests)) {
    const held = await heldBy(snapshots, underWay, looks);
    return { instances: everywhere, ...standing(everywhere, held, policy.name), backups: null };
  }
  const regions = new Map<string, readonly Snapshot[]>();
  for (const region of instances.keys()) {
    // By hand any snapshot can be tested, RDS's own too.
    const list = () => (named === undefined ? snapshots.list(region) : snapshots.listEvery(region));
    const found = await looks.at(region, 'region-unseen', list);
    if (found !== undefined) regions.set(region, found);
  }
  const seen = [...instances].flatMap(([region, found]) => (regions.has(region) ? found : []));
  return {
    instances: seen,
    // A region is seen whole or not at all: half of it would look like a test without its instance.
    ...standing(seen, [...regions.values()].flat(), policy.name),
    backups: {
      databases: regions.has(policy.home) ? (instances.get(policy.home) ?? []) : [],
      regions,
      unseen: regions.size < all.length,
    },
  };
}

/** The snapshots that the tests under way are of, one call each. */
async function heldBy(snapshots: Snapshots, tests: readonly Found[], looks: Looks): Promise<Snapshot[]> {
  const held: Snapshot[] = [];
  for (const { test, instance } of tests) {
    const of = snapshotOf(instance);
    if (of === null) continue;
    const found = await looks.at(test.region, 'snapshot-unseen', () => snapshots.find(test.region, [of.id]));
    held.push(...(found ?? []));
  }
  return held;
}

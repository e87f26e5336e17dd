import type { Database } from '../../shared/domain/database';
import type { TestId } from '../../shared/domain/restore-test';
import type { Snapshot } from '../../shared/domain/snapshot';
import { isOurs, TAG } from '../../shared/domain/tags';
import { formatInstant, parseInstant } from '../../shared/domain/time';
import type { Standing } from './phase';

/** A test by what carries its tags, before anyone has asked what is kept about it. */
export type Found = Omit<Standing, 'kept'>;

/** An instance that carries the tag of a test of ours, and not what the test needs. */
export interface Orphan {
  readonly instance: Database;
  readonly why: string;
}

/** Everything of a test's that stands in the regions that were seen, and nothing that is not ours. */
export function standing(
  instances: readonly Database[],
  snapshots: readonly Snapshot[],
  owner: string,
): { readonly tests: readonly Found[]; readonly orphans: readonly Orphan[] } {
  const tests = new Map<string, Found>();
  const orphans: Orphan[] = [];
  for (const held of snapshots) {
    const requested = parseInstant(held.tags[TAG.underTest] ?? '');
    // A tag that holds no time was set by a person: prune heeds it, and no test is about it.
    if (!isOurs(held.tags, owner) || requested === null) continue;
    const test = { database: held.tags[TAG.database] ?? held.database, region: held.region, requested };
    tests.set(keyOf(test), { test, held, instance: null });
  }
  for (const instance of instances) {
    const { tags, region } = instance;
    if (!isOurs(tags, owner) || tags[TAG.restoreTest] === undefined) continue;
    const requested = parseInstant(tags[TAG.restoreTest] ?? '');
    const database = tags[TAG.database];
    if (requested === null || database === undefined) {
      const missing = requested === null ? TAG.restoreTest : TAG.database;
      orphans.push({ instance, why: `its tag ${missing} tells nothing` });
      continue;
    }
    const test = { database, region, requested };
    const known = tests.get(keyOf(test));
    if (known?.instance != null) orphans.push({ instance, why: `${known.instance.id} is of the same test` });
    else tests.set(keyOf(test), { test, held: known?.held ?? null, instance });
  }
  return { tests: [...tests.values()].sort(oldestFirst), orphans };
}

function keyOf({ database, region, requested }: TestId): string {
  return `${database} ${region} ${formatInstant(requested)}`;
}

function oldestFirst(a: Found, b: Found): number {
  return a.test.requested - b.test.requested || (keyOf(a.test) < keyOf(b.test) ? -1 : 1);
}

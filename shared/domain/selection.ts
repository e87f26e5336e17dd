import type { Database } from './database';
import type { Policy, Protection } from './policy';
import { newestFirst, type Snapshot } from './snapshot';
import { TAG, type Tags } from './tags';

/** Why an instance that a policy selects is not protected by instance snapshots. */
export type Unsupported = 'not-postgresql' | 'cluster-member';

/**
 * The protection of a database, or null when none was promised. An identifier beats a tag; of two tag selections the
 * first in the file wins. An instance made by a restore test is never selected: RDS lets it inherit its source's
 * tags (aws-facts: PITR and restore).
 */
export function protectionOf(policy: Policy, id: string, tags: Tags): Protection | null {
  if (tags[TAG.restoreTest] !== undefined) return null;
  const selections = policy.databases;
  const named = selections.find(({ match }) => 'identifiers' in match && match.identifiers.includes(id));
  const tagged = selections.find(
    ({ match }) => 'tags' in match && Object.entries(match.tags).every(([key, value]) => tags[key] === value),
  );
  const selection = named ?? tagged;
  return selection === undefined ? null : (policy.policies[selection.policy] ?? null);
}

/** Every identifier that the policy names, whether the instance exists or not. */
export function namedDatabases(policy: Policy): string[] {
  return policy.databases.flatMap(({ match }) => ('identifiers' in match ? match.identifiers : []));
}

/** Home, then every region that any policy copies to. */
export function regionsOf({ home, policies }: Policy): string[] {
  const away = Object.values(policies).flatMap(({ copies }) => copies.map(({ region }) => region));
  return [...new Set([home, ...away])];
}

export function unsupported(database: Database): Unsupported | null {
  if (database.inCluster) return 'cluster-member';
  return database.engine === 'postgres' ? null : 'not-postgresql';
}

/**
 * The protection of a database by its snapshots: that of the live instance, else the one that the snapshots were
 * taken under. So a deleted instance, or one that lost its tags, keeps its copies and its retention.
 */
export function protectionOfSnapshots(
  policy: Policy,
  id: string,
  live: Database | undefined,
  snapshots: readonly Snapshot[],
): Protection | null {
  const now = protectionOf(policy, id, live?.tags ?? {});
  if (now !== null) return now;
  const newest = [...snapshots].sort(newestFirst).find(({ tags }) => tags[TAG.policy] !== undefined);
  return policy.policies[newest?.tags[TAG.policy] ?? ''] ?? null;
}

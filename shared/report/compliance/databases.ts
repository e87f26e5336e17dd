import { databasesOf, namedIn, type Selected } from '../../domain/controls/scope';
import type { Seen } from '../../domain/controls/seen';
import type { Database } from '../../domain/database';
import type { Protection } from '../../domain/policy';
import { protectionOf, protectionOfSnapshots, unsupported } from '../../domain/selection';
import { oursByDatabase, type Snapshot } from '../../domain/snapshot';

/** A database that the report has a row for. */
export interface Reported {
  readonly id: string;
  readonly region: string;
  /** Null where no instance of this name was seen. */
  readonly database: Database | null;
  /** Null where no policy says. */
  readonly protection: Protection | null;
  /** Why nothing new is backed up, or nobody can tell; null where it is protected. */
  readonly unprotected: string | null;
}

/**
 * Those that a policy selects; then those that it names, and all that snapshots of ours stand of: a database that is gone,
 * or lost the tag that selected it, is the one that somebody looks for in a report.
 */
export function reportedDatabases(seen: Seen): Reported[] {
  const { databases, policy } = seen;
  const selected = databasesOf(seen);
  const protectedOnes = 'seen' in selected ? selected.seen.map(asProtected) : [];
  const known = new Set(protectedOnes.map(({ id }) => id));
  const instances = new Map(
    'seen' in databases ? databases.seen.map(({ database }) => [database.id, database]) : [],
  );
  const snapshots = ourSnapshots(seen);
  const chosen = [...instances.values()].filter(({ id, tags }) => protectionOf(policy, id, tags) !== null);
  const others = [
    ...chosen.map(({ id }) => id),
    ...namedIn(policy).map(({ id }) => id),
    ...[...snapshots.keys()].sort(),
  ];
  const rest = [...new Set(others)].filter((id) => !known.has(id));
  return [
    ...protectedOnes,
    ...rest.map((id): Reported => {
      const database = instances.get(id) ?? null;
      return {
        id,
        region: database?.region ?? policy.home,
        database,
        protection: protectionOfSnapshots(policy, id, database ?? undefined, snapshots.get(id) ?? []),
        unprotected:
          'unseen' in databases
            ? `the instances could not be seen: ${databases.unseen}`
            : reason(database, seen),
      };
    }),
  ];
}

function asProtected({ database, protection }: Selected): Reported {
  return { id: database.id, region: database.region, database, protection, unprotected: null };
}

function reason(database: Database | null, { policy }: Seen): string {
  if (database === null) return `no instance of this name is in ${policy.home}`;
  if (protectionOf(policy, database.id, database.tags) === null) return 'no policy selects it now';
  return unsupported(database) === 'cluster-member'
    ? 'it is a member of a cluster, which RDS takes no instance snapshots of'
    : `its engine is ${database.engine}`;
}

/** Those of all regions that could be seen, by database. */
function ourSnapshots({ snapshots, policy }: Seen): Map<string, Snapshot[]> {
  const all = [...snapshots.values()].flatMap((part) => ('seen' in part ? part.seen : []));
  return oursByDatabase(all, policy.name);
}

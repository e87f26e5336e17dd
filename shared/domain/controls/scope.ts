import type { CopyTarget, Policy, Protection, TestPlace } from '../policy';
import { namedDatabases, protectionOf, unsupported } from '../selection';
import type { Snapshot } from '../snapshot';
import type { Judgment, Subject } from './control';
import { type Finding, unknown } from './finding';
import type { Part } from './part';
import type { DatabaseSeen, Seen } from './seen';
import { snapshotsOfPolicy } from './snapshots-seen';

/** A database that a policy selects and that can be protected as it is: others are told by database-covered alone. */
export interface Selected extends DatabaseSeen {
  readonly protection: Protection;
}

type Judge = (seen: Seen) => Judgment[];

/** What is expected by a protection; null where it promises nothing that could be judged by. */
type Expected<T extends unknown[]> = (protection: Protection, ...about: T) => string | null;

/** Judges every selected database. Null: it is nothing that the control speaks of. */
export function ofDatabases(
  expected: Expected<[]>,
  judge: (one: Selected, seen: Seen, protection: Protection) => Finding | null,
): Judge {
  return ofEach(
    (protection, { home }) => [{ region: home, expected: expected(protection), about: null }],
    (one, seen) => judge(one, seen, one.protection),
  );
}

/** Judges every copy region of every selected database. */
export function ofCopies(
  expected: Expected<[CopyTarget, number]>,
  judge: (one: Selected, target: CopyTarget, seen: Seen) => Finding,
): Judge {
  return ofEach(
    (protection) =>
      protection.copies.map((target, at) => ({
        region: target.region,
        expected: expected(protection, target, at),
        about: target,
      })),
    (one, seen, target) => judge(one, target, seen),
  );
}

/** Judges every region that backups of a selected database are tested in. */
export function ofPlaces(
  expected: Expected<[TestPlace]>,
  judge: (one: Selected, place: TestPlace, seen: Seen) => Finding,
): Judge {
  return ofEach(
    (protection) =>
      (protection.restoreTest?.places ?? []).map((place) => ({
        region: place.region,
        expected: expected(protection, place),
        about: place,
      })),
    (one, seen, place) => judge(one, place, seen),
  );
}

/** One thing that is judged of a database, in one region. */
interface Line<A> {
  readonly region: string;
  readonly expected: string | null;
  readonly about: A;
}

function ofEach<A>(
  lines: (protection: Protection, policy: Policy) => readonly Line<A>[],
  judge: (one: Selected, seen: Seen, about: A) => Finding | null,
): Judge {
  return (seen) => {
    const all = databasesOf(seen);
    // Which databases a tag selects, nobody knows while they are not seen; those that are named stay told.
    if ('unseen' in all) {
      return namedIn(seen.policy).flatMap(({ id, protection }) =>
        lines(protection, seen.policy).flatMap(({ region, expected }) =>
          expected === null ? [] : [{ subject: { database: id, region }, expected, ...unknown(all.unseen) }],
        ),
      );
    }
    return all.seen.flatMap((one) =>
      lines(one.protection, seen.policy).flatMap(({ region, expected, about }) => {
        const finding = expected === null ? null : judge(one, seen, about);
        if (expected === null || finding === null) return [];
        return [{ subject: { database: one.database.id, region }, expected, ...finding }];
      }),
    );
  };
}

/** The selected databases of the home region that can be protected. */
export function databasesOf({ databases, policy }: Seen): Part<readonly Selected[]> {
  if ('unseen' in databases) return databases;
  return {
    seen: databases.seen.flatMap((one): Selected[] => {
      const protection = protectionOf(policy, one.database.id, one.database.tags);
      return protection === null || unsupported(one.database) !== null ? [] : [{ ...one, protection }];
    }),
  };
}

/** The databases that the policy names, whether they exist or not. */
export function namedIn(policy: Policy): { readonly id: string; readonly protection: Protection }[] {
  return [...new Set(namedDatabases(policy))].flatMap((id) => {
    const protection = protectionOf(policy, id, {});
    return protection === null ? [] : [{ id, protection }];
  });
}

/**
 * Judges the snapshots of each database in each of these regions, whoever took them: of the databases that a policy
 * selects, and of whatever else has snapshots of ours, as one that was deleted.
 */
export function ofSnapshots(
  expected: string,
  regions: (policy: Policy) => readonly string[],
  judge: (snapshots: readonly Snapshot[], seen: Seen, of: Subject) => Finding,
): Judge {
  return (seen) =>
    regions(seen.policy).flatMap((region) => {
      const part = seen.snapshots.get(region) ?? { unseen: `${region} was not looked at` };
      const there = snapshotsOfPolicy(seen, region);
      const ids = [...new Set([...databasesWithSnapshotsIn(region, seen), ...there.keys()])];
      return ids.map((database): Judgment => {
        const subject: Subject = { database, region };
        if ('unseen' in part) return { subject, expected, ...unknown(part.unseen) };
        return { subject, expected, ...judge(there.get(database) ?? [], seen, subject) };
      });
    });
}

/** Databases that are to have snapshots in a region, as far as is known. */
function databasesWithSnapshotsIn(region: string, seen: Seen): string[] {
  const all = databasesOf(seen);
  const known: readonly { readonly id: string; readonly protection: Protection }[] =
    'seen' in all
      ? all.seen.map(({ database, protection }) => ({ id: database.id, protection }))
      : namedIn(seen.policy);
  return known
    .filter(
      ({ protection }) =>
        region === seen.policy.home || protection.copies.some((one) => one.region === region),
    )
    .map(({ id }) => id);
}

/** Judges one thing of the whole installation. */
export function ofInstallation(
  resource: string | null,
  expected: string,
  judge: (seen: Seen) => Finding,
): Judge {
  return (seen) => [
    {
      subject: { database: '*', region: seen.policy.home, ...(resource !== null && { resource }) },
      expected,
      ...judge(seen),
    },
  ];
}

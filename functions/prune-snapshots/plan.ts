import type { Database } from '../../shared/domain/database';
import type { Decision, Subject } from '../../shared/domain/decision';
import type { Policy, Protection, Retention, Tier } from '../../shared/domain/policy';
import { keptByTier } from '../../shared/domain/retention';
import { protectionOfSnapshots } from '../../shared/domain/selection';
import {
  byInstance,
  isGood,
  isOnDemand,
  newestGood,
  oursByDatabase,
  type Snapshot,
} from '../../shared/domain/snapshot';
import { keepOf, TAG } from '../../shared/domain/tags';
import { formatDuration, type Instant, parseInstant } from '../../shared/domain/time';

export interface PruneAction {
  readonly kind: 'delete';
  readonly snapshot: Snapshot;
  /** The newest good one of the database in this region, which has to be good still when this one goes. */
  readonly survivor: string | null;
}

export type KeepReason =
  | 'on-hold'
  | 'under-test'
  | 'in-progress'
  | 'source-of-pending-copy'
  | 'copies-unseen'
  | 'newest'
  | 'last-of-deleted-instance'
  | `tier-${Tier}`
  | 'on-demand-retention'
  | 'no-recovery-point'
  | 'no-policy';

export type DeleteReason = 'past-retention' | 'on-demand-expired' | 'failed' | 'released';

export type PruneReason = KeepReason | DeleteReason | 'too-many';

export type PruneDecision = Decision<PruneAction, PruneReason>;

export interface Observed {
  readonly databases: readonly Database[];
  /** Manual snapshots by region, home among them; a region that could not be seen is not in it. */
  readonly regions: ReadonlyMap<string, readonly Snapshot[]>;
}

/** Never held back by the share: so few are told apart by looking, and a small fleet would never be pruned. */
const ALWAYS_ALLOWED = 2;

/**
 * One decision for each snapshot of ours in each region: keep it or delete it, and why.
 *
 * An instance that was deleted and made anew under its name is another one: each has its own tiers and its own last
 * snapshot. Of equal recovery points a live instance keeps the slot, which the tiers count with, and a deleted one the
 * one made last (`survivorOf`).
 *
 * Invariant: in every region and for every instance, the newest good snapshot stays, and so does everything that a
 * tier keeps, that is on hold, under test or on its way, or that a pending copy is read from. What is not ours is
 * not even looked at. A plan that would delete more than the policy's share of a region deletes nothing there.
 *
 * @param share the share of our snapshots of a region that may go in one run, 0 to 1
 */
export function plan(observed: Observed, policy: Policy, now: Instant, share: number): PruneDecision[] {
  const pending = sourcesOfPendingCopies(observed.regions);
  const live = new Map(observed.databases.map((database) => [database.id, database]));
  const all: PruneDecision[] = [];
  for (const [region, snapshots] of observed.regions) {
    const decisions: PruneDecision[] = [];
    for (const [id, group] of oursByDatabase(snapshots, policy.name)) {
      const protection = protectionOfSnapshots(policy, id, live.get(id), group);
      const target = protection?.copies.find((copy) => copy.region === region);
      const unseen =
        region === policy.home &&
        (protection?.copies ?? []).some((copy) => !observed.regions.has(copy.region));
      // A region that the policy does not copy to any more keeps to the retention at home.
      const retention = target?.retention ?? protection?.retention ?? null;
      for (const [resource, snapshots] of byInstance(group)) {
        const gone = !isOf(live.get(id), resource);
        const uncopied =
          region === policy.home ? uncopiedOf(id, snapshots, protection, observed, policy) : null;
        decisions.push(
          ...ofOne({ id, region, group: snapshots, retention, gone, uncopied, pending, unseen, now }),
        );
      }
    }
    all.push(...withinShare(decisions, share, region));
  }
  return all;
}

/** Whether the instance that lives under the name is the one that a snapshot was taken of, as far as anyone knows. */
function isOf(live: Database | undefined, resource: string): boolean {
  return live !== undefined && (resource === '' || live.resource === '' || live.resource === resource);
}

/** ARNs (and, within one region, identifiers) that a copy which has not finished is read from. */
function sourcesOfPendingCopies(regions: Observed['regions']): ReadonlySet<string> {
  const all = [...regions.values()].flat();
  return new Set(
    all.flatMap(({ state, copyOf }) => (state === 'pending' && copyOf !== null ? [copyOf] : [])),
  );
}

/**
 * The newest slot's snapshot, while a region of the policy has no copy as new as it is: only from it can one be made,
 * since what is re-keyed stays where it is. Null where every region has one.
 */
function uncopiedOf(
  id: string,
  group: readonly Snapshot[],
  protection: Protection | null,
  { regions }: Observed,
  { name }: Policy,
): Snapshot | null {
  const newest = newestGood(group.filter((one) => !isOnDemand(one)));
  const isCopied = (region: string) =>
    (oursByDatabase(regions.get(region) ?? [], name).get(id) ?? []).some(
      (copy) => isGood(copy) && (copy.recoveryPoint ?? NEVER) >= (newest?.recoveryPoint ?? NEVER),
    );
  return (protection?.copies ?? []).every(({ region }) => isCopied(region)) ? null : newest;
}

interface Group {
  readonly id: string;
  readonly region: string;
  readonly group: readonly Snapshot[];
  readonly retention: Retention | null;
  readonly gone: boolean;
  readonly uncopied: Snapshot | null;
  readonly pending: ReadonlySet<string>;
  /** A region that may hold pending copies of these could not be looked at. */
  readonly unseen: boolean;
  readonly now: Instant;
}

function ofOne({
  id,
  region,
  group,
  retention,
  gone,
  uncopied,
  pending,
  unseen,
  now,
}: Group): PruneDecision[] {
  const newest = (gone ? survivorOf(group, uncopied) : newestGood(group))?.id ?? null;
  const tiers =
    retention === null
      ? new Map<string, Tier>()
      : keptByTier(
          group.filter((one) => !isOnDemand(one)),
          retention,
          now,
        );
  return group.map((snapshot): PruneDecision => {
    const subject: Subject = { database: id, region, snapshot: snapshot.id };
    const keep = (reason: KeepReason, detail?: string): PruneDecision => ({
      subject,
      action: null,
      outcome: 'nothing',
      reason,
      ...(detail && { detail }),
    });
    const remove = (reason: DeleteReason, detail: string): PruneDecision => ({
      subject,
      action: { kind: 'delete', snapshot, survivor: newest === snapshot.id ? null : newest },
      reason,
      detail,
    });
    const { tags, state, recoveryPoint } = snapshot;
    if (tags[TAG.hold] !== undefined) return keep('on-hold', tags[TAG.hold]);
    if (tags[TAG.underTest] !== undefined) return keep('under-test', tags[TAG.underTest]);
    if (state === 'pending' || state === 'deleting') return keep('in-progress', snapshot.status);
    if (state === 'failed') return remove('failed', `RDS says ${snapshot.status}: it restores nothing`);
    if (pending.has(snapshot.arn) || pending.has(snapshot.id)) return keep('source-of-pending-copy');
    if (!isGood(snapshot) || recoveryPoint === null) return keep('no-recovery-point');
    if (retention === null)
      return keep('no-policy', 'the policy it was taken under is not in the file any more');
    const tier = tiers.get(snapshot.id);
    if (tier !== undefined) return keep(`tier-${tier}`);
    const age = `${formatDuration(now - recoveryPoint)} old`;
    if (isOnDemand(snapshot)) {
      if (!hasExpired(snapshot, now)) return keep('on-demand-retention');
    } else if (unseen) return keep('copies-unseen');
    if (snapshot.id === newest) {
      if (!gone) return keep('newest', age);
      return tags[TAG.release] === undefined
        ? keep('last-of-deleted-instance', age)
        : remove('released', `${age}, and released`);
    }
    return isOnDemand(snapshot) ? remove('on-demand-expired', age) : remove('past-retention', age);
  });
}

/**
 * The one that stands for a deleted instance for good. Of the same recovery point under several keys it is the one made
 * last, which is under the key that its owner went to: else a single snapshot would bind the key before it for ever.
 */
function survivorOf(group: readonly Snapshot[], uncopied: Snapshot | null): Snapshot | null {
  const newest = newestGood(group);
  if (newest === null || newest === uncopied) return newest;
  const equals = group.filter((one) => isGood(one) && one.recoveryPoint === newest.recoveryPoint);
  return equals.reduce(
    (last, one) => ((one.created ?? NEVER) > (last.created ?? NEVER) ? one : last),
    newest,
  );
}

const NEVER = Number.NEGATIVE_INFINITY;

/** Kept until its own time is over; one whose tags do not say when is kept until a person has looked. */
function hasExpired({ tags }: Snapshot, now: Instant): boolean {
  const requested = parseInstant(tags[TAG.requested] ?? '');
  const keep = keepOf(tags);
  return requested !== null && keep !== null && now - requested >= keep;
}

/**
 * The brake: a wrong clock, a retention cut by a slip of the pen or a fault of ours shows as too many deletions at
 * once. Failed ones do not count: nothing is lost with them.
 */
function withinShare(decisions: PruneDecision[], share: number, region: string): PruneDecision[] {
  const counted = decisions.filter(({ action, reason }) => action !== null && reason !== 'failed').length;
  const most = share === 0 ? 0 : Math.max(ALWAYS_ALLOWED, Math.floor(share * decisions.length));
  if (counted <= most) return decisions;
  return decisions.map((decision) => {
    if (decision.action === null || decision.reason === 'failed') return decision;
    return {
      subject: decision.subject,
      action: null,
      outcome: 'refused',
      reason: 'too-many',
      detail: `${counted} of ${decisions.length} snapshots of ours in ${region} would go at once; ${most} may (${decision.reason})`,
      hint: 'look at the plan with {"dryRun": true}; if it is meant, run once by hand with {"allowShare": "100%"}',
    };
  });
}

import { type Condition, type Database, isGivenUp } from '../../shared/domain/database';
import type { Act, Decision, Hold } from '../../shared/domain/decision';
import { slotName } from '../../shared/domain/names';
import type { Policy, Protection } from '../../shared/domain/policy';
import { type Quota, ration, room } from '../../shared/domain/quota';
import { namedDatabases, protectionOf, unsupported } from '../../shared/domain/selection';
import { slotAt } from '../../shared/domain/slot';
import { newestGood, oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { isOurs, slotOf, TAG, type Tags, wayAround } from '../../shared/domain/tags';
import { formatDuration, formatInstant, type Instant } from '../../shared/domain/time';

export type CreateAction =
  | { readonly kind: 'create'; readonly id: string; readonly tags: Tags }
  /** The slot's snapshot failed: it protects nothing and holds the name, so it makes way for another try. */
  | { readonly kind: 'replace'; readonly id: string; readonly tags: Tags; readonly failed: Snapshot };

export type CreateReason =
  | 'slot-due'
  | 'slot-failed'
  | 'slot-taken'
  | 'later-slot-taken'
  | 'name-taken'
  | 'quota-full'
  | 'on-demand'
  | 'asked-before'
  | 'instance-gone'
  | 'never-seen'
  | 'no-policy'
  | 'not-postgresql'
  | 'cluster-member'
  | `instance-${Exclude<Condition, 'ready'>}`;

export type CreateDecision = Decision<CreateAction, CreateReason>;

/** What the plan is made from: the home region as one run saw it. */
export interface Observed {
  readonly databases: readonly Database[];
  readonly snapshots: readonly Snapshot[];
}

/**
 * One decision for each protected database: take the snapshot of the slot that `now` lies in, or not, and why.
 * What is to be taken comes in the order of its recovery-point debt, largest first, so that what a limit or a dying
 * run leaves out is what can wait longest.
 *
 * Invariant: at most one act per database, and none for a slot that has a snapshot which is good or on its way.
 */
export function plan(observed: Observed, policy: Policy, now: Instant): CreateDecision[] {
  const taken = new Map(observed.snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const ours = oursByDatabase(observed.snapshots, policy.name);
  const decided: { decision: CreateDecision; newest: Instant }[] = [];
  for (const database of observed.databases) {
    const protection = protectionOf(policy, database.id, database.tags);
    if (protection === null) continue;
    const group = ours.get(database.id) ?? [];
    decided.push({
      decision: decide(database, protection, group, taken, policy, now),
      newest: newestGood(group)?.recoveryPoint ?? Number.NEGATIVE_INFINITY,
    });
  }
  decided.sort((a, b) => (a.newest === b.newest ? 0 : a.newest - b.newest));
  return [...decided.map(({ decision }) => decision), ...absent(observed, ours, policy)];
}

function decide(
  database: Database,
  protection: Protection,
  group: readonly Snapshot[],
  taken: ReadonlyMap<string, Snapshot>,
  policy: Policy,
  now: Instant,
): CreateDecision {
  const slot = slotAt(now, protection.snapshots.every);
  const id = slotName(database.id, slot);
  const subject = { database: database.id, region: database.region, snapshot: id };
  const hold = (
    outcome: Hold<CreateReason>['outcome'],
    reason: CreateReason,
    detail?: string,
    hint?: string,
  ) =>
    ({ subject, action: null, outcome, reason, ...(detail && { detail }), ...(hint && { hint }) }) as const;

  const reason = unsupported(database);
  if (reason !== null) {
    return hold(
      'refused',
      reason,
      `engine ${database.engine}`,
      'take this instance out of the policy; RDS for PostgreSQL is what snapshots of an instance protect',
    );
  }
  const standing = taken.get(id);
  if (standing !== undefined && !standsFor(standing, database.id, slot, policy.name)) {
    return hold(
      'refused',
      'name-taken',
      'a snapshot of this name is not ours',
      wayAround(standing.tags, policy.name),
    );
  }
  if (standing !== undefined && standing.state !== 'failed')
    return hold('nothing', 'slot-taken', standing.status);
  // An event that arrives late must not put today's data under yesterday's name.
  const later = group.find((snapshot) => isLater(snapshot, slot));
  if (later !== undefined) return hold('nothing', 'later-slot-taken', later.id);
  if (database.condition !== 'ready') {
    return hold(
      'postponed',
      `instance-${database.condition}`,
      `RDS says ${database.status}; the slot is taken at a later tick`,
      wayOut(database.condition, isGivenUp(database)),
    );
  }
  const tags: Tags = {
    [TAG.owner]: policy.name,
    [TAG.database]: database.id,
    [TAG.instance]: database.resource,
    [TAG.policy]: protection.name,
    [TAG.slot]: formatInstant(slot),
  };
  if (standing !== undefined)
    return { subject, action: { kind: 'replace', id, tags, failed: standing }, reason: 'slot-failed' };
  return { subject, action: { kind: 'create', id, tags }, reason: 'slot-due', detail: debt(group, now) };
}

/** A taken name is adopted only when it carries our tags for this very slot (style rule 5). */
export function standsFor(snapshot: Snapshot, database: string, slot: Instant, owner: string): boolean {
  const { tags } = snapshot;
  return isOurs(tags, owner) && tags[TAG.database] === database && slotOf(tags) === slot;
}

/** Of a later slot, and really taken in it: one asked for with a time to come says nothing about the slots till then. */
function isLater({ tags, recoveryPoint }: Snapshot, slot: Instant): boolean {
  const its = slotOf(tags);
  return its !== null && its > slot && recoveryPoint !== null && recoveryPoint >= its;
}

function debt(group: readonly Snapshot[], now: Instant): string {
  const newest = newestGood(group)?.recoveryPoint ?? null;
  return newest === null
    ? 'no recovery point yet'
    : `newest recovery point is ${formatDuration(now - newest)} old`;
}

function wayOut(condition: Exclude<Condition, 'ready'>, givenUp: boolean): string | undefined {
  switch (condition) {
    case 'lost-key':
      if (givenUp) return 'restore the newest recovery point: RDS does not bring this instance back any more';
      return 'enable the key again, or cancel its deletion, within 7 days; after that the instance cannot be brought back';
    case 'unusable':
      return 'look at the instance: RDS takes no snapshot from this status, and the newest recovery point grows older';
    default:
      return undefined;
  }
}

/** Databases that the policy names and the region does not have: deleted ones keep their snapshots, a misspelled name never had any. */
function absent(observed: Observed, ours: ReadonlyMap<string, Snapshot[]>, policy: Policy): CreateDecision[] {
  const live = new Set(observed.databases.map(({ id }) => id));
  return namedDatabases(policy)
    .filter((id) => !live.has(id))
    .map((id) => {
      const subject = { database: id, region: policy.home };
      if (ours.has(id)) {
        return {
          subject,
          action: null,
          outcome: 'nothing',
          reason: 'instance-gone',
          detail: 'its snapshots stay',
        };
      }
      return {
        subject,
        action: null,
        outcome: 'refused',
        reason: 'never-seen',
        detail: `no such instance in ${policy.home}, and no snapshot of one`,
        hint: 'correct the identifier in the policy, or take it out',
      };
    });
}

/** The plan as far as the account's quota goes. What does not fit is refused by name: the run fails for it. */
export function withinQuota(decisions: readonly CreateDecision[], quota: Quota): CreateDecision[] {
  return ration(
    decisions,
    room(quota),
    ({ kind }) => kind === 'create',
    ({ subject, detail }: Act<CreateAction, CreateReason>) => ({
      subject,
      action: null,
      outcome: 'refused',
      reason: 'quota-full',
      detail: `${quota.used} of ${quota.most} manual snapshots in ${subject.region} stand; ${detail ?? ''}`,
      hint: 'raise the quota "Manual DB instance snapshots" of the region, or lower the retention in the policy',
    }),
  );
}

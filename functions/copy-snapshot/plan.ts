import type { Database } from '../../shared/domain/database';
import type { Decision, Hold, Subject } from '../../shared/domain/decision';
import { regionOf } from '../../shared/domain/key';
import { copyName } from '../../shared/domain/names';
import type { CopyTarget, Policy, Protection, Retention } from '../../shared/domain/policy';
import { keptByTier } from '../../shared/domain/retention';
import { protectionOfSnapshots } from '../../shared/domain/selection';
import {
  byInstance,
  isGood,
  isOnDemand,
  newestFirst,
  newestGood,
  oursByDatabase,
  type Snapshot,
} from '../../shared/domain/snapshot';
import { combine, inherited, isOurs, TAG, type Tags, wayAround } from '../../shared/domain/tags';
import { formatDuration, type Instant } from '../../shared/domain/time';

export type CopyAction = {
  /** `replace`: the copy failed before; it protects nothing and holds the name, so it makes way first. */
  readonly kind: 'copy' | 'replace';
  readonly id: string;
  readonly source: Snapshot;
  readonly target: Pick<CopyTarget, 'region' | 'key' | 'optionGroup'>;
  readonly tags: Tags;
  readonly failed: Snapshot | null;
};

export type CopyReason =
  | 'newest-missing'
  | 'older-missing'
  | 'copy-failed'
  | 'all-copied'
  | 'nothing-to-copy'
  | 'copy-in-flight'
  | 'another-region-first'
  | 'region-unseen'
  | 'name-taken'
  | 'in-flight-limit'
  | 'quota-full'
  | 'no-key'
  | 'key-missing'
  | 'key-unusable'
  | 'option-group-needed'
  | 'rekey'
  | 'newest-not-ready'
  | 'snapshot-unfit'
  | 'not-copied'
  | 'foreign-key'
  | 'rekeyed-before'
  | 'already-under-key';

export type CopyDecision = Decision<CopyAction, CopyReason>;

/** The home region and the copy regions as one run saw them. */
export interface Observed {
  readonly databases: readonly Database[];
  readonly home: readonly Snapshot[];
  /** By region; one that could not be seen is not in it. */
  readonly away: ReadonlyMap<string, readonly Snapshot[]>;
}

/** A decision, with the newest recovery point that the region has of the database: the older, the sooner its turn. */
interface Ranked {
  readonly decision: CopyDecision;
  readonly newest: Instant;
}

/**
 * One decision for each database and copy region: which snapshot to copy there next, or why none. What is to be
 * copied comes in the order of its recovery-point debt, largest first.
 *
 * Wanted in a region is what both retentions keep, of the slots (on-demand snapshots stay at home): so nothing is
 * copied that the next prune would delete at either end, and copying and pruning come to rest. The newest goes first.
 *
 * Invariant: at most one copy for each database and region, and none while one of the database is in flight to any
 * region: RDS queues the copies of one instance, and takes no automated backup while one runs (aws-facts: Quotas).
 * Of several regions `admit` lets the first go that can.
 */
export function plan(observed: Observed, policy: Policy, now: Instant): CopyDecision[] {
  const live = new Map(observed.databases.map((database) => [database.id, database]));
  const inFlight = new Set(
    [...observed.away.values()]
      .flat()
      .filter(isCopying)
      .map(({ database }) => database),
  );
  const away = new Map([...observed.away].map(([region, there]) => [region, indexed(there, policy.name)]));
  const ranked: Ranked[] = [];
  for (const [id, sources] of oursByDatabase(observed.home, policy.name)) {
    const protection = protectionOfSnapshots(policy, id, live.get(id), sources);
    if (protection === null) continue;
    for (const target of protection.copies) {
      const wishes = forTarget(id, sources, target, protection, away.get(target.region), policy, now);
      ranked.push(...(inFlight.has(id) ? wishes.map(whileInFlight) : wishes));
    }
  }
  ranked.sort((a, b) => (a.newest === b.newest ? 0 : a.newest - b.newest));
  return ranked.map(({ decision }) => decision);
}

/** A copy region, looked up by name and by database: once a run, not once a database. */
interface Destination {
  readonly byId: ReadonlyMap<string, Snapshot>;
  readonly ours: ReadonlyMap<string, readonly Snapshot[]>;
}

function indexed(there: readonly Snapshot[], owner: string): Destination {
  return {
    byId: new Map(there.map((snapshot) => [snapshot.id, snapshot])),
    ours: oursByDatabase(there, owner),
  };
}

/**
 * A copy from another region that has not finished, whoever began it: it takes a place in the region's queue. One within
 * the region, as re-keying makes, takes none there, and holds no scheduled copy of ours back: RDS lets it wait its turn.
 */
export function isCopying({ state, copyOf, region }: Snapshot): boolean {
  return state === 'pending' && copyOf !== null && regionOf(copyOf) !== region;
}

/** The next copy to a region, if there is one; and apart from it, each wanted one whose name is not to be had. */
function forTarget(
  database: string,
  sources: readonly Snapshot[],
  target: CopyTarget,
  protection: Protection,
  there: Destination | undefined,
  policy: Policy,
  now: Instant,
): Ranked[] {
  const subject: Subject = { database, region: target.region };
  const never = Number.NEGATIVE_INFINITY;
  if (there === undefined) {
    const decision = held(subject, 'postponed', 'region-unseen', 'the region could not be looked at');
    return [{ newest: never, decision }];
  }
  const copies = there.ours.get(database) ?? [];
  const newest = newestGood(copies)?.recoveryPoint ?? never;
  const all = wanted(sources, copies, target, protection, policy.home, now);
  if (all.length === 0) {
    const decision = sources.some((source) => isGood(source) && !isOnDemand(source))
      ? held(subject, 'nothing', 'all-copied', 'what stands there is as new as anything that would be kept')
      : held(subject, 'nothing', 'nothing-to-copy', 'no good snapshot at home yet');
    return [{ newest, decision }];
  }
  const standing = (source: Snapshot) => there.byId.get(copyName(source.id, policy.home)) ?? null;
  const isTaken = (source: Snapshot) => {
    const found = standing(source);
    return found !== null && !isCopyOf(found, source, policy.name);
  };
  const decisions: CopyDecision[] = all
    .filter(isTaken)
    .map((source) =>
      held(
        { ...subject, snapshot: copyName(source.id, policy.home) },
        'refused',
        'name-taken',
        'a snapshot of this name is not our copy',
        wayAround(standing(source)?.tags ?? {}, policy.name),
      ),
    );
  // A name that is not to be had must not keep the others at home.
  const missing = all.find((source) => {
    const found = standing(source);
    return found === null || (found.state === 'failed' && !isTaken(source));
  });
  if (missing !== undefined) decisions.push(begin(missing, standing(missing), missing === all[0]));
  else if (decisions.length === 0) decisions.push(held(subject, 'nothing', 'all-copied'));
  return decisions.map((decision) => ({ newest, decision }));

  function begin(source: Snapshot, failed: Snapshot | null, isNewest: boolean): CopyDecision {
    const id = copyName(source.id, policy.home);
    const about = { ...subject, snapshot: id };
    if (source.encrypted && target.key === null) {
      const hint = `name a key of ${target.region} in the policy, as in copies: [{ region: ${target.region}, key: alias/holdfast }]`;
      return held(
        about,
        'refused',
        'no-key',
        'the snapshot is encrypted, and a key is good in its own region only',
        hint,
      );
    }
    const kind = failed === null ? 'copy' : 'replace';
    const action: CopyAction = { kind, id, source, target, tags: tagsOf(source, policy.name), failed };
    const detail =
      newest === never ? 'no copy there yet' : `newest copy is ${formatDuration(now - newest)} old`;
    const reason = failed !== null ? 'copy-failed' : isNewest ? 'newest-missing' : 'older-missing';
    return { subject: about, action, reason, detail };
  }
}

/** What a copy region should hold of a database, newest first: good slots that both ends' retention keeps. */
function wanted(
  sources: readonly Snapshot[],
  copies: readonly Snapshot[],
  target: CopyTarget,
  protection: Protection,
  home: string,
  now: Instant,
): Snapshot[] {
  const slots = sources.filter((source) => isGood(source) && !isOnDemand(source));
  const names = new Set(slots.map(({ id }) => copyName(id, home)));
  // As if all were copied already: which of them would the destination's tiers keep, beside what it has?
  const asCopied = [
    ...slots.map((source) => ({ ...source, id: copyName(source.id, home) })),
    ...copies.filter((copy) => !names.has(copy.id) && !isOnDemand(copy)),
  ];
  const keptHere = keptOf(slots, protection.retention, now);
  const keptThere = keptOf(asCopied, target.retention, now, copies.filter(isOnDemand));
  return slots.filter(({ id }) => keptHere.has(id) && keptThere.has(copyName(id, home))).sort(newestFirst);
}

/**
 * What prune keeps of them: by the tiers, and the newest of each instance whatever its age; not that where a re-keyed
 * copy, as new as it is, stands for it. Copied again, it would only be pruned again.
 */
function keptOf(
  snapshots: readonly Snapshot[],
  retention: Retention,
  now: Instant,
  rekeyed: readonly Snapshot[] = [],
): Set<string> {
  const groups = [...byInstance(snapshots).values()];
  return new Set(
    groups.flatMap((group) => {
      const newest = newestGood(group);
      const isCovered = rekeyed.some(
        (one) =>
          isGood(one) &&
          one.resource === newest?.resource &&
          (one.recoveryPoint ?? 0) >= (newest.recoveryPoint ?? 0),
      );
      return [
        ...keptByTier(group, retention, now).keys(),
        ...(newest === null || isCovered ? [] : [newest.id]),
      ];
    }),
  );
}

/** A taken name is adopted only when our tags say that it is the copy of this very snapshot (style rule 5). */
export function isCopyOf(standing: Snapshot, source: Snapshot, owner: string): boolean {
  return isOurs(standing.tags, owner) && standing.tags[TAG.copyOf] === source.arn;
}

/** What the source carries but for AWS's own, then ours, then where it came from. */
function tagsOf(source: Snapshot, owner: string): Tags {
  return copiedTags(source, owner, [TAG.database, TAG.instance, TAG.policy, TAG.slot]);
}

/** @param kept those of our own tags that the copy takes over; `more` are its own */
export function copiedTags(source: Snapshot, owner: string, kept: readonly string[], more: Tags = {}): Tags {
  const same = kept.flatMap((tag) => {
    const value = source.tags[tag];
    return value === undefined ? [] : [[tag, value] as const];
  });
  return combine(
    { [TAG.owner]: owner, ...Object.fromEntries(same), ...more, [TAG.copyOf]: source.arn },
    inherited(source.tags),
  );
}

function whileInFlight({ decision, newest }: Ranked): Ranked {
  if (decision.action === null) return { decision, newest };
  const detail = 'RDS copies one snapshot of an instance at a time';
  return { newest, decision: held(decision.subject, 'nothing', 'copy-in-flight', detail) };
}

export function held(
  subject: Subject,
  outcome: Hold<CopyReason>['outcome'],
  reason: CopyReason,
  detail?: string,
  hint?: string,
): Hold<CopyReason> {
  return { subject, action: null, outcome, reason, ...(detail && { detail }), ...(hint && { hint }) };
}

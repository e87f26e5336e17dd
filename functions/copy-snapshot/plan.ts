import type { Database } from '../../shared/domain/database';
import type { Decision, Hold, Subject } from '../../shared/domain/decision';
import { copyName } from '../../shared/domain/names';
import type { CopyTarget, Policy, Protection } from '../../shared/domain/policy';
import { keptByTier } from '../../shared/domain/retention';
import { protectionOfSnapshots } from '../../shared/domain/selection';
import {
  isGood,
  isOnDemand,
  newestFirst,
  newestGood,
  oursByDatabase,
  type Snapshot,
} from '../../shared/domain/snapshot';
import { combine, inherited, isOurs, TAG, type Tags } from '../../shared/domain/tags';
import { formatDuration, type Instant } from '../../shared/domain/time';

export type CopyAction = {
  /** `replace`: the copy failed before; it protects nothing and holds the name, so it makes way first. */
  readonly kind: 'copy' | 'replace';
  readonly id: string;
  readonly source: Snapshot;
  readonly target: CopyTarget;
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
  | 'option-group-needed';

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
 * Invariant: at most one copy of a database begins, and none while one is in flight to any region, for RDS queues the
 * copies of one instance, and takes no automated backup while one runs (aws-facts: Quotas).
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
    const wishes = protection.copies.map((target) =>
      forTarget(id, sources, target, protection, away.get(target.region), policy, now),
    );
    ranked.push(...oneAtATime(wishes, inFlight.has(id)));
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

/** A copy from another region that has not finished, whoever began it: it takes a place in the region's queue. */
export function isCopying({ state, copyOf }: Snapshot): boolean {
  return state === 'pending' && copyOf !== null;
}

function forTarget(
  database: string,
  sources: readonly Snapshot[],
  target: CopyTarget,
  protection: Protection,
  there: Destination | undefined,
  policy: Policy,
  now: Instant,
): Ranked {
  const subject: Subject = { database, region: target.region };
  const never = Number.NEGATIVE_INFINITY;
  if (there === undefined) {
    return {
      newest: never,
      decision: held(subject, 'postponed', 'region-unseen', 'the region could not be looked at'),
    };
  }
  const copies = there.ours.get(database) ?? [];
  const newest = newestGood(copies)?.recoveryPoint ?? never;
  const [first, ...older] = wanted(sources, copies, target, protection, policy.home, now);
  if (first === undefined)
    return { newest, decision: held(subject, 'nothing', 'nothing-to-copy', 'no good snapshot at home yet') };

  const missing = [first, ...older].find((source) => {
    const standing = there.byId.get(copyName(source.id, policy.home));
    return standing === undefined || standing.state === 'failed' || !isCopyOf(standing, source, policy.name);
  });
  if (missing === undefined) return { newest, decision: held(subject, 'nothing', 'all-copied') };

  const id = copyName(missing.id, policy.home);
  const about = { ...subject, snapshot: id };
  const standing = there.byId.get(id) ?? null;
  if (standing !== null && !isCopyOf(standing, missing, policy.name)) {
    const hint = `delete it, or give it our tags if it is ours: ${TAG.owner}=${policy.name}`;
    return {
      newest,
      decision: held(about, 'refused', 'name-taken', 'a snapshot of this name is not our copy', hint),
    };
  }
  if (missing.encrypted && target.key === null) {
    const hint = `name a key of ${target.region} in the policy, as in copies: [{ region: ${target.region}, key: alias/holdfast }]`;
    return {
      newest,
      decision: held(
        about,
        'refused',
        'no-key',
        'the snapshot is encrypted, and a key is good in its own region only',
        hint,
      ),
    };
  }
  const action: CopyAction = {
    kind: standing === null ? 'copy' : 'replace',
    id,
    source: missing,
    target,
    tags: tagsOf(missing, policy.name),
    failed: standing,
  };
  const detail =
    newest === never ? 'no copy there yet' : `newest copy is ${formatDuration(now - newest)} old`;
  const reason = standing !== null ? 'copy-failed' : missing === first ? 'newest-missing' : 'older-missing';
  return { newest, decision: { subject: about, action, reason, detail } };
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
  const slots = sources.filter((source) => isGood(source) && !isOnDemand(source)).sort(newestFirst);
  const names = new Set(slots.map(({ id }) => copyName(id, home)));
  // As if all were copied already: which of them would the destination's tiers keep, beside what it has?
  const asCopied = [
    ...slots.map((source) => ({ ...source, id: copyName(source.id, home) })),
    ...copies.filter(({ id }) => !names.has(id)),
  ];
  const keptHere = keptByTier(slots, protection.retention, now);
  const keptThere = keptByTier(asCopied, target.retention, now);
  return slots.filter(
    ({ id }, index) => index === 0 || (keptHere.has(id) && keptThere.has(copyName(id, home))),
  );
}

/** A taken name is adopted only when our tags say that it is the copy of this very snapshot (style rule 5). */
export function isCopyOf(standing: Snapshot, source: Snapshot, owner: string): boolean {
  return isOurs(standing.tags, owner) && standing.tags[TAG.copyOf] === source.arn;
}

/** What the source carries but for AWS's own, then ours, then where it came from. */
function tagsOf(source: Snapshot, owner: string): Tags {
  const slots = [TAG.database, TAG.policy, TAG.slot].flatMap((tag) => {
    const value = source.tags[tag];
    return value === undefined ? [] : [[tag, value] as const];
  });
  return combine(
    { [TAG.owner]: owner, ...Object.fromEntries(slots), [TAG.copyOf]: source.arn },
    inherited(source.tags),
  );
}

/** Of several regions that a database could be copied to now, the one that is furthest behind goes first. */
function oneAtATime(wishes: readonly Ranked[], inFlight: boolean): Ranked[] {
  const first = wishes
    .filter(({ decision }) => decision.action !== null)
    .reduce<Ranked | null>((best, one) => (best === null || one.newest < best.newest ? one : best), null);
  return wishes.map((wish) => {
    const { decision, newest } = wish;
    if (decision.action === null) return wish;
    if (inFlight) {
      return {
        newest,
        decision: held(
          decision.subject,
          'nothing',
          'copy-in-flight',
          'RDS copies one snapshot of an instance at a time',
        ),
      };
    }
    if (wish === first) return wish;
    const detail = `${first?.decision.subject.region ?? 'another region'} is further behind, and RDS copies one at a time`;
    return { newest, decision: held(decision.subject, 'postponed', 'another-region-first', detail) };
  });
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

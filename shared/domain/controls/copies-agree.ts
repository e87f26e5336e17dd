import type { Database } from '../database';
import { few } from '../inspection/check';
import { regionOf } from '../key';
import { copyName } from '../names';
import type { CopyTarget, Policy, Protection, Retention } from '../policy';
import { keptByTier } from '../retention';
import { isGood, isOnDemand, newestFirst, newestGood, type Snapshot, type SnapshotState } from '../snapshot';
import { isOurs, TAG } from '../tags';
import { formatInstant, type Instant } from '../time';
import { invoke, whoAsked } from './command';
import { control } from './control';
import { count, lasting } from './figures';
import { type Finding, failed, passed, unknown } from './finding';
import { ofCopies, type Selected } from './scope';
import type { Seen } from './seen';
import { ownSnapshots } from './snapshots-seen';

export const copiesAgree = control(
  {
    id: 'copies-agree',
    title: 'What both ends keep is in both regions, of the same moment',
    requirements: ['REC-6', 'REC-8'],
    severity: 'medium',
    rationale:
      'The newest copy alone does not bring back last week. Every slot that the retention of both ends keeps has its copy, and the copy holds the same moment as its source. What stands in the copy region and is gone at home, somebody has deleted.',
    remedy: {
      text: 'Let copy-snapshot catch up, newest first; where it does not, let the copies take less time or the snapshots more. For what is gone at home, find out who deleted it, and copy it back under its old name and tags; where the retention at home was lengthened lately, waive this control until it has filled',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-copy-snapshot --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'functions/copy-snapshot/README.md#what-it-answers',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-6', 'NIST 800-53 CP-9', 'ISO 27001 A.8.13', 'SOC 2 A1.2'],
  },
  ofCopies(
    (_, { region }) =>
      `every slot that both retentions keep, and that is older than the promise, has its copy in ${region}; every copy there that home would keep has its slot at home`,
    judge,
  ),
);

function judge({ database, protection }: Selected, target: CopyTarget, seen: Seen): Finding {
  const { home } = seen.policy;
  const here = ownSnapshots(seen, home, database);
  if ('unseen' in here) return unknown(here.unseen);
  const away = ownSnapshots(seen, target.region, database);
  if ('unseen' in away) return unknown(away.unseen);
  const wanted = wantedIn(here.seen, away.seen, protection.retention, target.retention, seen);
  // Younger ones may be on their way still: that is what copies[].point grants.
  const due = wanted.filter(({ recoveryPoint }) => seen.now - (recoveryPoint ?? seen.now) > target.point);
  const copies = new Map(away.seen.map((copy) => [copy.id, copy]));
  const missing: Snapshot[] = [];
  const differing: Snapshot[] = [];
  for (const source of due) {
    const copy = copies.get(copyName(source.id, home));
    if (copy === undefined || !isGood(copy) || !isCopyOf(copy, source, seen.policy.name))
      missing.push(source);
    else if (copy.recoveryPoint !== source.recoveryPoint) differing.push(source);
  }
  const gone = goneAtHome(here.seen, away.seen, protection, seen);
  const command = invoke(seen, 'copy-snapshot', { database: database.id });
  if (due.length + gone.length === 0)
    return nothingDue(database, target, [...here.seen, ...away.seen], seen, command);
  const all = count(due.length + gone.length, 'slot');
  const uncopied = [...missing, ...differing];
  if (uncopied.length + gone.length === 0) return passed(`${all}, each with its copy`);
  const parts = [
    ...(missing.length > 0 ? [`without a good copy: ${names(missing)}`] : []),
    ...(differing.length > 0 ? [`of another moment than the copy: ${names(differing)}`] : []),
    ...(gone.length > 0
      ? [`gone at home although its retention keeps ${gone.length === 1 ? 'it' : 'them'}: ${names(gone)}`]
      : []),
  ];
  const costs = [
    ...(uncopied.length > 0 ? [wayBack(uncopied, home)] : []),
    ...(gone.length > 0 ? [wayBack(gone, target.region)] : []),
  ];
  return failed(`of ${all}, ${parts.join('; ')}`, {
    cost: costs.join('; '),
    // What is gone at home, no run of ours brings back: who deleted it comes first.
    command: uncopied.length > 0 ? command : whoAsked(home, 'EventName', 'DeleteDBSnapshot'),
    measure: { value: uncopied.length + gone.length, unit: 'slots' },
  });
}

/**
 * Two retentions may have nothing in common that is older than the promise. Where no such slot stands at either end,
 * there is nothing to judge by; unless there can be none yet.
 */
function nothingDue(
  { created }: Database,
  { point }: CopyTarget,
  slots: readonly Snapshot[],
  { now }: Seen,
  command: string,
): Finding {
  const isOld = ({ recoveryPoint }: Snapshot) => now - (recoveryPoint ?? now) > point;
  if (slots.some((one) => isGood(one) && !isOnDemand(one) && isOld(one)))
    return passed(`no slot that both ends keep is older than ${lasting(point)}`);
  return created === null || now - created <= point
    ? passed('no slot is old enough to need a copy')
    : unknown(
        `no good slot that is older than ${lasting(point)} stands at either end, although the database is older`,
        command,
      );
}

/**
 * What stands away, and would stand at home by all that prune-snapshots keeps there: as if nothing were missing, what
 * would its tiers keep, and which is the newest? A slot that is the newest of its period stays so however late it is
 * looked at, as only what is newer pushes it out; so no run of prune, early or late, deletes one of these.
 *
 * A copy counts only under the name and tags that copy-snapshot gives it: what somebody copied or re-keyed by hand, and
 * what is asked for by hand, need not be at home. One that was taken under another policy has to be kept by that one,
 * too: home went by it until the database changed its policy. A retention at home that was lengthened lately is not to
 * be told from a deletion: home has not what it promises to keep, either way.
 */
function goneAtHome(
  here: readonly Snapshot[],
  away: readonly Snapshot[],
  protection: Protection,
  { policy, now }: Seen,
): Snapshot[] {
  const standing = here.filter(({ state }) => !GONE.includes(state));
  const ids = new Set(standing.map(({ id }) => id));
  // Under another name it is there all the same: re-keyed by hand, or copied back.
  const moments = new Set(standing.map(({ recoveryPoint }) => recoveryPoint));
  const sources = away.flatMap((copy) => {
    const source = sourceOf(copy, policy);
    const isThere = source === null || ids.has(source.id) || moments.has(source.recoveryPoint);
    return isThere ? [] : [source];
  });
  if (sources.length === 0) return [];
  const slots = here.filter((one) => isGood(one) && !isOnDemand(one));
  const asIfThere = [...slots, ...sources];
  const keptNow = kept(asIfThere, protection.retention, now);
  const keptBy = (name: string): ReadonlySet<string> => {
    const before = policy.policies[name];
    if (before === undefined) return new Set();
    return before.name === protection.name ? keptNow : kept(asIfThere, before.retention, now);
  };
  return sources.filter(({ id, tags }) => keptNow.has(id) && keptBy(tags[TAG.policy] ?? '').has(id));
}

/** Neither restores anything. */
const GONE: readonly SnapshotState[] = ['failed', 'deleting'];

/** The slot at home that one of our copies was made of, as it would stand there; null where it was made of none. */
function sourceOf(copy: Snapshot, { name, home }: Policy): Snapshot | null {
  const arn = copy.tags[TAG.copyOf] ?? '';
  const id = arn.split(':').at(-1) ?? '';
  const ours = isOurs(copy.tags, name) && isGood(copy) && !isOnDemand(copy);
  return ours && regionOf(arn) === home && copy.id === copyName(id, home)
    ? { ...copy, id, arn, region: home }
    : null;
}

/** The same that copy-snapshot wants: good slots that both ends' retention keeps, as if all were copied already. */
function wantedIn(
  home: readonly Snapshot[],
  away: readonly Snapshot[],
  here: Retention,
  there: Retention,
  { policy, now }: Seen,
): Snapshot[] {
  const slots = home.filter((source) => isGood(source) && !isOnDemand(source));
  const names = new Set(slots.map(({ id }) => copyName(id, policy.home)));
  const asCopied = [
    ...slots.map((source) => ({ ...source, id: copyName(source.id, policy.home) })),
    ...away.filter((copy) => !names.has(copy.id) && !isOnDemand(copy)),
  ];
  const keptHere = kept(slots, here, now);
  const keptThere = kept(asCopied, there, now);
  return slots
    .filter(({ id }) => keptHere.has(id) && keptThere.has(copyName(id, policy.home)))
    .sort(newestFirst);
}

function kept(snapshots: readonly Snapshot[], retention: Retention, now: Instant): Set<string> {
  const newest = newestGood(snapshots);
  return new Set([...keptByTier(snapshots, retention, now).keys(), ...(newest === null ? [] : [newest.id])]);
}

function isCopyOf(copy: Snapshot, source: Snapshot, owner: string): boolean {
  return isOurs(copy.tags, owner) && copy.tags[TAG.copyOf] === source.arn;
}

function wayBack(snapshots: readonly Snapshot[], lost: string): string {
  const oldest = Math.min(...snapshots.map(({ recoveryPoint }) => recoveryPoint ?? Number.POSITIVE_INFINITY));
  return `the way back to ${formatInstant(oldest)} and the like, if ${lost} is lost now`;
}

function names(snapshots: readonly Snapshot[]): string {
  return few([...snapshots].sort(newestFirst).map(({ id }) => id));
}

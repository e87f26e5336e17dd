import { few } from '../inspection/check';
import { copyName } from '../names';
import type { CopyTarget, Retention } from '../policy';
import { keptByTier } from '../retention';
import { isGood, isOnDemand, newestFirst, newestGood, type Snapshot } from '../snapshot';
import { isOurs, TAG } from '../tags';
import { formatInstant, type Instant } from '../time';
import { invoke } from './command';
import { control } from './control';
import { count } from './figures';
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
      'The newest copy alone does not bring back last week. Every slot that the retention of both ends keeps has its copy, and the copy holds the same moment as its source.',
    remedy: {
      text: 'Let copy-snapshot catch up, newest first; where it does not, let the copies take less time or the snapshots more',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-copy-snapshot --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'functions/copy-snapshot/README.md#what-it-answers',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-6', 'NIST 800-53 CP-9', 'ISO 27001 A.8.13', 'SOC 2 A1.2'],
  },
  ofCopies(
    (_, { region }) =>
      `every slot that both retentions keep, and that is older than the promise, has its copy in ${region}`,
    judge,
  ),
);

function judge({ database, protection }: Selected, target: CopyTarget, seen: Seen): Finding {
  const home = ownSnapshots(seen, seen.policy.home, database);
  if ('unseen' in home) return unknown(home.unseen);
  const away = ownSnapshots(seen, target.region, database);
  if ('unseen' in away) return unknown(away.unseen);
  const wanted = wantedIn(home.seen, away.seen, protection.retention, target.retention, seen);
  // Younger ones may be on their way still: that is what copies[].point grants.
  const due = wanted.filter(({ recoveryPoint }) => seen.now - (recoveryPoint ?? seen.now) > target.point);
  const copies = new Map(away.seen.map((copy) => [copy.id, copy]));
  const missing: Snapshot[] = [];
  const differing: Snapshot[] = [];
  for (const source of due) {
    const copy = copies.get(copyName(source.id, seen.policy.home));
    if (copy === undefined || !isGood(copy) || !isCopyOf(copy, source, seen.policy.name))
      missing.push(source);
    else if (copy.recoveryPoint !== source.recoveryPoint) differing.push(source);
  }
  const all = count(due.length, 'slot');
  if (missing.length + differing.length === 0)
    return passed(due.length === 0 ? 'no slot is old enough to be judged' : `${all}, each with its copy`);
  const parts = [
    ...(missing.length > 0 ? [`without a good copy: ${few(missing.map(({ id }) => id))}`] : []),
    ...(differing.length > 0
      ? [`of another moment than the copy: ${few(differing.map(({ id }) => id))}`]
      : []),
  ];
  return failed(`of ${all}, ${parts.join('; ')}`, {
    cost: `the way back to ${formatInstant(oldest([...missing, ...differing]))} and the like, if ${seen.policy.home} is lost now`,
    command: invoke(seen, 'copy-snapshot', { database: database.id }),
    measure: { value: missing.length + differing.length, unit: 'slots' },
  });
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

function oldest(snapshots: readonly Snapshot[]): Instant {
  return Math.min(...snapshots.map(({ recoveryPoint }) => recoveryPoint ?? Number.POSITIVE_INFINITY));
}

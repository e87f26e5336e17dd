import { type Act, condense, narrowed, type Report } from '../../shared/domain/decision';
import { copyName } from '../../shared/domain/names';
import type { Policy } from '../../shared/domain/policy';
import { regionsOf } from '../../shared/domain/selection';
import { isGood, isOnDemand, type Snapshot } from '../../shared/domain/snapshot';
import { isOurs, TAG, type Tags } from '../../shared/domain/tags';
import type { Databases } from '../../shared/ports/databases';
import type { Snapshots } from '../../shared/ports/snapshots';
import { carryOut, type Result } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { report } from '../../shared/runtime/report';
import { type Observed, type PruneAction, type PruneReason, plan } from './plan';

export interface Ports {
  readonly databases: Databases;
  readonly snapshots: Snapshots;
}

export interface Asked {
  readonly database?: string | undefined;
  /** 0 to 1: by hand, in place of the policy's share. */
  readonly allowShare?: number | undefined;
}

const NAME = 'prune-snapshots';

/** What a person is told who names a database that the plan does not know. */
const UNKNOWN = {
  reason: 'no-policy',
  detail: 'unknown database: no snapshot of ours is of it',
  hint: 'correct the identifier',
} as const;

/**
 * Observes every region in `ceil(databases/100) + ceil(snapshots/100)` calls, plans, and deletes one by one, each
 * after a second look.
 */
export async function run(ports: Ports, context: RunContext, asked: Asked): Promise<Report> {
  const { policy, now, dryRun, timeLeft } = context;
  const looks = new Looks();
  const seen = await looks.regions(ports.snapshots, regionsOf(policy));
  // Without home nothing is deleted anywhere: then every copy is precious.
  const regions = seen.has(policy.home) ? seen : new Map();
  const observed: Observed = { databases: await ports.databases.list(policy.home), regions };
  const decisions = narrowed(
    plan(observed, policy, now, asked.allowShare ?? policy.limits.pruneShare),
    asked.database,
    { region: policy.home, ...UNKNOWN },
  );
  const act = async ({ action }: Act<PruneAction, PruneReason>): Promise<Result> => {
    const changed = await secondLook(ports.snapshots, action, policy);
    if (changed !== null) return { outcome: 'nothing', detail: changed };
    await ports.snapshots.remove(action.snapshot);
    return {};
  };
  const carried = await carryOut(decisions, { dryRun, act, timeLeft });
  // Line by line for a person who asks; a scheduled run over a thousand databases adds up what is kept, by reason.
  const entries = dryRun || asked.database !== undefined ? carried : condense(carried);
  return report({ function: NAME, installation: policy.name, now, dryRun }, [...looks.failed, ...entries]);
}

/**
 * Looks again right before a deletion (style rule 8), at the snapshot and its survivor in one call, and at its copy
 * in each copy region. Answers what has changed, or null when it may go.
 */
async function secondLook(
  snapshots: Snapshots,
  { snapshot, survivor }: PruneAction,
  policy: Policy,
): Promise<string | null> {
  const { id, region } = snapshot;
  const found = await snapshots.find(region, survivor === null ? [id] : [id, survivor]);
  const again = found.find((one) => one.id === id);
  if (again === undefined) return 'gone already';
  if (!isOurs(again.tags, policy.name) || again.arn !== snapshot.arn) return 'not ours any more: left alone';
  if (again.tags[TAG.hold] !== undefined || again.tags[TAG.underTest] !== undefined)
    return 'on hold or under test since: kept';
  if (again.state !== snapshot.state) return `${again.status} since: kept`;
  if (!sameTags(again.tags, snapshot.tags)) return 'its tags were changed since: kept';
  if (survivor !== null) {
    const newest = found.find((one) => one.id === survivor);
    if (newest === undefined || !isGood(newest))
      return `the newest good one, ${survivor}, is not there any more: kept`;
  }
  // Neither is ever copied.
  if (region !== policy.home || snapshot.state === 'failed' || isOnDemand(snapshot)) return null;
  for (const away of regionsOf(policy).filter((one) => one !== region)) {
    const copies = await snapshots.find(away, [copyName(id, policy.home)]);
    if (copies.some((copy) => isReadFrom(copy, again))) return `a copy to ${away} has begun since: kept`;
  }
  return null;
}

/** A release taken back, or a longer time to keep: the plan was made from other tags. */
function sameTags(now: Tags, then: Tags): boolean {
  const keys = new Set([...Object.keys(now), ...Object.keys(then)]);
  return [...keys].every((key) => now[key] === then[key]);
}

function isReadFrom(copy: Snapshot, source: Snapshot): boolean {
  return copy.state === 'pending' && copy.copyOf === source.arn;
}

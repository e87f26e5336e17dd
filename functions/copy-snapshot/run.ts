import { type Act, isAct, narrowed, type Report } from '../../shared/domain/decision';
import type { Key } from '../../shared/domain/key';
import type { Quota } from '../../shared/domain/quota';
import { Refusal, type RefusalKind } from '../../shared/domain/refusal';
import type { Snapshot } from '../../shared/domain/snapshot';
import type { Databases } from '../../shared/ports/databases';
import type { Keys } from '../../shared/ports/keys';
import type { Snapshots } from '../../shared/ports/snapshots';
import { carryOut, type Result } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { report } from '../../shared/runtime/report';
import { admit, type Circumstances, lookup } from './admit';
import { type CopyAction, type CopyDecision, type CopyReason, isCopyOf, type Observed, plan } from './plan';

export interface Ports {
  readonly databases: Databases;
  readonly snapshots: Snapshots;
  readonly keys: Keys;
}

const NAME = 'copy-snapshot';

/** What a person is told who names a database that the plan does not know. */
const UNKNOWN = {
  reason: 'nothing-to-copy',
  detail: 'unknown database: no snapshot of ours is of it, or its policy names no copies',
  hint: 'correct the identifier, or add copies to its policy',
} as const;

/**
 * Observes home and the copy regions in `ceil(databases/100) + ceil(snapshots/100)` calls a region, plans, looks up
 * keys, quotas and option groups only for the copies that are to begin, and begins them. It never waits for a copy:
 * the next run sees how far it is.
 */
export async function run(
  ports: Ports,
  context: RunContext,
  asked: { readonly database?: string | undefined },
): Promise<Report> {
  const { policy, now, dryRun, timeLeft } = context;
  const regions = copyRegions(policy.policies);
  const looks = new Looks();
  const away = await looks.regions(ports.snapshots, regions);
  const observed: Observed = {
    databases: await ports.databases.list(policy.home),
    home: await ports.snapshots.list(policy.home),
    away,
  };
  const wanted = narrowed(plan(observed, policy, now), asked.database, { region: policy.home, ...UNKNOWN });
  const decisions = admit(wanted, await circumstances(ports, context, observed, wanted, looks), policy);

  const begun = new Set<string>();
  const act = async ({ subject, action }: Act<CopyAction, CopyReason>): Promise<Result> => {
    if (begun.has(subject.database))
      return { outcome: 'postponed', detail: 'another region was further behind' };
    if (action.failed !== null)
      await removeFailed(ports.snapshots, action.failed, action.source, policy.name);
    const { id, source, target, tags } = action;
    const order = {
      source,
      region: target.region,
      id,
      key: target.key,
      optionGroup: target.optionGroup,
      tags,
    };
    begun.add(subject.database);
    try {
      await ports.snapshots.copy(order);
      return {};
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.kind === 'taken') return await adopt(ports.snapshots, action, policy.name, error);
      // Only a plain no gives the turn to another region: behind a broken connection the copy may well have begun.
      if (REFUSED.has(error.kind)) begun.delete(subject.database);
      throw error;
    }
  };
  const entries = [...looks.failed, ...(await carryOut(decisions, { dryRun, act, timeLeft }))];
  return report({ function: NAME, installation: policy.name, now, dryRun }, entries);
}

/** What AWS says before it does anything. */
const REFUSED: ReadonlySet<RefusalKind> = new Set([
  'denied',
  'gone',
  'invalid',
  'key',
  'quota',
  'busy',
  'throttled',
]);

function copyRegions(policies: RunContext['policy']['policies']): string[] {
  return [
    ...new Set(Object.values(policies).flatMap(({ copies }) => copies.map(({ region }) => region))),
  ].sort();
}

async function circumstances(
  { snapshots, databases, keys }: Ports,
  { policy }: RunContext,
  { away }: Observed,
  wanted: readonly CopyDecision[],
  looks: Looks,
): Promise<Circumstances> {
  const acts = wanted.filter(isAct).map(({ action }) => action);
  const quotas = new Map<string, Quota>();
  for (const region of new Set(acts.map(({ target }) => target.region))) {
    const quota = await looks.at(region, 'quota-unseen', () => snapshots.quota(region));
    quotas.set(region, quota ?? { used: away.get(region)?.length ?? 0, most: policy.limits.manualSnapshots });
  }
  const found = new Map<string, Key | null>();
  const asked = new Set<string>();
  for (const { region, key } of acts.map(({ target }) => target)) {
    if (key === null || asked.has(lookup(region, key))) continue;
    asked.add(lookup(region, key));
    const seen = await looks.at(region, 'key-unseen', () => keys.find(region, key));
    if (seen !== undefined) found.set(lookup(region, key), seen);
  }
  const bindingOptions = new Map<string, readonly string[]>();
  for (const group of new Set(acts.map(({ source }) => source.optionGroup))) {
    // RDS's own groups begin with `default:` and have no options.
    if (group === null || group.startsWith('default:')) continue;
    const options = await looks.at(policy.home, 'options-unseen', () =>
      databases.bindingOptions(policy.home, group),
    );
    if (options !== undefined) bindingOptions.set(group, options);
  }
  return { keys: found, bindingOptions, quotas, away };
}

/** The second look before the only deletion that this function does: still our copy of this source, still failed. */
async function removeFailed(
  snapshots: Snapshots,
  failed: Snapshot,
  source: Snapshot,
  owner: string,
): Promise<void> {
  const [again] = await snapshots.find(failed.region, [failed.id]);
  if (again === undefined) return;
  if (!isCopyOf(again, source, owner) || again.state !== 'failed') {
    throw new Refusal('taken', `snapshot ${failed.id} is ${again.status} now, and is left alone`);
  }
  await snapshots.remove(again);
}

/** The name was taken between the look and the act: by an earlier try of ours, or by someone else. */
async function adopt(
  snapshots: Snapshots,
  action: CopyAction,
  owner: string,
  error: Refusal,
): Promise<Result> {
  const [standing] = await snapshots.find(action.target.region, [action.id]);
  if (standing === undefined || !isCopyOf(standing, action.source, owner)) throw error;
  return { outcome: 'nothing', detail: `begun already by an earlier try of ours, now ${standing.status}` };
}

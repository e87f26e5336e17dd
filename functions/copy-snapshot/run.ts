import { type Act, type Entry, isAct, narrowed, type Report } from '../../shared/domain/decision';
import type { Key } from '../../shared/domain/key';
import type { Policy } from '../../shared/domain/policy';
import type { Quota } from '../../shared/domain/quota';
import { Refusal, type RefusalKind } from '../../shared/domain/refusal';
import { regionsOf } from '../../shared/domain/selection';
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
import { planRekey, rekeyLooks } from './rekey';
import type { Rekey } from './rekey-source';

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

export interface Asked {
  readonly database?: string | undefined;
  /** By hand: copies the newest snapshots under another key, in place of the scheduled work. */
  readonly rekey?: Omit<Rekey, 'database'> | undefined;
}

/**
 * Observes home and the copy regions in `ceil(databases/100) + ceil(snapshots/100)` calls a region, plans, looks up
 * keys, quotas and option groups only for the copies that are to begin, and begins them. It never waits for a copy:
 * the next run sees how far it is.
 */
export async function run(ports: Ports, context: RunContext, asked: Asked): Promise<Report> {
  const { policy, now, dryRun, timeLeft } = context;
  const looks = new Looks();
  const copyRegions = regionsOf(policy).filter((region) => region !== policy.home);
  const away = await looks.regions(ports.snapshots, copyRegions);
  const observed: Observed = {
    databases: await ports.databases.list(policy.home),
    home: await ports.snapshots.list(policy.home),
    away,
  };
  const { database, rekey } = asked;
  const byHand = rekey !== undefined && database !== undefined ? { ...rekey, database } : null;
  const decisions =
    byHand === null
      ? await scheduled(ports, context, observed, database, looks)
      : await rekeyed(ports, context, observed, byHand, looks);
  const act = byHand === null ? oneOfEach(ports, policy.name) : beginOf(ports, policy.name);
  const carried = [...looks.failed, ...(await carryOut(decisions, { dryRun, act, timeLeft }))];
  const entries = byHand === null ? carried : carried.map(onceMore);
  return report({ function: NAME, installation: policy.name, now, dryRun }, entries);
}

async function scheduled(
  ports: Ports,
  context: RunContext,
  observed: Observed,
  only: string | undefined,
  looks: Looks,
): Promise<CopyDecision[]> {
  const { policy, now } = context;
  const wanted = narrowed(plan(observed, policy, now), only, { region: policy.home, ...UNKNOWN });
  return admit(wanted, await circumstances(ports, context, observed, wanted, looks), policy);
}

/**
 * Two look-ups in each region, the key and the quota, and where the policy writes the copies' key otherwise than `to` a
 * third: what that one stands for.
 */
async function rekeyed(
  { keys, snapshots }: Ports,
  { policy, now }: RunContext,
  observed: Observed,
  request: Rekey,
  looks: Looks,
): Promise<readonly CopyDecision[]> {
  const found = new Map<string, Key | null>();
  const copyKeys = new Map<string, Key | null>();
  const quotas = new Map<string, Quota>();
  const seek = async (into: Map<string, Key | null>, region: string, name: string) => {
    const key = await looks.at(region, 'key-unseen', () => keys.find(region, name));
    if (key !== undefined) into.set(region, key);
    return key;
  };
  for (const { region, key: name, copyKey } of rekeyLooks(request, observed, policy)) {
    const key = name === null ? null : await seek(found, region, name);
    // Written otherwise it may be the same key still: only then what the report says of the next copies is right.
    if (key != null && copyKey !== null && ![request.to, key.arn, key.id].includes(copyKey))
      await seek(copyKeys, region, copyKey);
    const standing = region === policy.home ? observed.home : observed.away.get(region);
    const quota = await looks.at(region, 'quota-unseen', () => snapshots.quota(region));
    quotas.set(region, quota ?? counted(standing, policy));
  }
  const decisions = planRekey(request, observed, { keys: found, copyKeys, quotas }, policy, now);
  return narrowed(decisions, request.database, { region: policy.home, ...UNKNOWN });
}

/** What is said of a run that the schedule repeats; nobody but a person goes on with what was asked by hand. */
const BY_ITSELF = /the next run (goes on|tries again)/;

function onceMore(entry: Entry): Entry {
  const { detail, hint } = entry;
  if (!BY_ITSELF.test(detail ?? '') && !BY_ITSELF.test(hint ?? '')) return entry;
  return {
    ...entry,
    ...(detail !== undefined && { detail: detail.replace(BY_ITSELF, "the run's time was over") }),
    hint: 'call again once it passes: no schedule goes on with a re-keying',
  };
}

type Begin = (act: Act<CopyAction, CopyReason>) => Promise<Result>;

/** Begins a copy, or adopts the one that an earlier try began. What failed before makes way first. */
function beginOf({ snapshots }: Ports, owner: string): Begin {
  return async ({ action }) => {
    await removeFailed(snapshots, action, owner);
    return begin(snapshots, action, owner);
  };
}

/** Of the regions that a database could be copied to, one gets its turn: the first in the plan that AWS does not refuse. */
function oneOfEach({ snapshots }: Ports, owner: string): Begin {
  const begun = new Set<string>();
  return async ({ subject: { database }, action }) => {
    if (begun.has(database)) return { outcome: 'postponed', detail: 'another region was further behind' };
    await removeFailed(snapshots, action, owner);
    begun.add(database);
    try {
      return await begin(snapshots, action, owner);
    } catch (error) {
      // Only a plain no gives the turn to another region: behind a broken connection the copy may well have begun.
      if (error instanceof Refusal && REFUSED.has(error.kind)) begun.delete(database);
      throw error;
    }
  };
}

async function begin(snapshots: Snapshots, action: CopyAction, owner: string): Promise<Result> {
  const { id, source, target, tags } = action;
  const { region, key, optionGroup } = target;
  try {
    await snapshots.copy({ source, region, id, key, optionGroup, tags });
    return {};
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'taken') return adopt(snapshots, action, owner, error);
    throw error;
  }
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

/** What the policy says of the quota, where AWS did not. */
function counted(standing: readonly Snapshot[] = [], { limits }: Policy): Quota {
  return { used: standing.length, most: limits.manualSnapshots };
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
    quotas.set(region, quota ?? counted(away.get(region), policy));
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
  { failed, source }: CopyAction,
  owner: string,
): Promise<void> {
  if (failed === null) return;
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

import { type Act, type Entry, isAct, narrowed, type Report } from '../../shared/domain/decision';
import type { Quota } from '../../shared/domain/quota';
import { Refusal } from '../../shared/domain/refusal';
import { isOurs, TAG } from '../../shared/domain/tags';
import type { Databases } from '../../shared/ports/databases';
import type { Snapshots } from '../../shared/ports/snapshots';
import { carryOut, type Result } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { report } from '../../shared/runtime/report';
import { planOnDemand, type Request } from './on-demand';
import { type CreateAction, type CreateReason, type Observed, plan, withinQuota } from './plan';

export interface Ports {
  readonly databases: Databases;
  readonly snapshots: Snapshots;
}

/** What the function is asked: everything, one database, or (with a reason) an on-demand snapshot of it. */
export type Asked = { readonly [Field in keyof Request]?: Request[Field] | undefined };

/** The report; asked by hand for an on-demand snapshot, its identifier and state too. */
export interface Answer extends Report {
  readonly identifier?: string;
  readonly state?: string;
}

const NAME = 'create-snapshot';

/** What a person is told who names a database that the plan does not know. */
const UNKNOWN = {
  reason: 'no-policy',
  detail: 'unknown database: no policy selects it',
  hint: 'correct the identifier, or add it to `databases` in the policy',
} as const;

/**
 * Observes the home region in `ceil(databases/100) + ceil(snapshots/100)` calls, plans, asks for the quota only when
 * there is something to create (one call), and carries the plan out.
 */
export async function run(ports: Ports, context: RunContext, asked: Asked): Promise<Answer> {
  const { policy, now, dryRun, timeLeft } = context;
  const observed: Observed = {
    databases: await ports.databases.list(policy.home),
    snapshots: await ports.snapshots.list(policy.home),
  };
  const onDemand = asked.database !== undefined && asked.reason !== undefined;
  const wanted = onDemand
    ? [planOnDemand(asked as Request, observed, policy, now)]
    : narrowed(plan(observed, policy, now), asked.database, { region: policy.home, ...UNKNOWN });
  const creates = wanted.some((decision) => isAct(decision) && decision.action.kind === 'create');
  const looks = new Looks();
  const decisions = creates ? withinQuota(wanted, await quota(ports, context, observed, looks)) : wanted;

  const states = new Map(observed.snapshots.map(({ id, status }) => [id, status]));
  const act = async ({ subject, action }: Act<CreateAction, CreateReason>): Promise<Result> => {
    const { region, database } = subject;
    if (action.kind === 'replace') await removeFailed(ports.snapshots, action.failed, policy.name);
    const order = { region, database, id: action.id, tags: action.tags };
    try {
      const created = await ports.snapshots.create(order);
      states.set(created.id, created.status);
      return {};
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.kind === 'taken') return adopt(ports.snapshots, order, states, error);
      // The instance was available when it was observed: it became busy in between, and a later tick takes the slot.
      if (error.kind === 'busy' && !onDemand) return { outcome: 'postponed', detail: error.message };
      throw error;
    }
  };
  const entries = await carryOut(decisions, { dryRun, act, timeLeft });
  const finished = report({ function: NAME, installation: policy.name, now, dryRun }, [
    ...looks.failed,
    ...entries,
  ]);
  return onDemand ? { ...finished, ...told(entries, states) } : finished;
}

/** AWS's own figures; where it does not answer the question, our count against the policy's limit. */
async function quota(
  { snapshots }: Ports,
  { policy }: RunContext,
  observed: Observed,
  looks: Looks,
): Promise<Quota> {
  const asked = await looks.at(policy.home, 'quota-unseen', () => snapshots.quota(policy.home));
  return asked ?? { used: observed.snapshots.length, most: policy.limits.manualSnapshots };
}

/** The second look before the only deletion that this function does: still ours, still failed. */
async function removeFailed(
  snapshots: Snapshots,
  failed: { id: string; region: string },
  owner: string,
): Promise<void> {
  const [again] = await snapshots.find(failed.region, [failed.id]);
  if (again === undefined) return;
  if (!isOurs(again.tags, owner) || again.state !== 'failed') {
    throw new Refusal('taken', `snapshot ${failed.id} is ${again.status} now, and is left alone`);
  }
  await snapshots.remove(again);
}

/** The name was taken between the look and the act: by an earlier try of ours, or by someone else. */
async function adopt(
  snapshots: Snapshots,
  wanted: { region: string; id: string; tags: Readonly<Record<string, string>> },
  states: Map<string, string>,
  error: Refusal,
): Promise<Result> {
  const [standing] = await snapshots.find(wanted.region, [wanted.id]);
  const same = [TAG.owner, TAG.database, TAG.slot, TAG.requested].every(
    (tag) => standing?.tags[tag] === wanted.tags[tag],
  );
  if (standing === undefined || !same) throw error;
  states.set(standing.id, standing.status);
  return { outcome: 'nothing', detail: `taken already by an earlier try of ours, now ${standing.status}` };
}

function told(
  entries: readonly Entry[],
  states: ReadonlyMap<string, string>,
): { identifier?: string; state?: string } {
  const identifier = entries[0]?.subject.snapshot;
  const state = identifier === undefined ? undefined : states.get(identifier);
  return identifier === undefined ? {} : { identifier, ...(state === undefined ? {} : { state }) };
}

import { type Act, isAct } from '../../shared/domain/decision';
import type { Key } from '../../shared/domain/key';
import type { Policy } from '../../shared/domain/policy';
import { type Quota, room } from '../../shared/domain/quota';
import type { Snapshot } from '../../shared/domain/snapshot';
import { type CopyAction, type CopyDecision, type CopyReason, held, isCopying } from './plan';

/** What a run looks up about the copies that it is about to begin. A key or an option group that could not be looked up is not in its map. */
export interface Circumstances {
  /** By `lookup(region, key)`; null where the region has no such key. */
  readonly keys: ReadonlyMap<string, Key | null>;
  /** Persistent and permanent options of the home region's option groups, by name. */
  readonly bindingOptions: ReadonlyMap<string, readonly string[]>;
  /** By destination region. */
  readonly quotas: ReadonlyMap<string, Quota>;
  readonly away: ReadonlyMap<string, readonly Snapshot[]>;
}

export function lookup(region: string, key: string): string {
  return `${region} ${key}`;
}

/**
 * The plan as far as keys, option groups, the copies in flight and the quota go. What cannot work is refused by name,
 * and takes its turn from nobody: of several regions that a database could be copied to, the first in the plan's
 * order (the one furthest behind) that can be served is. The others stay in the plan as `another-region-first`, for
 * the case that AWS refuses the first.
 *
 * Invariant: but for those, no database gets more than one copy begun, no region more copies in flight than the
 * policy's limit, nor more snapshots than its quota.
 */
export function admit(
  decisions: readonly CopyDecision[],
  circumstances: Circumstances,
  policy: Policy,
): CopyDecision[] {
  const places = new Map<string, Places>();
  const begun = new Map<string, string>();
  return decisions.map((decision) => {
    const workable = withOptions(withKey(decision, circumstances), circumstances);
    if (!isAct(workable)) return workable;
    const { database, region } = workable.subject;
    const first = begun.get(database);
    const left = places.get(region) ?? placesIn(region, circumstances, policy);
    places.set(region, left);
    const admitted = withinLimits(workable, left, circumstances, policy);
    if (!isAct(admitted)) return admitted;
    if (first !== undefined) {
      const detail = `only if ${first}, which is further behind, refuses its copy: RDS copies one at a time`;
      return { ...admitted, reason: 'another-region-first', detail };
    }
    begun.set(database, region);
    left.flights -= 1;
    if (takesRoom(admitted)) left.room -= 1;
    return admitted;
  });
}

/** How many more copies may begin in a region, and how many more snapshots may stand there. */
interface Places {
  flights: number;
  room: number;
}

function placesIn(region: string, { quotas, away }: Circumstances, policy: Policy): Places {
  const quota = quotas.get(region);
  return {
    flights: policy.limits.copiesInFlight - inFlight(away, region),
    room: quota === undefined ? Number.POSITIVE_INFINITY : room(quota),
  };
}

function inFlight(away: Circumstances['away'], region: string): number {
  return (away.get(region) ?? []).filter(isCopying).length;
}

/** A copy in place of a failed one takes the room that the failed one had. */
function takesRoom({ action }: Act<CopyAction, CopyReason>): boolean {
  return action.kind === 'copy';
}

function withKey(decision: CopyDecision, { keys }: Circumstances): CopyDecision {
  if (!isAct(decision) || decision.action.target.key === null) return decision;
  const { region, key: name } = { ...decision.action.target, key: decision.action.target.key };
  const key = keys.get(lookup(region, name));
  // Not looked up, for want of a right to: AWS has the last word.
  if (key === undefined) return decision;
  const wrong = unusable(region, name, key, `or correct copies[].key for ${region} in the policy`);
  if (wrong !== null) return held(decision.subject, 'refused', wrong.reason, wrong.detail, wrong.hint);
  if (key?.manager === 'customer') return decision;
  const note = `${name} is managed by AWS: a copy under it can be neither shared nor copied to another account`;
  return { ...decision, detail: [decision.detail, note].filter(Boolean).join('; ') };
}

/** Why nothing can be copied under a key; null when it can. `otherwise` is what to do but to mend this key. */
export function unusable(
  region: string,
  name: string,
  key: Key | null,
  otherwise: string,
): {
  readonly reason: 'key-missing' | 'key-unusable';
  readonly detail: string;
  readonly hint: string;
} | null {
  if (key === null) {
    const hint = `create it there (deploy/copy-region.yml does), ${otherwise}`;
    return { reason: 'key-missing', detail: `${region} has no key ${name}`, hint };
  }
  if (key.state === 'enabled' && key.symmetric) return null;
  const state = key.symmetric ? key.state : 'asymmetric';
  const hint =
    key.state === 'pending-deletion'
      ? `save it: aws kms cancel-key-deletion --region ${region} --key-id ${key.arn}, then aws kms enable-key with the same`
      : `enable it, ${otherwise}`;
  return { reason: 'key-unusable', detail: `key ${name} of ${region} is ${state}`, hint };
}

function withOptions(decision: CopyDecision, { bindingOptions }: Circumstances): CopyDecision {
  if (!isAct(decision) || decision.action.target.optionGroup !== null) return decision;
  const { source, target } = decision.action;
  const options = bindingOptions.get(source.optionGroup ?? '') ?? [];
  if (options.length === 0) return decision;
  return held(
    decision.subject,
    'refused',
    'option-group-needed',
    `option group ${source.optionGroup} has options that a copy cannot do without: ${options.join(', ')}`,
    `create an option group with them in ${target.region} and name it in the policy as copies[].optionGroup`,
  );
}

function withinLimits(
  act: Act<CopyAction, CopyReason>,
  left: Places,
  { quotas, away }: Circumstances,
  { limits }: Policy,
): CopyDecision {
  const { subject, detail } = act;
  const { region } = subject;
  if (left.flights <= 0) {
    const flying = `${inFlight(away, region)} copies to ${region} are in flight, of ${limits.copiesInFlight} at most`;
    return held(subject, 'postponed', 'in-flight-limit', flying);
  }
  if (left.room > 0 || !takesRoom(act)) return act;
  const quota = quotas.get(region);
  return held(
    subject,
    'refused',
    'quota-full',
    `${quota?.used} of ${quota?.most} manual snapshots in ${region} stand; ${detail ?? ''}`,
    `raise the quota "Manual DB instance snapshots" of ${region}, or lower copies[].retention in the policy`,
  );
}

import { isAct } from '../../shared/domain/decision';
import type { Key } from '../../shared/domain/key';
import type { Policy } from '../../shared/domain/policy';
import { type Quota, ration, room } from '../../shared/domain/quota';
import type { Snapshot } from '../../shared/domain/snapshot';
import { type CopyDecision, held, isCopying } from './plan';

/** What a run looks up about the copies that it is about to begin, and about those only. */
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
 * The plan as far as keys, option groups, the copies in flight and the quota go, in this order: what cannot work is
 * refused by name before it takes a place from one that can.
 *
 * Invariant: no region gets more copies in flight than the policy's limit, nor more snapshots than its quota.
 */
export function admit(
  decisions: readonly CopyDecision[],
  circumstances: Circumstances,
  policy: Policy,
): CopyDecision[] {
  const workable = decisions.map((decision) => withOptions(withKey(decision, circumstances), circumstances));
  const regions = [...new Set(workable.map(({ subject }) => subject.region))];
  return regions.reduce((plan, region) => withinLimits(plan, region, circumstances, policy), workable);
}

function withKey(decision: CopyDecision, { keys }: Circumstances): CopyDecision {
  if (!isAct(decision) || decision.action.target.key === null) return decision;
  const { region, key: name } = { ...decision.action.target, key: decision.action.target.key };
  const key = keys.get(lookup(region, name)) ?? null;
  if (key === null) {
    const hint = `create it there (deploy/copy-region.yml does), or correct copies[].key for ${region} in the policy`;
    return held(decision.subject, 'refused', 'key-missing', `${region} has no key ${name}`, hint);
  }
  if (key.state !== 'enabled' || !key.symmetric) {
    const state = key.symmetric ? key.state : 'asymmetric';
    const hint =
      key.state === 'pending-deletion'
        ? `save it: aws kms cancel-key-deletion --region ${region} --key-id ${key.arn}`
        : `enable it, or name another symmetric key for ${region} in the policy`;
    return held(decision.subject, 'refused', 'key-unusable', `key ${name} of ${region} is ${state}`, hint);
  }
  if (key.manager === 'customer') return decision;
  const note = `${name} is managed by AWS: a copy under it can be neither shared nor copied to another account`;
  return { ...decision, detail: [decision.detail, note].filter(Boolean).join('; ') };
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
  decisions: readonly CopyDecision[],
  region: string,
  { quotas, away }: Circumstances,
  policy: Policy,
): CopyDecision[] {
  const here = (takes: boolean) => (action: { target: { region: string }; kind: string }) =>
    action.target.region === region && (takes || action.kind === 'copy');
  const inFlight = (away.get(region) ?? []).filter(isCopying).length;
  const { copiesInFlight } = policy.limits;
  const begun = ration(decisions, Math.max(0, copiesInFlight - inFlight), here(true), ({ subject }) =>
    held(
      subject,
      'postponed',
      'in-flight-limit',
      `${inFlight} copies to ${region} are in flight, of ${copiesInFlight} at most`,
    ),
  );
  const quota = quotas.get(region);
  if (quota === undefined) return begun;
  return ration(begun, room(quota), here(false), ({ subject, detail }) =>
    held(
      subject,
      'refused',
      'quota-full',
      `${quota.used} of ${quota.most} manual snapshots in ${region} stand; ${detail ?? ''}`,
      `raise the quota "Manual DB instance snapshots" of ${region}, or lower copies[].retention in the policy`,
    ),
  );
}

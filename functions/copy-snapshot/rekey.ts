import type { Decision, Hold } from '../../shared/domain/decision';
import type { Key } from '../../shared/domain/key';
import { rekeyedName } from '../../shared/domain/names';
import type { Policy, Protection } from '../../shared/domain/policy';
import { type Quota, room } from '../../shared/domain/quota';
import { protectionOfSnapshots } from '../../shared/domain/selection';
import { newestGood, oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { TAG, type Tags, tagValue, wayAround } from '../../shared/domain/tags';
import { type Duration, formatInstant, type Instant, writeDuration } from '../../shared/domain/time';
import { unusable } from './admit';
import { type CopyAction, type CopyReason, copiedTags, held, isCopyOf, type Observed } from './plan';

/** What a person asked for: `{"database": "qrosity-db", "rekey": {"to": "alias/holdfast-2027"}}`. */
export interface Rekey {
  readonly database: string;
  /** Alias, id or ARN of the key to go to. */
  readonly to: string;
  /** How long the copies are kept; the policy's `onDemand.keep` where it is left out. */
  readonly keep?: Duration | undefined;
}

/** What a run looks up for it, by region. A key that could not be looked up is not in its map. */
export interface RekeyCircumstances {
  readonly keys: ReadonlyMap<string, Key | null>;
  readonly quotas: ReadonlyMap<string, Quota>;
}

/** Home and the copy regions of the database's policy; null where no policy speaks of it. */
export function rekeyRegions({ database }: Rekey, observed: Observed, policy: Policy): string[] | null {
  const protection = protectionOfRekeyed(database, observed, policy);
  return protection === null ? null : regionsOf(protection, policy);
}

function regionsOf({ copies }: Protection, { home }: Policy): string[] {
  return [home, ...copies.map(({ region }) => region)];
}

/**
 * One decision for each region: copy the newest good snapshot that stands there under the new key, within the region.
 * Rotating a key re-encrypts nothing; this is how data comes under another key (aws-facts: KMS).
 *
 * The copies are on-demand snapshots: slots, copies and tiers go on as if they were not there. RDS copies the next slot
 * in full, since the newest copy in the region is under another key (aws-facts: Snapshots and copies).
 */
export function planRekey(
  request: Rekey,
  observed: Observed,
  { keys, quotas }: RekeyCircumstances,
  policy: Policy,
  now: Instant,
): Decision<CopyAction, CopyReason>[] {
  const protection = protectionOfRekeyed(request.database, observed, policy);
  if (protection === null) return [];
  return regionsOf(protection, policy).map((region) => {
    const subject = { database: request.database, region };
    const standing = region === policy.home ? observed.home : observed.away.get(region);
    if (standing === undefined)
      return held(subject, 'postponed', 'region-unseen', 'the region could not be looked at');
    const source = newestGood(oursByDatabase(standing, policy.name).get(request.database) ?? []);
    if (source === null)
      return held(subject, 'refused', 'nothing-to-copy', 'no good snapshot of ours stands there');
    const key = keys.get(region);
    const wrong = key === undefined ? UNSEEN : unusable(region, request.to, key, NAME_ANOTHER);
    if (wrong !== null || key == null) {
      const { reason, detail, hint } = wrong ?? UNSEEN;
      return held(subject, 'refused', reason, detail, hint);
    }
    if (source.key === key.arn)
      return held(
        { ...subject, snapshot: source.id },
        'nothing',
        'already-under-key',
        `under ${request.to} already`,
      );
    const id = rekeyedName(source.id, key.id);
    const about = { ...subject, snapshot: id };
    const before = standing.find((one) => one.id === id) ?? null;
    if (before !== null && !isCopyOf(before, source, policy.name))
      return held(
        about,
        'refused',
        'name-taken',
        'a snapshot of this name is not our copy',
        wayAround(before.tags, policy.name),
      );
    if (before !== null && before.state !== 'failed')
      return held(
        about,
        'nothing',
        'rekeyed-before',
        `copied under ${request.to} by an earlier call, now ${before.status}`,
      );
    const quota = quotas.get(region);
    // The last place is the next slot's: a copy for safety must not make a recovery point late.
    if (before === null && quota !== undefined && room(quota) < 2) return full(about, quota);
    const action: CopyAction = {
      kind: before === null ? 'copy' : 'replace',
      id,
      source,
      target: { region, key: key.arn, optionGroup: null },
      tags: tagsOf(source, request, protection, policy.name, now),
      failed: before,
    };
    return {
      subject: about,
      action,
      reason: 'rekey',
      detail: consequence(request, key, source, region, policy, protection) + managedByAws(key),
    };
  });
}

const UNSEEN = {
  reason: 'key-unusable',
  detail: 'the key could not be looked at',
  hint: 'see the failed look above',
} as const;

const NAME_ANOTHER = 'or name an alias that stands for an enabled symmetric key in every region';

function protectionOfRekeyed(id: string, observed: Observed, policy: Policy): Protection | null {
  const live = observed.databases.find((database) => database.id === id);
  const all = [observed.home, ...observed.away.values()].flat();
  const ours = oursByDatabase(all, policy.name).get(id) ?? [];
  if (live === undefined && ours.length === 0) return null;
  return protectionOfSnapshots(policy, id, live, ours);
}

function full(
  subject: { database: string; region: string; snapshot: string },
  quota: Quota,
): Hold<CopyReason> {
  return held(
    subject,
    'refused',
    'quota-full',
    `${quota.used} of ${quota.most} manual snapshots in ${subject.region} stand, and the last place is the next slot's`,
    `raise the quota "Manual DB instance snapshots" of ${subject.region}, or delete what nobody needs`,
  );
}

/** Of our tags all but the slot's: this is no slot, and is kept for its own time. */
function tagsOf(
  source: Snapshot,
  { to, keep }: Rekey,
  protection: Protection,
  owner: string,
  now: Instant,
): Tags {
  return copiedTags(source, owner, [TAG.database, TAG.instance, TAG.policy], {
    [TAG.requested]: formatInstant(now),
    [TAG.label]: 're-keyed',
    [TAG.reason]: tagValue(`re-keyed to ${to}`),
    [TAG.keep]: writeDuration(keep ?? protection.onDemand.keep),
  });
}

function managedByAws({ manager }: Key): string {
  return manager === 'aws' ? '; managed by AWS: it can be neither shared nor copied to another account' : '';
}

function consequence(
  { to }: Rekey,
  { arn, id }: Key,
  source: Snapshot,
  region: string,
  { home }: Policy,
  { copies }: Protection,
): string {
  const of = source.recoveryPoint === null ? '' : ` of ${formatInstant(source.recoveryPoint)}`;
  const what = `recovery point${of}, until now ${source.key === null ? 'not encrypted' : `under ${source.key}`}`;
  if (region === home) {
    return source.key === null
      ? `${what}; the next snapshots are not encrypted either, until the instance is restored under the new key`
      : `${what}; the next snapshots stay under the instance's own key until it is restored under the new one`;
  }
  const key = copies.find((copy) => copy.region === region)?.key ?? null;
  const next = 'the next copies will be full, not incremental, and take as long as the first one did';
  return key !== null && [to, arn, id].includes(key)
    ? `${what}; ${next}`
    : `${what}; ${next}; they go on under ${key ?? 'no key'} until copies[].key in the policy is ${to}`;
}

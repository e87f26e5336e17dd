import type { Decision, Hold } from '../../shared/domain/decision';
import { type Key, regionOf } from '../../shared/domain/key';
import { rekeyedName } from '../../shared/domain/names';
import type { Policy, Protection } from '../../shared/domain/policy';
import { type Quota, room } from '../../shared/domain/quota';
import { protectionOfSnapshots } from '../../shared/domain/selection';
import { oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { TAG, type Tags, tagValue, wayAround } from '../../shared/domain/tags';
import { DAY, type Duration, formatInstant, type Instant, writeDuration } from '../../shared/domain/time';
import { unusable } from './admit';
import { type CopyAction, type CopyReason, copiedTags, held, isCopyOf, type Observed } from './plan';
import { objection, type Rekey, sourceIn } from './rekey-source';

/**
 * The shortest time to keep a re-keyed copy. It counts from the request, as for every on-demand snapshot, and a full copy
 * can take hours: with less it might be pruned as soon as it is there.
 */
export const SHORTEST_KEEP: Duration = DAY;

/** What a run looks up for it, by region. A key that could not be looked up is not in its map. */
export interface RekeyCircumstances {
  readonly keys: ReadonlyMap<string, Key | null>;
  /** What `copies[].key` stands for, where it is not `to` as it is written. */
  readonly copyKeys: ReadonlyMap<string, Key | null>;
  readonly quotas: ReadonlyMap<string, Quota>;
}

/** What to look up in a region. */
export interface RekeyLook {
  readonly region: string;
  /** What `to` is called there; null where it is a key of another region. */
  readonly key: string | null;
  /** `copies[].key`; null at home, and where the policy names none. */
  readonly copyKey: string | null;
}

/** Home and the copy regions of the database's policy; none where there is nothing to look up for. */
export function rekeyLooks(request: Rekey, observed: Observed, policy: Policy): RekeyLook[] {
  const protection = protectionOfRekeyed(request.database, observed, policy);
  if (protection === null || objection(request, observed, policy) !== null) return [];
  return regionsOf(protection, policy).map((region) => ({
    region,
    key: calledIn(region, request.to),
    copyKey: copyKeyOf(protection, region),
  }));
}

/** A key is good in its own region only; related multi-Region keys share their id, so that one ARN tells of all. */
function calledIn(region: string, to: string): string | null {
  const its = regionOf(to);
  return its === null || its === region ? to : (/:key\/(mrk-[^/]+)$/.exec(to)?.[1] ?? null);
}

function copyKeyOf({ copies }: Protection, region: string): string | null {
  return copies.find((copy) => copy.region === region)?.key ?? null;
}

function regionsOf({ copies }: Protection, { home }: Policy): string[] {
  return [home, ...copies.map(({ region }) => region)];
}

/**
 * One decision for each region: copy the newest good snapshot that stands there, or the one that was named, under the
 * new key, within the region.
 * Rotating a key re-encrypts nothing; this is how data comes under another key (aws-facts: KMS).
 *
 * The copies are on-demand snapshots: slots, copies and tiers go on as if they were not there. RDS copies the next slot
 * in full, since the newest copy in the region is under another key (aws-facts: Snapshots and copies).
 */
export function planRekey(
  request: Rekey,
  observed: Observed,
  { keys, copyKeys, quotas }: RekeyCircumstances,
  policy: Policy,
  now: Instant,
): Decision<CopyAction, CopyReason>[] {
  const protection = protectionOfRekeyed(request.database, observed, policy);
  if (protection === null) return [];
  const wrong = objection(request, observed, policy);
  if (wrong !== null) return [wrong];
  return regionsOf(protection, policy).map((region) => {
    const subject = { database: request.database, region };
    const standing = region === policy.home ? observed.home : observed.away.get(region);
    if (standing === undefined) {
      const hint = 'call again when it answers';
      return held(subject, 'postponed', 'region-unseen', 'the region could not be looked at', hint);
    }
    const found = sourceIn(region, request, standing, observed, policy);
    if ('none' in found) return found.none;
    const { source } = found;
    if (calledIn(region, request.to) === null) {
      const elsewhere = `${request.to} is a key of ${regionOf(request.to)}, and a key is good in its own region only`;
      return held(subject, 'refused', 'key-missing', elsewhere, `name a multi-Region key, ${NAME_ANOTHER}`);
    }
    const key = keys.get(region);
    const unfit = key === undefined ? UNSEEN : unusable(region, request.to, key, NAME_ANOTHER);
    if (unfit !== null || key == null) {
      const { reason, detail, hint } = unfit ?? UNSEEN;
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
      detail:
        consequence(request, key, source, region, policy, protection, copyKeys.get(region) ?? null) +
        QUEUED +
        managedByAws(key),
    };
  });
}

const UNSEEN = {
  reason: 'key-unusable',
  detail: 'the key could not be looked at',
  hint: 'see the failed look above',
} as const;

/** RDS does the copies of one instance one after another, and takes no automated backup meanwhile (aws-facts: Quotas). */
const QUEUED =
  '; until it is there, RDS may let scheduled copies wait behind it, and takes no automated backup: keep out of the backup window';

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
    [TAG.keep]: writeDuration(keep ?? Math.max(protection.onDemand.keep, SHORTEST_KEEP)),
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
  protection: Protection,
  copyKey: Key | null,
): string {
  const of = source.recoveryPoint === null ? '' : ` of ${formatInstant(source.recoveryPoint)}`;
  const what = `recovery point${of}, until now ${source.key === null ? 'not encrypted' : `under ${source.key}`}`;
  if (region === home) {
    return source.key === null
      ? `${what}; the next snapshots are not encrypted either, until the instance is restored under the new key`
      : `${what}; the next snapshots stay under the instance's own key until it is restored under the new one`;
  }
  const key = copyKeyOf(protection, region);
  const next = 'the next copies will be full, not incremental, and take as long as the first one did';
  const isSame = copyKey?.arn === arn || (key !== null && [to, arn, id].includes(key));
  return isSame
    ? `${what}; ${next}`
    : `${what}; ${next}; they go on under ${key ?? 'no key'} until copies[].key in the policy is ${to}`;
}

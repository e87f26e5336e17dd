import type { KeyUse, LookedAt } from '../../shared/domain/key-use';
import { isGood, newestGood } from '../../shared/domain/snapshot';
import { formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { type GuardReason, held, type KeyDecision, type KeyInUse, LET_US } from './key-case';

/**
 * The key guard: a key that cannot be used takes all that hangs on it along. The gravest finding there is (aws-facts:
 * KMS), and it says which databases, how many recovery points, the newest of them, how long there is, and the command
 * that saves them. Where the policy wants it rescued and the key is ours to change, the act is planned.
 */
export function guard(one: KeyInUse, now: Instant): KeyDecision[] {
  const { use, subject, seen, foreign, ours, rules } = one;
  // Of another account's key nothing can be seen from here; rotation tells of it.
  if (foreign || seen === undefined) return [];
  const stake = hangingOn(use);
  if (seen === null) {
    const detail = `KMS knows no such key (any more); ${stake}`;
    return [held(subject, 'refused', 'key-gone', detail, gone(use))];
  }
  const { key } = seen;
  if (key.state === 'enabled') return [];
  const reason = DANGERS[key.state];
  const detail = `${fate(seen, now)}; ${stake}`;
  if (key.state === 'unavailable') {
    const hint = `see why with aws kms describe-key --region ${key.region} --key-id ${key.arn}; import its material again, or connect its key store`;
    return [held(subject, 'refused', reason, detail, hint)];
  }
  if (rules.rescue && ours) {
    const start = use.databases.filter(({ status }) => status === RECOVERABLE).map(({ id }) => id);
    return [{ subject, action: { kind: 'rescue', key, start }, reason, detail }];
  }
  const unable = rules.rescue ? `; it would be rescued, but is not ours to change: ${LET_US}` : '';
  return [held(subject, 'refused', reason, detail, `save it: ${savingCommand(seen)}${unable}`)];
}

const DANGERS = {
  'pending-deletion': 'key-pending-deletion',
  disabled: 'key-disabled',
  unavailable: 'key-unavailable',
} as const satisfies Record<string, GuardReason>;

/** So long RDS waits for the key, from its loss on; 7 days (aws-facts: KMS). */
const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';

/** A database that lost its key does not come back with the key: someone has to start it in time, or to restore it. */
export function needsStart({ use, seen }: KeyInUse): KeyDecision[] {
  if (seen?.key.state !== 'enabled') return [];
  return use.databases
    .filter(({ condition }) => condition === 'lost-key')
    .map(({ id, region, status }) => {
      const subject = { database: id, region };
      const detail = `its key can be used again, and RDS still says ${status}`;
      return status === RECOVERABLE
        ? held(
            subject,
            'refused',
            'instance-needs-start',
            `${detail}; 7 days after it lost the key there is no way back`,
            `start it: ${startCommand(region, id)}`,
          )
        : held(
            subject,
            'refused',
            'instance-lost',
            `${detail}: it cannot be brought back`,
            'restore its newest recovery point, or to a point in time, as another instance',
          );
    });
}

export function startCommand(region: string, database: string): string {
  return `aws rds start-db-instance --region ${region} --db-instance-identifier ${database}`;
}

function savingCommand({ key }: LookedAt): string {
  const of = `--region ${key.region} --key-id ${key.arn}`;
  const enable = `aws kms enable-key ${of}`;
  return key.state === 'disabled' ? enable : `aws kms cancel-key-deletion ${of} && ${enable}`;
}

function fate({ key }: LookedAt, now: Instant): string {
  if (key.state === 'disabled') return 'disabled, so nothing under it can be read, copied or restored';
  if (key.state === 'unavailable')
    return 'out of reach of KMS, so nothing under it can be read, copied or restored';
  if (key.deletion === null) return 'pending deletion as soon as its replicas are gone';
  return `will be deleted at ${formatInstant(key.deletion)}, in ${formatDuration(key.deletion - now)}, and cannot be used until then`;
}

function gone({ databases, snapshots }: KeyUse): string {
  if (databases.length === 0 && snapshots.length === 0)
    return 'create it there, or correct its name in the policy or on the topic';
  return 'what is encrypted under it cannot be read any more: take new recovery points under another key (functions/rotate-keys/README.md)';
}

/** `what hangs on it: database qrosity-db; 54 recovery points of qrosity-db, the newest of 2026-03-05T07:00:00Z`. */
function hangingOn({ databases, snapshots, targets, topics }: KeyUse): string {
  const good = snapshots.filter(isGood);
  const newest = newestGood(good)?.recoveryPoint ?? null;
  const parts = [
    ...(databases.length > 0 ? [`database ${listed(databases.map(({ id }) => id))}`] : []),
    ...(newest === null
      ? []
      : [
          `${good.length} ${good.length === 1 ? 'recovery point' : 'recovery points'} of ${listed(good.map(({ database }) => database))}, the newest of ${formatInstant(newest)}`,
        ]),
    ...(targets.length > 0 ? [`the copies to come of ${listed(targets.map(({ policy }) => policy))}`] : []),
    ...topics.map((arn) => `the notices of ${arn}, which reach nobody without it`),
  ];
  return `what hangs on it: ${parts.join('; ')}`;
}

const MOST_NAMES = 5;

function listed(all: readonly string[]): string {
  const names = [...new Set(all)].sort();
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

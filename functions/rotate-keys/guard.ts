import type { Key } from '../../shared/domain/key';
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
  const start = use.databases.filter(({ status }) => status === RECOVERABLE).map(({ id }) => id);
  if (rules.rescue && ours) return [{ subject, action: { kind: 'rescue', key, start }, reason, detail }];
  const unable = rules.rescue ? `; it would be rescued, but is not ours to change: ${LET_US}` : '';
  return [held(subject, 'refused', reason, detail, `save it: ${savingCommand(key, start)}${unable}`)];
}

const DANGERS = {
  'pending-deletion': 'key-pending-deletion',
  disabled: 'key-disabled',
  unavailable: 'key-unavailable',
} as const satisfies Record<string, GuardReason>;

/** So long RDS waits for the key, from its loss on; 7 days (aws-facts: KMS). */
const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
const FINAL = 'inaccessible-encryption-credentials';

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

/** What a person types to have a key back, and then the databases that lost it. */
export function savingCommand({ region, arn, state }: Key, start: readonly string[] = []): string {
  const of = `--region ${region} --key-id ${arn}`;
  const cancel = state === 'disabled' ? [] : [`aws kms cancel-key-deletion ${of}`];
  const starts = start.map((database) => startCommand(region, database));
  return [...cancel, `aws kms enable-key ${of}`, ...starts].join(' && ');
}

function fate({ key }: LookedAt, now: Instant): string {
  if (key.state === 'disabled') return 'disabled, so nothing under it can be read, copied or restored';
  if (key.state === 'unavailable')
    return 'out of reach of KMS, so nothing under it can be read, copied or restored';
  if (key.deletion === null) return 'pending deletion as soon as its replicas are gone';
  const left = key.deletion - now;
  const when = `at ${formatInstant(key.deletion)}`;
  return left > 0
    ? `will be deleted ${when}, in ${formatDuration(left)}, and cannot be used until then`
    : `was to be deleted ${when}, ${formatDuration(-left)} ago`;
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
  const underWay = snapshots.filter(({ state }) => state === 'pending').length;
  const parts = [
    ...(databases.length > 0 ? [`database ${listed(databases.map(({ id }) => id))}`] : []),
    ...databases.flatMap(({ id, status }) => lossOf(id, status)),
    ...(newest === null
      ? []
      : [
          `${good.length} ${good.length === 1 ? 'recovery point' : 'recovery points'} of ${listed(good.map(({ database }) => database))}, the newest of ${formatInstant(newest)}`,
        ]),
    ...(underWay > 0 ? [`${underWay} more on ${underWay === 1 ? 'its' : 'their'} way`] : []),
    ...(targets.length > 0 ? [`the copies to come of ${listed(targets.map(({ policy }) => policy))}`] : []),
    ...topics.map((arn) => `the notices of ${arn}, which reach nobody without it`),
  ];
  return `what hangs on it: ${parts.join('; ') || 'nothing that can be restored'}`;
}

/** A database that has lost its key already: how long there is, or that it is over. */
function lossOf(id: string, status: string): string[] {
  if (status === RECOVERABLE) return [`${id} is ${status}: RDS gives it up 7 days after it lost the key`];
  return status === FINAL ? [`${id} is ${status}: it cannot be brought back, only restored`] : [];
}

const MOST_NAMES = 5;

function listed(all: readonly string[]): string {
  const names = [...new Set(all)].sort();
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

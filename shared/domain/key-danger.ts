import { aws } from './controls/command';
import { few } from './inspection/check';
import type { Key } from './key';
import type { KeyUse } from './key-use';
import { isGood, newestGood } from './snapshot';
import { formatInstant } from './time';

/** So long RDS waits for the key, from its loss on; 7 days (aws-facts: KMS). */
export const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
const FINAL = 'inaccessible-encryption-credentials';

/** `database qrosity-db; 54 recovery points of qrosity-db, the newest of 2026-03-05T07:00:00Z`: what is lost with a key. */
export function hangingOn({ databases, snapshots, targets, topics, stores }: KeyUse): string {
  const good = snapshots.filter(isGood);
  const newest = newestGood(good)?.recoveryPoint ?? null;
  const underWay = snapshots.filter(({ state }) => state === 'pending').length;
  const parts = [
    ...(databases.length > 0 ? [`database ${names(databases.map(({ id }) => id))}`] : []),
    ...databases.flatMap(({ id, status }) => lossOf(id, status)),
    ...(newest === null
      ? []
      : [
          `${good.length} ${good.length === 1 ? 'recovery point' : 'recovery points'} of ${names(good.map(({ database }) => database))}, the newest of ${formatInstant(newest)}`,
        ]),
    ...(underWay > 0 ? [`${underWay} more on ${underWay === 1 ? 'its' : 'their'} way`] : []),
    ...(targets.length > 0 ? [`the copies to come of ${names(targets.map(({ policy }) => policy))}`] : []),
    ...topics.map((arn) => `the notices of ${arn}, which reach nobody without it`),
    ...stores.map((bucket) => `the evidence in s3://${bucket}, which nobody can read or add to without it`),
  ];
  return parts.join('; ') || 'nothing that can be restored';
}

/** A database that has lost its key already: how long there is, or that it is over. */
function lossOf(id: string, status: string): string[] {
  if (status === RECOVERABLE) return [`${id} is ${status}: RDS gives it up 7 days after it lost the key`];
  return status === FINAL ? [`${id} is ${status}: it cannot be brought back, only restored`] : [];
}

/** The databases that lost their key and can still be brought back, once the key is: each has to be started. */
export function toStart({ databases }: KeyUse): string[] {
  return databases.filter(({ status }) => status === RECOVERABLE).map(({ id }) => id);
}

/**
 * What a person types to have a key back, and then the databases that lost it. Of a key that is out of reach of KMS, what
 * shows why.
 */
export function savingCommand({ region, arn, state }: Key, start: readonly string[] = []): string {
  const of = ['--region', region, '--key-id', arn];
  if (state === 'unavailable') return aws('kms', 'describe-key', ...of);
  const cancel = state === 'disabled' ? [] : [aws('kms', 'cancel-key-deletion', ...of)];
  const starts = start.map((database) => startCommand(region, database));
  return [...cancel, aws('kms', 'enable-key', ...of), ...starts].join(' && ');
}

export function startCommand(region: string, database: string): string {
  return aws('rds', 'start-db-instance', '--region', region, '--db-instance-identifier', database);
}

function names(all: readonly string[]): string {
  return few([...new Set(all)].sort());
}

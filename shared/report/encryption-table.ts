import Table from 'cli-table3';
import type { EncryptionKey, EncryptionReport } from '../domain/encryption';

/** No colors: it is read in a terminal, a ticket or a mail. */
const LOOK = { style: { head: [], border: [], compact: true } };

/**
 * The encryption status as a person reads it (SEC-4): what is protected and under which key, then each key with its
 * rotation. Lines end with `\n`; `jq -r .table` prints them.
 */
export function encryptionTable({ resources, keys }: EncryptionReport): string {
  const byArn = new Map(keys.map((key) => [key.arn, key]));
  const what = new Table({
    head: ['database', 'region', 'what', 'encrypted', 'key', 'managed by', 'last rotated', 'next rotation'],
    ...LOOK,
  });
  for (const { kind, database, region, count, encrypted, key } of resources) {
    const its = key === null ? undefined : byArn.get(key);
    what.push([
      database,
      region,
      kind === 'database' ? kind : `${count} ${count === 1 ? ONE[kind] : kind}`,
      encrypted ? 'yes' : 'NO',
      key === null ? '-' : nameOf(its, key),
      its?.managedBy ?? '-',
      ...rotationOf(its),
    ]);
  }
  const all = new Table({
    head: ['key', 'ARN', 'state', 'every', 'on demand', 'databases', 'recovery points', 'deleted at'],
    ...LOOK,
  });
  for (const key of keys) {
    const { arn, state, rotationDays, onDemandUsed, databases, recoveryPoints, deletion } = key;
    all.push([
      nameOf(key, arn),
      arn,
      state,
      known(key) ? (rotationDays === null ? 'off' : `${rotationDays}d`) : '-',
      onDemandUsed ?? '-',
      databases,
      recoveryPoints,
      deletion ?? '-',
    ]);
  }
  return `${what.toString()}\n\n${all.toString()}\n`;
}

const ONE = { snapshots: 'snapshot', copies: 'copy', automated: 'automated' } as const;

function nameOf(key: EncryptionKey | undefined, arn: string): string {
  return key?.aliases[0] ?? arn.replace(/^.*:key\//, '');
}

function rotationOf(key: EncryptionKey | undefined): [string, string] {
  return [day(key?.lastRotated) ?? (known(key) ? 'never' : '-'), day(key?.nextRotation) ?? '-'];
}

/** Whether KMS told of its rotation at all. */
function known(key: EncryptionKey | undefined): boolean {
  return key !== undefined && key.onDemandUsed !== null;
}

function day(instant: string | null | undefined): string | null {
  return instant?.slice(0, 10) ?? null;
}

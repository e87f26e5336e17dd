import type { CreateKeyRequest } from '@aws-sdk/client-kms';
import { type Cloud, type CloudOptions, createCloud } from '../../../local/cloud';
import { WireError } from '../../../local/wire/service';
import { type Instant, MINUTE } from '../../../shared/domain/time';

export const HOME = 'us-east-1';
export const AWAY = 'us-west-2';
export const ACCOUNT = '111122223333';
export const STRANGER = '999988887777';

/** `2026-03-01 09:00` or `2026-03-01 09:00:30`, UTC. */
export function at(text: string): Instant {
  const instant = Date.parse(`${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(instant)) throw new Error(`not an instant: ${text}`);
  return instant;
}

function exactly(minutes: number): [number, number] {
  return [minutes * MINUTE, minutes * MINUTE];
}

/** Every act takes exactly so long, so that a test can stand a millisecond before its end. */
export const EXACT = {
  create: exactly(8),
  restore: exactly(10),
  reboot: exactly(1),
  stop: exactly(4),
  start: exactly(5),
  modify: exactly(1),
  remove: exactly(4),
  snapshot: exactly(5),
  incrementalCopy: exactly(10),
  fullCopy: exactly(30),
  copyBytesPerSecond: Number.POSITIVE_INFINITY,
  keyNotice: exactly(15),
  keyLoss: exactly(120),
  rotation: exactly(5),
} as const;

export function cloudAt(start: string, options: CloudOptions = {}): Cloud {
  return createCloud({
    start: at(start),
    account: ACCOUNT,
    ...options,
    durations: { ...EXACT, ...options.durations },
  });
}

/** The wire code that a call is refused with, or `ok`. Anything but a refusal is a bug and goes on. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
}

/** Wire code and message of the refusal, or `ok`. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof WireError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

export type Region = ReturnType<Cloud['region']>;

/** The ARN of a new key. */
export async function newKey(region: Region, input: CreateKeyRequest = {}): Promise<string> {
  return (await region.kms.CreateKey(input)).KeyMetadata?.Arn ?? '';
}

export function snapshotArn(id: string, region: string = HOME, account: string = ACCOUNT): string {
  return `arn:aws:rds:${region}:${account}:snapshot:${id}`;
}

/** The one snapshot of that name; automated ones too. */
export async function snapshotOf(region: Region, id: string) {
  const { DBSnapshots = [] } = await region.rds.DescribeDBSnapshots({ DBSnapshotIdentifier: id });
  const [found] = DBSnapshots;
  if (found === undefined) throw new Error(`no snapshot ${id}`);
  return found;
}

export async function instanceOf(region: Region, id: string) {
  const { DBInstances = [] } = await region.rds.DescribeDBInstances({ DBInstanceIdentifier: id });
  const [found] = DBInstances;
  if (found === undefined) throw new Error(`no instance ${id}`);
  return found;
}

export async function statusOf(region: Region, id: string): Promise<string | undefined> {
  return (await instanceOf(region, id)).DBInstanceStatus;
}

/** What CreateDBInstance needs at least. */
export const SMALL = {
  DBInstanceClass: 'db.t4g.medium',
  Engine: 'postgres',
  MasterUsername: 'postgres',
  MasterUserPassword: 'correct-horse',
} as const;

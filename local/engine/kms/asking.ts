import { WireError } from '../../wire/service';
import { keyOf, type Page, takePage } from '../paging';
import { isDying, type KmsKey } from './key';
import type { KeyStore } from './keys';

/** A whole number within bounds, refused in the words that all of AWS's JSON services have for it. */
export function between(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const bound = value > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
  throw new WireError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

export function invalid(message: string): WireError {
  return new WireError('ValidationException', message);
}

const ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.+$/;
const ID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;

function invalidId(reference: string): WireError {
  return new WireError('NotFoundException', `Invalid keyId '${reference}'`);
}

/** That nothing goes by this name; of what could not be one KMS says so instead. */
export function notFound(store: KeyStore, reference: string): WireError {
  const { account, region } = store.place;
  const isArn = reference.startsWith('arn:');
  if (isArn && !ARN.test(reference)) {
    return new WireError('InvalidArnException', `${reference} is not the ARN of a key or an alias.`);
  }
  if (reference.includes('alias/')) {
    const arn = isArn ? reference : store.aliasArn(reference);
    return new WireError('NotFoundException', `Alias ${arn} is not found.`);
  }
  if (!isArn && !ID.test(reference)) return invalidId(reference);
  const arn = isArn ? reference : `arn:aws:kms:${region}:${account}:key/${reference}`;
  return new WireError('NotFoundException', `Key '${arn}' does not exist`);
}

/** A key by its id or ARN: of all operations here only DescribeKey takes an alias as well. */
export function named(store: KeyStore, reference: string | undefined): KmsKey {
  if (reference === undefined || reference === '') throw invalid('KeyId must not be empty.');
  if (reference.startsWith('alias/') || (ARN.test(reference) && reference.includes(':alias/'))) {
    throw invalidId(reference);
  }
  const key = store.find(reference);
  if (key === null) throw notFound(store, reference);
  return key;
}

/** AWS-managed keys belong to the service: the account can look at them, and no more. */
export function own(store: KeyStore, reference: string | undefined): KmsKey {
  const key = named(store, reference);
  if (key.manager === 'CUSTOMER') return key;
  throw new WireError(
    'AccessDeniedException',
    `${key.arn} is managed by AWS: its state is not yours to change.`,
  );
}

/** `PendingReplicaDeletion` as KMS says it: pending replica deletion. */
function inWords({ state }: KmsKey): string {
  return state.replaceAll(/\B[A-Z]/g, (capital) => ` ${capital}`).toLowerCase();
}

export function invalidState(key: KmsKey, why = `is ${inWords(key)}`): WireError {
  return new WireError('KMSInvalidStateException', `${key.arn} ${why}.`);
}

export function notDying(key: KmsKey): void {
  if (isDying(key)) throw invalidState(key);
}

export function mustBeEnabled(key: KmsKey): void {
  if (key.state === 'Disabled') throw new WireError('DisabledException', `${key.arn} is disabled.`);
  if (key.state !== 'Enabled') throw invalidState(key);
}

export function unsupported(key: KmsKey, why: string): WireError {
  return new WireError(
    'UnsupportedOperationException',
    `${key.arn} ${why} which is not valid for this operation.`,
  );
}

interface Paged {
  readonly Limit?: number | undefined;
  readonly Marker?: string | undefined;
}

/** A page of a list, which is put in order here. */
export function listed<T>(
  entries: readonly (readonly [string, T])[],
  { Limit, Marker }: Paged,
  usual: number,
  most: number,
): Page<T> {
  const size = between('limit', Limit ?? usual, 1, most);
  const after = keyOf(
    Marker,
    () => new WireError('InvalidMarkerException', 'The marker is not one that this operation gave.'),
  );
  const rest = entries.filter(([key]) => after === null || key > after).sort(([a], [b]) => (a < b ? -1 : 1));
  return takePage(rest, size);
}

/** How an answer of KMS says whether more follows. */
export function more({ marker }: Page<unknown>): { Truncated: boolean; NextMarker?: string } {
  return marker === undefined ? { Truncated: false } : { Truncated: true, NextMarker: marker };
}

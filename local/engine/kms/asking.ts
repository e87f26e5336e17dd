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

export function notFound(store: KeyStore, reference: string): WireError {
  const { account, region } = store.place;
  const kind = reference.includes('alias/') ? 'Alias' : 'Key';
  const arn = reference.startsWith('arn:')
    ? reference
    : `arn:aws:kms:${region}:${account}:${kind === 'Key' ? 'key/' : ''}${reference}`;
  return new WireError('NotFoundException', `${kind} ${arn} is not found.`);
}

/** A key by its id or ARN: of all operations here only DescribeKey takes an alias as well. */
export function named(store: KeyStore, reference: string | undefined): KmsKey {
  if (reference === undefined || reference === '') throw invalid('KeyId must not be empty.');
  if (reference.includes('alias/')) throw new WireError('NotFoundException', `Invalid keyId ${reference}`);
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

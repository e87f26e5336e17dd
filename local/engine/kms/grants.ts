import { isDeepStrictEqual } from 'node:util';
import type {
  CreateGrantRequest,
  CreateGrantResponse,
  ListGrantsRequest,
  ListGrantsResponse,
  RevokeGrantRequest,
} from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import { notGrantable } from './algorithms';
import { invalid, listed, more, mustBeEnabled, named, own } from './asking';
import type { Grant, KmsKey, NewGrant } from './key';
import type { KeyStore } from './keys';

function notDry(dry: boolean | undefined): void {
  if (dry === true) {
    throw new WireError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    );
  }
}

function asked(store: KeyStore, { set }: KmsKey, input: CreateGrantRequest): NewGrant {
  const { GranteePrincipal, GranteeServicePrincipal, Operations = [], Name, Constraints } = input;
  if ((GranteePrincipal === undefined) === (GranteeServicePrincipal === undefined)) {
    throw invalid('Specify either GranteePrincipal or GranteeServicePrincipal, and not both.');
  }
  if (Operations.length === 0) throw invalid('A grant must permit at least one operation.');
  const [wrong] = notGrantable(set, Operations);
  if (wrong !== undefined) {
    throw invalid(
      `${wrong} is not an operation for keys of the usage ${set.usage} and the spec ${set.spec}.`,
    );
  }
  return {
    IssuingAccount: `arn:aws:iam::${store.place.account}:root`,
    Operations,
    ...(GranteePrincipal !== undefined && { GranteePrincipal }),
    ...(GranteeServicePrincipal !== undefined && { GranteeServicePrincipal }),
    ...(input.RetiringPrincipal !== undefined && { RetiringPrincipal: input.RetiringPrincipal }),
    ...(input.RetiringServicePrincipal !== undefined && {
      RetiringServicePrincipal: input.RetiringServicePrincipal,
    }),
    ...(Constraints !== undefined && { Constraints }),
    ...(Name !== undefined && { Name }),
  };
}

function isLike(wanted: NewGrant) {
  return ({ KeyId, GrantId, CreationDate, ...grant }: Grant) => isDeepStrictEqual(grant, wanted);
}

/** A name makes the call repeatable: the same grant under the same name is not made twice. */
export function createGrant(store: KeyStore, input: CreateGrantRequest): CreateGrantResponse {
  const key = own(store, input.KeyId);
  mustBeEnabled(key);
  const wanted = asked(store, key, input);
  notDry(input.DryRun);
  const known = wanted.Name === undefined ? undefined : [...key.grants.values()].find(isLike(wanted));
  const grant = known ?? store.grant(key, wanted);
  return { GrantId: grant.GrantId, GrantToken: Buffer.from(grant.GrantId).toString('base64') };
}

/** By id, which is in no order of time. */
export function listGrants(store: KeyStore, input: ListGrantsRequest): ListGrantsResponse {
  const key = named(store, input.KeyId);
  const { GrantId, GranteePrincipal, GranteeServicePrincipal } = input;
  const entries = [...key.grants].filter(
    ([id, grant]) =>
      (GrantId === undefined || id === GrantId) &&
      (GranteePrincipal === undefined || grant.GranteePrincipal === GranteePrincipal) &&
      (GranteeServicePrincipal === undefined || grant.GranteeServicePrincipal === GranteeServicePrincipal),
  );
  const page = listed(entries, input, 50, 100);
  return { Grants: page.items, ...more(page) };
}

/** Of a key that AWS manages too: its policy lets the account do this, beside looking. */
export function revokeGrant(
  store: KeyStore,
  { KeyId, GrantId = '', DryRun }: RevokeGrantRequest,
): Record<string, never> {
  const key = named(store, KeyId);
  if (!key.grants.has(GrantId)) {
    throw new WireError('NotFoundException', `Grant ${GrantId} of ${key.arn} is not found.`);
  }
  notDry(DryRun);
  store.revoke(key, GrantId);
  return {};
}

import type {
  CreateAliasRequest,
  DeleteAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  UpdateAliasRequest,
} from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import { invalid, listed, more, named, notDying, notFound, own } from './asking';
import { isSymmetric, type KmsKey } from './key';
import type { KeyStore } from './keys';

/** Per key (KMS: Resource quotas). */
const MOST_ALIASES = 50;

function ownName(name: string): void {
  if (!name.startsWith('alias/')) {
    throw invalid(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(name)) {
    throw new WireError('InvalidAliasNameException', `${name} is not a legal name of an alias.`);
  }
  if (name.startsWith('alias/aws/')) {
    throw new WireError('NotAuthorizedException', 'Aliases that begin with alias/aws/ are reserved.');
  }
}

function roomForAlias(store: KeyStore, { id, arn }: KmsKey): void {
  const own = [...store.aliases.values()].filter(({ key }) => key === id).length;
  if (own < MOST_ALIASES) return;
  throw new WireError(
    'LimitExceededException',
    `${arn} has ${MOST_ALIASES} aliases, the most that a key can have.`,
  );
}

export function createAlias(
  store: KeyStore,
  { AliasName = '', TargetKeyId }: CreateAliasRequest,
): Record<string, never> {
  ownName(AliasName);
  if (store.aliases.has(AliasName)) {
    throw new WireError(
      'AlreadyExistsException',
      `An alias with the name ${store.aliasArn(AliasName)} already exists`,
    );
  }
  const key = own(store, TargetKeyId);
  notDying(key);
  roomForAlias(store, key);
  store.addAlias(AliasName, key);
  return {};
}

function kindOf({ set }: KmsKey): 'symmetric' | 'HMAC' | 'asymmetric' {
  if (isSymmetric(set)) return 'symmetric';
  return set.spec.startsWith('HMAC_') ? 'HMAC' : 'asymmetric';
}

/** The old key may be in any state: this is how one gets away from a key that is dying. */
export function updateAlias(
  store: KeyStore,
  { AliasName = '', TargetKeyId }: UpdateAliasRequest,
): Record<string, never> {
  ownName(AliasName);
  const before = store.find(AliasName);
  if (before === null) throw notFound(store, AliasName);
  const key = own(store, TargetKeyId);
  notDying(key);
  if (kindOf(before) !== kindOf(key) || before.set.usage !== key.set.usage) {
    throw invalid(`${AliasName} cannot go to ${key.arn}: it is a key of another type or usage.`);
  }
  if (before !== key) roomForAlias(store, key);
  store.addAlias(AliasName, key);
  return {};
}

export function deleteAlias(store: KeyStore, { AliasName = '' }: DeleteAliasRequest): Record<string, never> {
  ownName(AliasName);
  if (!store.aliases.delete(AliasName)) throw notFound(store, AliasName);
  return {};
}

export function listAliases(store: KeyStore, input: ListAliasesRequest): ListAliasesResponse {
  const only = input.KeyId === undefined ? null : named(store, input.KeyId).id;
  const entries = [...store.aliases]
    .filter(([, { key }]) => only === null || key === only)
    .map(([name, { key, created, updated }]) => {
      const entry = {
        AliasName: name,
        AliasArn: store.aliasArn(name),
        TargetKeyId: key,
        CreationDate: new Date(created),
        LastUpdatedDate: new Date(updated),
      };
      return [name, entry] as const;
    });
  const page = listed(entries, input, 50, 100);
  return { Aliases: page.items, ...more(page) };
}

import type {
  CancelKeyDeletionRequest,
  CancelKeyDeletionResponse,
  CreateAliasRequest,
  CreateKeyRequest,
  CreateKeyResponse,
  DescribeKeyRequest,
  DescribeKeyResponse,
  DisableKeyRequest,
  EnableKeyRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  ListKeysRequest,
  ListKeysResponse,
  ListResourceTagsRequest,
  ListResourceTagsResponse,
  ScheduleKeyDeletionRequest,
  ScheduleKeyDeletionResponse,
  Tag,
  TagResourceRequest,
} from '@aws-sdk/client-kms';
import { type Call, type Operations, WireError } from '../../wire/service';
import type { Place } from '../arn';
import { keyOf, takePage } from '../paging';
import { type KeyStore, type KmsKey, metadataOf } from './keys';

const invalidMarker = () =>
  new WireError('InvalidMarkerException', 'The marker is not one that this operation gave.');

function found(store: KeyStore, reference: string | undefined): KmsKey {
  if (reference === undefined || reference === '')
    throw new WireError('ValidationException', 'KeyId must not be empty.');
  const key = store.find(reference);
  if (key !== null) return key;
  const { account, region } = store.place;
  const kind = reference.includes('alias/') ? 'Alias' : 'Key';
  const arn = reference.startsWith('arn:')
    ? reference
    : `arn:aws:kms:${region}:${account}:${kind === 'Key' ? 'key/' : ''}${reference}`;
  throw new WireError('NotFoundException', `${kind} ${arn} is not found.`);
}

/** AWS-managed keys belong to the service: the account can look at them, and no more. */
function own(store: KeyStore, reference: string | undefined): KmsKey {
  const key = found(store, reference);
  if (key.manager === 'CUSTOMER') return key;
  throw new WireError(
    'AccessDeniedException',
    `${key.arn} is managed by AWS: its state is not yours to change.`,
  );
}

function notPendingDeletion(key: KmsKey): void {
  if (key.state === 'PendingDeletion') {
    throw new WireError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  }
}

function tagsOf(tags: readonly Tag[] | undefined): Map<string, string> {
  return new Map(
    (tags ?? []).map(({ TagKey = '', TagValue = '' }) => {
      if (TagKey === '' || TagKey.startsWith('aws:')) {
        throw new WireError('TagException', `"${TagKey}" cannot be the key of a tag.`);
      }
      return [TagKey, TagValue];
    }),
  );
}

function limit(asked: number | undefined, usual: number, most: number): number {
  const count = asked ?? usual;
  if (count >= 1 && count <= most) return count;
  throw new WireError('ValidationException', `Limit must be between 1 and ${most}, not ${count}.`);
}

export function createKey(store: KeyStore, input: CreateKeyRequest): CreateKeyResponse {
  const key = store.create({
    spec: input.KeySpec ?? 'SYMMETRIC_DEFAULT',
    description: input.Description ?? '',
    tags: tagsOf(input.Tags),
  });
  return { KeyMetadata: metadataOf(key, store.place) };
}

export function createAlias(
  store: KeyStore,
  { AliasName = '', TargetKeyId }: CreateAliasRequest,
): Record<string, never> {
  if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(AliasName)) {
    throw new WireError(
      'InvalidAliasNameException',
      `${AliasName} is not an alias: write alias/ and a name.`,
    );
  }
  if (AliasName.startsWith('alias/aws/')) {
    throw new WireError('NotAuthorizedException', 'Aliases that begin with alias/aws/ are reserved.');
  }
  if (store.aliases.has(AliasName)) {
    throw new WireError(
      'AlreadyExistsException',
      `An alias with the name ${store.aliasArn(AliasName)} already exists`,
    );
  }
  const key = own(store, TargetKeyId);
  notPendingDeletion(key);
  store.addAlias(AliasName, key);
  return {};
}

export function listAliases(
  store: KeyStore,
  { KeyId, Limit, Marker }: ListAliasesRequest,
): ListAliasesResponse {
  const only = KeyId === undefined ? null : found(store, KeyId).id;
  const after = keyOf(Marker, invalidMarker);
  const entries = [...store.aliases]
    .filter(([name, { key }]) => (after === null || name > after) && (only === null || key === only))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = takePage(
    entries.map(([name, { key, created }]) => {
      const entry = {
        AliasName: name,
        AliasArn: store.aliasArn(name),
        TargetKeyId: key,
        CreationDate: new Date(created),
        LastUpdatedDate: new Date(created),
      };
      return [name, entry] as const;
    }),
    limit(Limit, 50, 100),
  );
  return { Aliases: page.items, Truncated: page.marker !== undefined, NextMarker: page.marker };
}

export function listKeys(store: KeyStore, { Limit, Marker }: ListKeysRequest): ListKeysResponse {
  const after = keyOf(Marker, invalidMarker);
  const ids = [...store.keys.values()]
    .filter(({ id }) => after === null || id > after)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = takePage(
    ids.map(({ id, arn }) => [id, { KeyId: id, KeyArn: arn }] as const),
    limit(Limit, 100, 1_000),
  );
  return { Keys: page.items, Truncated: page.marker !== undefined, NextMarker: page.marker };
}

/** A predefined alias without a key gets one by being asked for, as KMS does it. */
export function describeKey(store: KeyStore, { KeyId }: DescribeKeyRequest): DescribeKeyResponse {
  const key = KeyId === 'alias/aws/rds' ? store.managed('rds') : found(store, KeyId);
  return { KeyMetadata: metadataOf(key, store.place) };
}

export function enableKey(store: KeyStore, { KeyId }: EnableKeyRequest): Record<string, never> {
  const key = own(store, KeyId);
  notPendingDeletion(key);
  store.setState(key, 'Enabled');
  return {};
}

export function disableKey(store: KeyStore, { KeyId }: DisableKeyRequest): Record<string, never> {
  const key = own(store, KeyId);
  notPendingDeletion(key);
  store.setState(key, 'Disabled');
  return {};
}

export function scheduleKeyDeletion(
  store: KeyStore,
  { KeyId, PendingWindowInDays = 30 }: ScheduleKeyDeletionRequest,
): ScheduleKeyDeletionResponse {
  const key = own(store, KeyId);
  notPendingDeletion(key);
  if (!(PendingWindowInDays >= 7 && PendingWindowInDays <= 30)) {
    throw new WireError(
      'ValidationException',
      `PendingWindowInDays must be between 7 and 30, not ${PendingWindowInDays}.`,
    );
  }
  store.scheduleDeletion(key, PendingWindowInDays);
  return {
    KeyId: key.arn,
    KeyState: key.state,
    PendingWindowInDays,
    ...(key.deletion !== null && { DeletionDate: new Date(key.deletion.at) }),
  };
}

export function cancelKeyDeletion(
  store: KeyStore,
  { KeyId }: CancelKeyDeletionRequest,
): CancelKeyDeletionResponse {
  const key = own(store, KeyId);
  if (key.state !== 'PendingDeletion') {
    throw new WireError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
  }
  store.cancelDeletion(key);
  return { KeyId: key.arn };
}

export function tagResource(store: KeyStore, { KeyId, Tags }: TagResourceRequest): Record<string, never> {
  const key = own(store, KeyId);
  for (const [name, value] of tagsOf(Tags)) key.tags.set(name, value);
  return {};
}

export function listResourceTags(
  store: KeyStore,
  { KeyId }: ListResourceTagsRequest,
): ListResourceTagsResponse {
  const tags = found(store, KeyId).tags;
  return { Tags: [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })), Truncated: false };
}

/** KMS by its operations, as far as encrypted snapshots need it. */
export function kmsOperations(keys: (place: Place) => KeyStore, isLost: (region: string) => boolean) {
  const on =
    <Input, Output>(operation: (store: KeyStore, input: Input) => Output) =>
    async (input: Input, call: Pick<Call, 'account' | 'region'>): Promise<Output> => {
      if (isLost(call.region))
        throw new WireError('KMSInternalException', `${call.region} does not answer.`, 500);
      return operation(keys(call), input);
    };
  return {
    CancelKeyDeletion: on(cancelKeyDeletion),
    CreateAlias: on(createAlias),
    CreateKey: on(createKey),
    DescribeKey: on(describeKey),
    DisableKey: on(disableKey),
    EnableKey: on(enableKey),
    ListAliases: on(listAliases),
    ListKeys: on(listKeys),
    ListResourceTags: on(listResourceTags),
    ScheduleKeyDeletion: on(scheduleKeyDeletion),
    TagResource: on(tagResource),
  } satisfies Operations;
}

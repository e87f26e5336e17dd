import type {
  ReplicateKeyRequest,
  ReplicateKeyResponse,
  UpdatePrimaryRegionRequest,
} from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import { invalid, mustBeEnabled, own } from './asking';
import { isPrimary, type KmsKey } from './key';
import type { KeyStore } from './keys';
import { metadataOf } from './metadata';
import { readTags } from './tags';

/** Only a primary has replicas, and only from its own region are they made and the roles swapped. */
function ownPrimary(store: KeyStore, reference: string | undefined): KmsKey {
  const key = own(store, reference);
  if (!key.set.multiRegion || !isPrimary(key)) {
    throw new WireError('UnsupportedOperationException', `${key.arn} is not a multi-region primary key.`);
  }
  mustBeEnabled(key);
  return key;
}

function reachable(store: KeyStore, region: string): void {
  if (!store.world.has(region)) throw invalid(`There is no region ${region} here.`);
  if (store.world.isLost(region)) {
    throw new WireError('KMSInternalException', `${region} does not answer.`, 500);
  }
}

export function replicateKey(
  store: KeyStore,
  { KeyId, ReplicaRegion: region = '', Description, Tags }: ReplicateKeyRequest,
  keys: (place: Place) => KeyStore,
): ReplicateKeyResponse {
  const tags = readTags(Tags);
  const key = ownPrimary(store, KeyId);
  reachable(store, region);
  const standing = key.set.members.get(region);
  if (standing !== undefined) {
    throw new WireError('AlreadyExistsException', `${standing.arn} already exists in ${region}.`);
  }
  const replica = keys({ account: key.place.account, region }).replicate(key.set, {
    description: Description ?? '',
    tags,
  });
  return {
    ReplicaKeyMetadata: metadataOf(replica),
    ReplicaTags: [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  };
}

/** At once; AWS takes some seconds, in which both keys are `Updating` and can be used all the same. */
export function updatePrimaryRegion(
  store: KeyStore,
  { KeyId, PrimaryRegion: region = '' }: UpdatePrimaryRegionRequest,
): Record<string, never> {
  const key = ownPrimary(store, KeyId);
  reachable(store, region);
  const replica = key.set.members.get(region);
  if (replica === undefined) {
    throw new WireError('NotFoundException', `${key.arn} has no replica key in ${region}.`);
  }
  if (replica === key) throw invalid(`${region} is the primary Region of ${key.arn} already.`);
  mustBeEnabled(replica);
  key.set.primaryRegion = region;
  return {};
}

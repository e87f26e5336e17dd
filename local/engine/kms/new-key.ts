import type { KeySpec, KeyState, KeyUsageType, OriginType } from '@aws-sdk/client-kms';
import type { Place } from '../arn';
import { isSymmetric, type KeySet, type KmsKey } from './key';
import { newMaterial } from './rotation';
import type { KmsWorld } from './world';

export interface NewKey {
  readonly manager?: KmsKey['manager'];
  readonly spec?: KeySpec;
  readonly usage?: KeyUsageType;
  readonly origin?: OriginType;
  readonly customKeyStore?: string | null;
  readonly multiRegion?: boolean;
  readonly description?: string;
  readonly tags?: ReadonlyMap<string, string>;
}

/** A set without members yet; `ordinal` sets its id apart from those made in the same place before. */
export function newSet(world: KmsWorld, place: Place, wanted: NewKey, ordinal: number): KeySet {
  const { chance, clock } = world;
  const { origin = 'AWS_KMS', multiRegion = false } = wanted;
  const purpose = ['key', place.account, place.region, ordinal] as const;
  const set: KeySet = {
    id: multiRegion ? `mrk-${chance.hex(32, ...purpose)}` : chance.uuid(...purpose),
    spec: wanted.spec ?? 'SYMMETRIC_DEFAULT',
    usage: wanted.usage ?? 'ENCRYPT_DECRYPT',
    origin,
    customKeyStore: wanted.customKeyStore ?? null,
    multiRegion,
    created: clock.now(),
    members: new Map(),
    primaryRegion: place.region,
    materials: [],
    schedule: null,
    onDemand: null,
  };
  if (origin === 'AWS_KMS' && isSymmetric(set)) newMaterial(world, set);
  return set;
}

/** The set's key for this place. */
export function newMember(
  world: KmsWorld,
  place: Place,
  set: KeySet,
  { manager = 'CUSTOMER', description = '', tags }: NewKey,
  state: KeyState,
): KmsKey {
  const key: KmsKey = {
    set,
    id: set.id,
    arn: `arn:aws:kms:${place.region}:${place.account}:key/${set.id}`,
    place,
    created: world.clock.now(),
    manager,
    description,
    tags: new Map(tags),
    grants: new Map(),
    hasMaterial: set.origin !== 'EXTERNAL',
    state,
    deletion: null,
  };
  set.members.set(place.region, key);
  return key;
}

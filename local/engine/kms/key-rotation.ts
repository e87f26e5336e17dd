import type {
  DisableKeyRotationRequest,
  EnableKeyRotationRequest,
  GetKeyRotationStatusRequest,
  GetKeyRotationStatusResponse,
  ListKeyRotationsRequest,
  ListKeyRotationsResponse,
  RotateKeyOnDemandRequest,
  RotateKeyOnDemandResponse,
  RotationsListEntry,
} from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import { between, listed, more, mustBeEnabled, named, own, unsupported } from './asking';
import { isDying, isPrimary, isSymmetric, type KmsKey, type Material, primaryOf } from './key';
import type { KeyStore } from './keys';
import { beginSchedule, endSchedule, ROTATES_SOON, rotateInBackground, USUAL_PERIOD } from './rotation';

function symmetric(key: KmsKey): void {
  if (!isSymmetric(key.set)) throw unsupported(key, `key spec is ${key.set.spec}`);
}

/** What KMS rotates at all, and where it is asked to: related keys rotate with their primary. */
function rotatable(key: KmsKey, origins: readonly KmsKey['set']['origin'][]): void {
  symmetric(key);
  if (!origins.includes(key.set.origin)) throw unsupported(key, `origin is ${key.set.origin}`);
  if (!isPrimary(key)) throw unsupported(key, 'is a multi-Region replica key');
}

export function enableKeyRotation(
  store: KeyStore,
  { KeyId, RotationPeriodInDays = USUAL_PERIOD }: EnableKeyRotationRequest,
): Record<string, never> {
  between('rotationPeriodInDays', RotationPeriodInDays, 90, 2560);
  const key = own(store, KeyId);
  rotatable(key, ['AWS_KMS']);
  mustBeEnabled(key);
  // Whoever asks again for what is so already does not put the next rotation off.
  if (key.set.schedule?.days !== RotationPeriodInDays) {
    beginSchedule(store.world, key.set, RotationPeriodInDays);
  }
  return {};
}

export function disableKeyRotation(
  store: KeyStore,
  { KeyId }: DisableKeyRotationRequest,
): Record<string, never> {
  const key = own(store, KeyId);
  rotatable(key, ['AWS_KMS']);
  mustBeEnabled(key);
  endSchedule(key.set);
  return {};
}

/** KMS does not rotate what lies in a key store of one's own, and refuses to say so. */
const KEY_STORES: readonly KmsKey['set']['origin'][] = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'];

/**
 * Of a key that never rotates, asymmetric or HMAC, the status is false. A replica answers as its primary. While a key is dying its status is false; while it is disabled the status stays,
 * and a date that has passed is no next one: the key rotates when it is enabled again.
 */
export function getKeyRotationStatus(
  store: KeyStore,
  { KeyId }: GetKeyRotationStatusRequest,
): GetKeyRotationStatusResponse {
  const key = named(store, KeyId);
  const { schedule, onDemand, origin } = key.set;
  if (KEY_STORES.includes(origin)) throw unsupported(key, `origin is ${origin}`);
  const dying = isDying(key) || isDying(primaryOf(key.set) ?? key);
  return {
    KeyId: key.id,
    ...(onDemand !== null && { OnDemandRotationStartDate: new Date(onDemand) }),
    ...(schedule === null || dying
      ? { KeyRotationEnabled: false }
      : {
          KeyRotationEnabled: true,
          RotationPeriodInDays: schedule.days,
          ...(schedule.next > store.world.clock.now() && { NextRotationDate: new Date(schedule.next) }),
        }),
  };
}

export function listKeyRotations(store: KeyStore, input: ListKeyRotationsRequest): ListKeyRotationsResponse {
  const key = named(store, input.KeyId);
  symmetric(key);
  const { materials } = key.set;
  const all = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL';
  const entries = materials
    .map((material, index) => [String(index).padStart(8, '0'), entryOf(key, material)] as const)
    .filter(([, { RotationDate }]) => all || RotationDate !== undefined);
  const page = listed(entries, input, 100, 1_000);
  return { Rotations: page.items, ...more(page) };
}

function entryOf(key: KmsKey, material: Material): RotationsListEntry {
  const { id, rotated } = material;
  return {
    KeyId: key.id,
    KeyMaterialId: id,
    KeyMaterialState: material === key.set.materials.at(-1) ? 'CURRENT' : 'NON_CURRENT',
    ...(key.set.origin === 'EXTERNAL' && {
      ImportState: key.hasMaterial ? 'IMPORTED' : 'PENDING_IMPORT',
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    }),
    ...(rotated !== null && { RotationDate: new Date(rotated.at), RotationType: rotated.type }),
  };
}

export function rotateKeyOnDemand(
  store: KeyStore,
  { KeyId }: RotateKeyOnDemandRequest,
): RotateKeyOnDemandResponse {
  const key = own(store, KeyId);
  // The state has the first say here: a disabled RSA key is disabled, not unsupported.
  mustBeEnabled(key);
  rotatable(key, ['AWS_KMS', 'EXTERNAL']);
  const { set } = key;
  // It takes imported material that waits for its rotation, and nothing here imports a second one.
  if (set.origin === 'EXTERNAL') {
    throw new WireError(
      'KMSInvalidStateException',
      `No available key material pending rotation for the key: ${key.arn}.`,
    );
  }
  const soon = (set.schedule?.next ?? Number.POSITIVE_INFINITY) - store.world.clock.now() <= ROTATES_SOON;
  if (set.onDemand !== null || soon) {
    throw new WireError(
      'ConflictException',
      `A rotation of ${key.arn} is in progress or scheduled to begin within the next 20 minutes.`,
    );
  }
  const { onDemandRotations: most } = store.world.limits(store.place);
  if (set.materials.filter(({ rotated }) => rotated?.type === 'ON_DEMAND').length >= most) {
    throw new WireError(
      'LimitExceededException',
      `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
    );
  }
  rotateInBackground(store.world, set);
  return { KeyId: key.arn };
}

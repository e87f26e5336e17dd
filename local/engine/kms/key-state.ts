import type {
  CancelKeyDeletionRequest,
  CancelKeyDeletionResponse,
  DisableKeyRequest,
  EnableKeyRequest,
  ScheduleKeyDeletionRequest,
  ScheduleKeyDeletionResponse,
} from '@aws-sdk/client-kms';
import { between, invalidState, notDying, own } from './asking';
import { isDying, type KmsKey } from './key';
import type { KeyStore } from './keys';

/** Nothing switches a key that waits for its material, or that is still being made (KMS: Key states). */
function switchable(key: KmsKey): void {
  if (key.state !== 'Enabled' && key.state !== 'Disabled') throw invalidState(key);
}

export function enableKey(store: KeyStore, { KeyId }: EnableKeyRequest): Record<string, never> {
  const key = own(store, KeyId);
  switchable(key);
  store.setState(key, 'Enabled');
  return {};
}

export function disableKey(store: KeyStore, { KeyId }: DisableKeyRequest): Record<string, never> {
  const key = own(store, KeyId);
  switchable(key);
  store.setState(key, 'Disabled');
  return {};
}

export function scheduleKeyDeletion(
  store: KeyStore,
  { KeyId, PendingWindowInDays = 30 }: ScheduleKeyDeletionRequest,
): ScheduleKeyDeletionResponse {
  between('pendingWindowInDays', PendingWindowInDays, 7, 30);
  const key = own(store, KeyId);
  notDying(key);
  store.scheduleDeletion(key, PendingWindowInDays);
  const at = key.deletion?.at ?? null;
  return {
    KeyId: key.arn,
    KeyState: key.state,
    PendingWindowInDays,
    ...(at !== null && { DeletionDate: new Date(at) }),
  };
}

export function cancelKeyDeletion(
  store: KeyStore,
  { KeyId }: CancelKeyDeletionRequest,
): CancelKeyDeletionResponse {
  const key = own(store, KeyId);
  if (!isDying(key)) throw invalidState(key, 'is not pending deletion');
  store.cancelDeletion(key);
  return { KeyId: key.arn };
}

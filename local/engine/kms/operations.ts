import type { ReplicateKeyRequest } from '@aws-sdk/client-kms';
import { type Call, type Operations, WireError } from '../../wire/service';
import type { Place } from '../arn';
import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases';
import { createKey } from './create-key';
import { describeKey, listKeys } from './describe-key';
import { createGrant, listGrants, revokeGrant } from './grants';
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  rotateKeyOnDemand,
} from './key-rotation';
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from './key-state';
import type { KeyStore } from './keys';
import { replicateKey, updatePrimaryRegion } from './replicate-key';
import { listResourceTags, tagResource, untagResource } from './tags';
import { type Asked, record, recordRefusal, subjectOf } from './trail';

function orRefused<Output>(store: KeyStore, ordinal: number, asked: Asked, operation: () => Output): Output {
  try {
    return operation();
  } catch (error) {
    if (error instanceof WireError) recordRefusal(store.world, store.place, ordinal, asked, error);
    throw error;
  }
}

/** KMS by its operations, as far as encrypted databases and the rotation of their keys need it. */
export function kmsOperations(keys: (place: Place) => KeyStore, isLost: (region: string) => boolean) {
  let acts = 0;
  const on =
    <Input, Output>(operation: (store: KeyStore, input: Input) => Output) =>
    async (input: Input, call: Pick<Call, 'account' | 'region'>): Promise<Output> => {
      if (isLost(call.region))
        throw new WireError('KMSInternalException', `${call.region} does not answer.`, 500);
      return operation(keys(call), input);
    };
  /** One that changes something: CloudTrail tells of it, refused too. */
  const act = <Input extends object, Output extends object>(
    name: string,
    operation: (store: KeyStore, input: Input) => Output,
  ) =>
    on((store: KeyStore, input: Input) => {
      // An alias that goes is asked for its key before it is gone.
      const key = subjectOf(store, input);
      acts += 1;
      const output = orRefused(store, acts, { name, input, key }, () => operation(store, input));
      record(store.world, store.place, acts, { name, input, output, key });
      return output;
    });
  return {
    CancelKeyDeletion: act('CancelKeyDeletion', cancelKeyDeletion),
    CreateAlias: act('CreateAlias', createAlias),
    CreateGrant: act('CreateGrant', createGrant),
    CreateKey: act('CreateKey', createKey),
    DeleteAlias: act('DeleteAlias', deleteAlias),
    DescribeKey: on(describeKey),
    DisableKey: act('DisableKey', disableKey),
    DisableKeyRotation: act('DisableKeyRotation', disableKeyRotation),
    EnableKey: act('EnableKey', enableKey),
    EnableKeyRotation: act('EnableKeyRotation', enableKeyRotation),
    GetKeyRotationStatus: on(getKeyRotationStatus),
    ListAliases: on(listAliases),
    ListGrants: on(listGrants),
    ListKeyRotations: on(listKeyRotations),
    ListKeys: on(listKeys),
    ListResourceTags: on(listResourceTags),
    ReplicateKey: act('ReplicateKey', (store, input: ReplicateKeyRequest) =>
      replicateKey(store, input, keys),
    ),
    RevokeGrant: act('RevokeGrant', revokeGrant),
    RotateKeyOnDemand: act('RotateKeyOnDemand', rotateKeyOnDemand),
    ScheduleKeyDeletion: act('ScheduleKeyDeletion', scheduleKeyDeletion),
    TagResource: act('TagResource', tagResource),
    UntagResource: act('UntagResource', untagResource),
    UpdateAlias: act('UpdateAlias', updateAlias),
    UpdatePrimaryRegion: act('UpdatePrimaryRegion', updatePrimaryRegion),
  } satisfies Operations;
}

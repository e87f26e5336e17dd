import type { GrantOperation } from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import type { Arn } from '../data';
import type { Grant } from '../kms/key';
import type { Instance } from './instance';
import type { RdsRegion } from './region';

export function notAccessible(which: string, reference: string): WireError {
  return new WireError(
    'KMSKeyNotAccessibleFault',
    `The ${which} KMS key [${reference}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
}

/** The ARN of a key to encrypt with: missing, disabled, dying, asymmetric and foreign ones are all one to RDS. */
export function encryptionKey(region: RdsRegion, reference: string, which: 'specified' | 'target'): Arn {
  const key = region.keys.usable(reference);
  if (key === null) throw notAccessible(which, reference);
  return key.arn;
}

/** Refuses when what is encrypted under the key cannot be read now. */
export function readable(region: RdsRegion, key: Arn | null): void {
  if (key !== null && region.keys.usable(key) === null) throw notAccessible('source snapshot', key);
}

/** What RDS does with the key of an instance (RDS User Guide: Encrypting Amazon RDS resources). */
const OPERATIONS: GrantOperation[] = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKeyWithoutPlaintext',
  'CreateGrant',
  'RetireGrant',
  'DescribeKey',
];

/** The grant that each encrypted instance lives on. */
const held = new WeakMap<Instance, Grant>();

/** RDS has itself granted the use of an instance's key when it makes or starts the instance. */
export function takeGrant(region: RdsRegion, instance: Instance): void {
  retireGrant(region, instance);
  const key = instance.kmsKey === null ? null : region.keys.find(instance.kmsKey);
  if (key === null) return;
  const grant = region.keys.grant(key, {
    GranteePrincipal: 'rds.amazonaws.com',
    RetiringPrincipal: 'rds.amazonaws.com',
    IssuingAccount: `arn:aws:iam::${region.place.account}:root`,
    Operations: OPERATIONS,
    Constraints: { EncryptionContextSubset: { 'aws:rds:db-id': instance.resourceId } },
  });
  held.set(instance, grant);
}

/** RDS gives a grant back that it needs no more. */
export function retireGrant(region: RdsRegion, instance: Instance): void {
  const grant = held.get(instance);
  if (grant === undefined) return;
  held.delete(instance);
  region.keys.find(instance.kmsKey ?? '')?.grants.delete(grant.GrantId);
}

/** Whether what the instance wrote can be read: the key is enabled, and RDS may use it. */
export function holdsKey(region: RdsRegion, instance: Instance): boolean {
  if (instance.kmsKey === null) return true;
  return region.keys.usable(instance.kmsKey)?.grants.has(held.get(instance)?.GrantId ?? '') ?? false;
}

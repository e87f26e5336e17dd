import { WireError } from '../../wire/service';
import type { Arn } from '../data';
import type { RdsRegion } from './region';

function notAccessible(which: string, reference: string): WireError {
  return new WireError(
    'KMSKeyNotAccessibleFault',
    `The ${which} KMS key [${reference}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
}

/** The ARN of a key to encrypt with: missing, disabled, dying, asymmetric and foreign ones are all one to RDS. */
export function encryptionKey(region: RdsRegion, reference: string): Arn {
  const key = region.keys.usable(reference);
  if (key === null) throw notAccessible('target', reference);
  return key.arn;
}

/** Refuses when what is encrypted under the key cannot be read now. */
export function readable(region: RdsRegion, key: Arn | null): void {
  if (key !== null && region.keys.usable(key) === null) throw notAccessible('source snapshot', key);
}

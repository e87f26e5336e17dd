import { WireError } from '../../wire/service';
import type { Instance } from './instance';
import { holdsKey, takeGrant } from './keys';
import type { RdsRegion } from './region';
import { KEY_GRACE } from './settings';

const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
const FINAL = 'inaccessible-encryption-credentials';

/** Watches the keys that the region's instances live on. */
export function watchKeys(region: RdsRegion): void {
  region.keys.watch((key) => {
    for (const instance of region.instances.values())
      if (instance.kmsKey === key.arn && !holdsKey(region, instance)) loseKey(region, instance);
  });
}

/**
 * RDS notices after a while, unless the key is back by then. Seven days later there is no way back; where automated
 * backups are off, there is none from the start (RDS User Guide: Encrypting Amazon RDS resources).
 */
function loseKey(region: RdsRegion, instance: Instance): void {
  const { clock, data, durations } = region.world;
  const gone = () => region.lost || region.instances.get(instance.id) !== instance;
  clock.after(region.takes(durations.keyLoss, 'key', instance.arn), async () => {
    const known = [RECOVERABLE, FINAL, 'deleting', 'creating'].includes(instance.status);
    if (gone() || known || holdsKey(region, instance)) return;
    instance.offlineSince ??= region.now;
    if (instance.shape.backupRetention === 0) region.enter(instance, FINAL);
    else region.occupy(instance, RECOVERABLE, KEY_GRACE, () => region.enter(instance, FINAL));
    await data.stop(instance.arn);
  });
}

/** StartDBInstance is the way back, once the key can be used again: RDS makes itself a new grant on it. */
export function recoverKey(region: RdsRegion, instance: Instance): void {
  if (instance.kmsKey === null || region.keys.usable(instance.kmsKey) !== null) {
    takeGrant(region, instance);
    return;
  }
  throw new WireError(
    'KMSKeyNotAccessibleFault',
    `The specified KMS key [${instance.kmsKey}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
}

import { WireError } from '../../wire/service';
import type { KmsKey } from '../kms/keys';
import type { Instance } from './instance';
import type { RdsRegion } from './region';
import { KEY_GRACE } from './settings';

const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
const FINAL = 'inaccessible-encryption-credentials';

/** Watches the keys that the region's instances live on. */
export function watchKeys(region: RdsRegion): void {
  region.keys.watch((key) => {
    if (key.state === 'Enabled') return;
    for (const instance of region.instances.values())
      if (instance.kmsKey === key.arn) loseKey(region, instance, key);
  });
}

/** RDS notices after a while, unless the key is back by then. Seven days later there is no way back. */
function loseKey(region: RdsRegion, instance: Instance, key: KmsKey): void {
  const { clock, data, durations } = region.world;
  const gone = () => region.lost || region.instances.get(instance.id) !== instance;
  clock.after(region.takes(durations.keyLoss, 'key', instance.arn), async () => {
    const known = [RECOVERABLE, FINAL, 'deleting', 'creating'].includes(instance.status);
    if (gone() || known || key.state === 'Enabled') return;
    instance.offlineSince ??= region.now;
    region.occupy(instance, RECOVERABLE, KEY_GRACE, () => region.enter(instance, FINAL));
    await data.stop(instance.arn);
  });
}

/** StartDBInstance is the way back, once the key can be used again. */
export function recoverKey(region: RdsRegion, instance: Instance): void {
  if (instance.kmsKey === null || region.keys.usable(instance.kmsKey) !== null) return;
  throw new WireError(
    'KMSKeyNotAccessibleFault',
    `The specified KMS key [${instance.kmsKey}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
}

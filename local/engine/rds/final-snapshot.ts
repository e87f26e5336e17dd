import type { Duration } from '../../../shared/domain/time';
import type { Instance } from './instance';
import type { RdsRegion } from './region';
import { inheritable } from './tags';
import { fill, newSnapshot } from './take-snapshot';

/** The snapshot that RDS takes on the way of stopping or deleting; answers how long that takes. */
export async function finalSnapshot(region: RdsRegion, instance: Instance, id: string): Promise<Duration> {
  const wait = region.takes(region.world.durations.snapshot, 'snapshot', instance.arn);
  const tags = instance.copyTagsToSnapshot ? inheritable(instance.tags) : new Map();
  const snapshot = newSnapshot(region, instance, id, 'manual', tags);
  region.emit('0040', snapshot);
  await fill(region, instance, snapshot, wait, () => {});
  return wait;
}

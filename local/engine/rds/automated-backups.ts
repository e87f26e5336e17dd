import { DAY, type Instant } from '../../../shared/domain/time';
import { nextBackup } from './backup-window';
import { canBeSnapshotted, type Instance } from './instance';
import type { RdsRegion } from './region';
import { BACKUP_RETRY } from './settings';
import type { Snapshot } from './snapshot';
import { fill, newSnapshot } from './take-snapshot';

/** Plans the next daily backup, and the days after it; called again whenever retention or window change. */
export function planBackups(region: RdsRegion, instance: Instance): void {
  instance.cancelBackup?.();
  instance.cancelBackup = null;
  if (instance.shape.backupRetention === 0) return;
  const { clock, chance } = region.world;
  const { at, closes } = nextBackup(instance.shape.backupWindow, chance, instance.arn, region.now);
  instance.cancelBackup = clock.at(at, () => attempt(region, instance, closes));
}

/**
 * Takes the backup when the instance can give one, else tries again until the window closes: RDS takes none of an
 * instance that is not available, nor while a snapshot of it is being copied (aws-facts: Quotas).
 */
async function attempt(region: RdsRegion, instance: Instance, closes: Instant): Promise<void> {
  if (region.lost || region.instances.get(instance.id) !== instance) return;
  const ready = canBeSnapshotted(instance) && !region.outbound.has(instance.resourceId);
  if (!ready && region.now + BACKUP_RETRY < closes) {
    instance.cancelBackup = region.world.clock.after(BACKUP_RETRY, () => attempt(region, instance, closes));
    return;
  }
  planBackups(region, instance);
  await expireBackups(region, instance);
  if (ready)
    await takeBackup(region, instance, region.takes(region.world.durations.snapshot, 'backup', instance.arn));
}

/** Puts the instance into `backing-up` for a time, and then back. */
export async function takeBackup(region: RdsRegion, instance: Instance, wait: number): Promise<void> {
  const id = `rds:${instance.id}-${new Date(region.now).toISOString().slice(0, 16).replaceAll(/[T:]/g, '-')}`;
  if (region.snapshots.get(id) !== undefined) return;
  region.enter(instance, 'backing-up');
  const { phase } = instance;
  const snapshot = newSnapshot(
    region,
    instance,
    id,
    'automated',
    new Map(instance.copyTagsToSnapshot ? instance.tags : []),
  );
  region.emit('0001', instance);
  region.emit('0090', snapshot);
  await fill(region, instance, snapshot, wait, () => {
    if (snapshot.status === 'available') instance.backedUpSince ??= snapshot.databaseTime;
    if (instance.phase === phase) region.enter(instance, 'available');
    region.emit('0002', instance);
  });
}

/** Removes the automated backups that are older than the retention. */
export async function expireBackups(region: RdsRegion, instance: Instance): Promise<void> {
  const oldest = region.now - instance.shape.backupRetention * DAY;
  await removeBackups(region, instance, (created) => created < oldest);
}

export async function removeBackups(
  region: RdsRegion,
  instance: Instance,
  goes: (created: Instant) => boolean,
): Promise<void> {
  for (const snapshot of ownBackups(region, instance)) {
    if (snapshot.created === null || !goes(snapshot.created)) continue;
    region.snapshots.remove(snapshot);
    await region.world.data.discard(snapshot.arn);
  }
}

function ownBackups(region: RdsRegion, { id, resourceId }: Instance): Snapshot[] {
  return [...region.snapshots.ofInstances([id], null)]
    .map(([, snapshot]) => snapshot)
    .filter(({ type, origin }) => type === 'automated' && origin.resourceId === resourceId);
}

/** Retained backups of an instance that is gone: each one goes when its time is up. */
export async function keepBackups(region: RdsRegion, instance: Instance): Promise<void> {
  await expireBackups(region, instance);
  if (ownBackups(region, instance).length === 0) return;
  region.world.clock.after(DAY, async () => {
    if (!region.lost) await keepBackups(region, instance);
  });
}

import type { ModifyDBInstanceMessage, ModifyDBInstanceResult } from '@aws-sdk/client-rds';
import { retention } from './add-instance';
import { expireBackups, planBackups, takeBackup } from './automated-backups';
import { readWindow } from './backup-window';
import { describeInstance } from './instance';
import { mustBe, named } from './instance-state';
import type { RdsRegion } from './region';

/** The settings that recovery depends on; RDS takes over backups, tags and protection at once, restarts nothing. */
export async function modifyDBInstance(
  region: RdsRegion,
  input: ModifyDBInstanceMessage,
): Promise<ModifyDBInstanceResult> {
  const instance = named(region, input.DBInstanceIdentifier);
  mustBe(instance, ['available', 'stopped', 'storage-optimization'], 'modify');
  const { shape } = instance;
  const backupRetention = retention(input.BackupRetentionPeriod ?? shape.backupRetention);
  const backupWindow = input.PreferredBackupWindow ?? shape.backupWindow;
  readWindow(backupWindow);
  instance.shape = {
    ...shape,
    backupRetention,
    backupWindow,
    instanceClass: input.DBInstanceClass ?? shape.instanceClass,
    allocatedStorage: input.AllocatedStorage ?? shape.allocatedStorage,
  };
  instance.deletionProtection = input.DeletionProtection ?? instance.deletionProtection;
  instance.copyTagsToSnapshot = input.CopyTagsToSnapshot ?? instance.copyTagsToSnapshot;
  instance.parameterGroup = input.DBParameterGroupName ?? instance.parameterGroup;
  instance.performanceInsights = input.EnablePerformanceInsights ?? instance.performanceInsights;
  if (input.MultiAZ !== undefined) {
    instance.multiAz = input.MultiAZ;
    instance.secondaryZone = input.MultiAZ
      ? `${region.place.region}${instance.zone.endsWith('a') ? 'b' : 'a'}`
      : null;
  }
  planBackups(region, instance);
  if (backupRetention === 0) instance.backedUpSince = null;
  await expireBackups(region, instance);
  if (instance.status !== 'stopped') {
    const wait = region.takes(region.world.durations.modify, 'modify', instance.arn);
    region.occupy(instance, 'modifying', wait, async () => {
      region.enter(instance, 'available');
      // Backups that were off are begun at once, not at the next window (RDS guide: enabling automated backups).
      if (shape.backupRetention === 0 && backupRetention > 0)
        await takeBackup(
          region,
          instance,
          region.takes(region.world.durations.snapshot, 'backup', instance.arn),
        );
    });
  }
  return { DBInstance: describeInstance(instance, region.now) };
}

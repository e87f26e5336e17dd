import type { ModifyDBInstanceMessage, ModifyDBInstanceResult } from '@aws-sdk/client-rds';
import { retention } from './add-instance';
import { expireBackups, planBackups, takeBackup } from './automated-backups';
import { readWindow } from './backup-window';
import { describeInstance } from './instance';
import { groupFor, reconfigure } from './instance-parameters';
import { mustBe, named } from './instance-state';
import { detachVolume } from './key-loss';
import type { RdsRegion } from './region';
import { refuseMove, securityGroups } from './subnet-groups';

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
  const { DBParameterGroupName: asked, VpcSecurityGroupIds: security } = input;
  const group =
    asked === undefined
      ? instance.parameterGroup
      : groupFor(region, asked, shape.engine, shape.engineVersion);
  const allowed = security === undefined ? instance.securityGroups : securityGroups(security);
  refuseMove(region, instance.id, instance.subnetGroup, input.DBSubnetGroupName);
  instance.shape = {
    ...shape,
    backupRetention,
    backupWindow,
    instanceClass: input.DBInstanceClass ?? shape.instanceClass,
    allocatedStorage: input.AllocatedStorage ?? shape.allocatedStorage,
    iamAuthentication: input.EnableIAMDatabaseAuthentication ?? shape.iamAuthentication,
  };
  instance.deletionProtection = input.DeletionProtection ?? instance.deletionProtection;
  instance.copyTagsToSnapshot = input.CopyTagsToSnapshot ?? instance.copyTagsToSnapshot;
  instance.publiclyAccessible = input.PubliclyAccessible ?? instance.publiclyAccessible;
  // The name changes at once; what the group sets, also of dynamic parameters, waits for a reboot.
  if (group !== instance.parameterGroup) instance.parameterStatus = 'pending-reboot';
  instance.parameterGroup = group;
  instance.securityGroups = allowed;
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
      if (await detachVolume(region, instance)) return;
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
  if (instance.shape.iamAuthentication !== shape.iamAuthentication) await reconfigure(region, instance);
  return { DBInstance: describeInstance(instance, region.now) };
}

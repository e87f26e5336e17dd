import type {
  RestoreDBInstanceFromDBSnapshotMessage,
  RestoreDBInstanceFromDBSnapshotResult,
} from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { Unstartable } from '../data';
import {
  AVAILABLE,
  addInstance,
  bringUp,
  type End,
  LONGEST_NAME,
  retention,
  roomForInstance,
  standUp,
} from './add-instance';
import { readWindow } from './backup-window';
import { findSource } from './copy-snapshot';
import { identifier, invalidValue, required } from './identifiers';
import { describeInstance, type Instance } from './instance';
import { serverSettings } from './instance-parameters';
import { readable } from './keys';
import { optionGroup } from './option-groups';
import type { RdsRegion } from './region';
import type { Snapshot } from './snapshot';
import { readTags } from './tags';

/**
 * A restored instance is a new one: default parameter group and network, one zone, no deletion protection, no IAM
 * authentication, unless they are passed. The tags of the source come along unless others are (aws-facts: PITR and restore).
 */
export async function restoreDBInstanceFromDBSnapshot(
  region: RdsRegion,
  input: RestoreDBInstanceFromDBSnapshotMessage,
): Promise<RestoreDBInstanceFromDBSnapshotResult> {
  const id = identifier(input.DBInstanceIdentifier, 'DBInstanceIdentifier', LONGEST_NAME);
  const { snapshot, region: home } = findSource(
    region,
    required(input.DBSnapshotIdentifier, 'DBSnapshotIdentifier'),
  );
  if (home.place.region !== region.place.region) {
    throw invalidValue('The snapshot lies in another region: copy it here first.');
  }
  if (snapshot.status !== 'available') {
    throw new WireError(
      'InvalidDBSnapshotState',
      `Cannot restore from the snapshot because it is in the ${snapshot.status} state, not available.`,
    );
  }
  readable(home, snapshot.kmsKey);
  const { shape: source } = snapshot.origin;
  const backupWindow = input.PreferredBackupWindow ?? source.backupWindow;
  readWindow(backupWindow);
  const group = input.OptionGroupName ?? snapshot.optionGroup;
  optionGroup(region, group);
  const tags = input.Tags === undefined ? new Map(snapshot.origin.tags) : readTags(input.Tags);
  roomForInstance(region, id);
  const instance = addInstance(region, {
    id,
    kmsKey: snapshot.kmsKey,
    tags,
    shape: {
      ...source,
      instanceClass: input.DBInstanceClass ?? source.instanceClass,
      allocatedStorage: Math.max(input.AllocatedStorage ?? 0, source.allocatedStorage),
      storageType: input.StorageType ?? source.storageType,
      port: input.Port ?? source.port,
      optionGroup: group,
      backupRetention: retention(input.BackupRetentionPeriod ?? source.backupRetention),
      backupWindow,
      iamAuthentication: input.EnableIAMDatabaseAuthentication === true,
    },
    parameterGroup: input.DBParameterGroupName,
    subnetGroup: input.DBSubnetGroupName,
    securityGroups: input.VpcSecurityGroupIds,
    multiAz: input.MultiAZ,
    zone: input.AvailabilityZone,
    publiclyAccessible: input.PubliclyAccessible,
    deletionProtection: input.DeletionProtection,
    copyTagsToSnapshot: input.CopyTagsToSnapshot,
  });
  region.emit('0043', snapshot, ` ${snapshot.id}`);
  const mishap = region.mishap('restore', snapshot.origin.instance);
  const ends = await endOf(region, instance, snapshot);
  bringUp(
    region,
    instance,
    region.takes(region.world.durations.restore, 'restore', instance.arn),
    mishap?.ends === undefined ? ends : { status: mishap.ends },
  );
  return { DBInstance: describeInstance(instance, region.now) };
}

/** RDS takes the order whatever is in the snapshot: that no server comes up on it shows by how the instance ends. */
async function endOf(region: RdsRegion, instance: Instance, { arn }: Snapshot): Promise<End> {
  let ends = AVAILABLE;
  await standUp(region, instance, async () => {
    try {
      return await region.world.data.restore(
        arn,
        instance.arn,
        region.place.region,
        serverSettings(instance),
      );
    } catch (error) {
      if (!(error instanceof Unstartable)) throw error;
      ends = { status: 'failed', why: error.message };
      return null;
    }
  });
  return ends;
}

import type {
  RebootDBInstanceMessage,
  RebootDBInstanceResult,
  StartDBInstanceMessage,
  StartDBInstanceResult,
  StopDBInstanceMessage,
  StopDBInstanceResult,
} from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { finalSnapshot } from './final-snapshot';
import { identifier } from './identifiers';
import { describeInstance } from './instance';
import { applyGroup } from './instance-parameters';
import { mustBe, named } from './instance-state';
import { detachVolume, recoverKey } from './key-loss';
import type { RdsRegion } from './region';
import { roomFor } from './take-snapshot';

export async function stopDBInstance(
  region: RdsRegion,
  input: StopDBInstanceMessage,
): Promise<StopDBInstanceResult> {
  const instance = named(region, input.DBInstanceIdentifier);
  mustBe(instance, ['available'], 'stop');
  const last =
    input.DBSnapshotIdentifier === undefined
      ? null
      : identifier(input.DBSnapshotIdentifier, 'DBSnapshotIdentifier');
  if (last !== null) roomFor(region, last);
  const wait = region.takes(region.world.durations.stop, 'stop', instance.arn);
  region.occupy(instance, 'stopping', wait, () => {
    region.enter(instance, 'stopped');
    region.emit('0087', instance);
  });
  instance.offlineSince = region.now;
  if (last !== null) await finalSnapshot(region, instance, last);
  await region.world.data.stop(instance.arn);
  return { DBInstance: describeInstance(instance, region.now) };
}

export async function startDBInstance(
  region: RdsRegion,
  input: StartDBInstanceMessage,
): Promise<StartDBInstanceResult> {
  const instance = named(region, input.DBInstanceIdentifier);
  mustBe(instance, ['stopped', 'inaccessible-encryption-credentials-recoverable'], 'start');
  recoverKey(region, instance);
  const wait = region.takes(region.world.durations.start, 'start', instance.arn);
  region.occupy(instance, 'starting', wait, async () => {
    if (await detachVolume(region, instance)) return;
    await applyGroup(region, instance);
    await region.world.data.start(instance.arn);
    instance.offlineSince = null;
    region.enter(instance, 'available');
    region.emit('0088', instance);
  });
  return { DBInstance: describeInstance(instance, region.now) };
}

export async function rebootDBInstance(
  region: RdsRegion,
  input: RebootDBInstanceMessage,
): Promise<RebootDBInstanceResult> {
  const instance = named(region, input.DBInstanceIdentifier);
  const failover = input.ForceFailover === true;
  if (failover && !instance.multiAz) {
    throw new WireError(
      'InvalidParameterCombination',
      'You cannot specify ForceFailover for a DB instance that is not Multi-AZ.',
    );
  }
  mustBe(instance, ['available', 'storage-optimization'], 'reboot');
  if (failover) region.emit('0013', instance);
  const wait = region.takes(region.world.durations.reboot, 'reboot', instance.arn);
  region.occupy(instance, 'rebooting', wait, async () => {
    if (await detachVolume(region, instance)) return;
    await applyGroup(region, instance);
    await region.world.data.start(instance.arn);
    instance.offlineSince = null;
    if (failover && instance.secondaryZone !== null) {
      [instance.zone, instance.secondaryZone] = [instance.secondaryZone, instance.zone];
      region.emit('0015', instance);
      region.emit('0049', instance);
    }
    region.enter(instance, 'available');
    region.emit('0006', instance);
  });
  instance.offlineSince = region.now;
  region.emit('0004', instance);
  await region.world.data.stop(instance.arn);
  return { DBInstance: describeInstance(instance, region.now) };
}

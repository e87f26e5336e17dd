import type { DeleteDBInstanceMessage, DeleteDBInstanceResult } from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { keepBackups, removeBackups } from './automated-backups';
import { finalSnapshot } from './final-snapshot';
import { identifier } from './identifiers';
import { describeInstance } from './instance';
import { named } from './instance-state';
import { retireGrant } from './keys';
import type { RdsRegion } from './region';
import { roomFor } from './take-snapshot';

/** States that an instance cannot be deleted from: something else is going on. */
const BUSY = ['creating', 'backing-up', 'modifying', 'rebooting', 'starting', 'stopping', 'deleting'];
/** States that leave nothing to take a last snapshot of. */
const BROKEN = /^(failed|incompatible-|inaccessible-|restore-error)/;

/** Takes the instance and its automated backups; its manual snapshots stay. */
export async function deleteDBInstance(
  region: RdsRegion,
  input: DeleteDBInstanceMessage,
): Promise<DeleteDBInstanceResult> {
  const instance = named(region, input.DBInstanceIdentifier);
  const skip = input.SkipFinalSnapshot === true;
  const last = input.FinalDBSnapshotIdentifier;
  if (skip && last !== undefined) {
    throw new WireError(
      'InvalidParameterCombination',
      'FinalDBSnapshotIdentifier cannot be specified when deleting a database instance and skipping the final snapshot',
    );
  }
  if (!skip && last === undefined) {
    throw new WireError(
      'InvalidParameterCombination',
      'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.',
    );
  }
  if (instance.deletionProtection) {
    throw new WireError(
      'InvalidParameterCombination',
      'Cannot delete protected DB Instance, please disable deletion protection and try again.',
    );
  }
  if (BUSY.includes(instance.status) || (!skip && BROKEN.test(instance.status))) {
    throw new WireError(
      'InvalidDBInstanceState',
      `Cannot delete the database instance ${instance.id} because it is in the ${instance.status} state.`,
    );
  }
  const lastId = last === undefined ? null : identifier(last, 'FinalDBSnapshotIdentifier');
  if (lastId !== null) roomFor(region, lastId);
  region.enter(instance, 'deleting');
  instance.cancelBackup?.();
  instance.offlineSince = region.now;
  const backedUp = lastId === null ? 0 : await finalSnapshot(region, instance, lastId);
  const wait = region.takes(region.world.durations.remove, 'remove', instance.arn);
  region.occupy(instance, 'deleting', backedUp + wait, async () => {
    region.instances.delete(instance.id);
    retireGrant(region, instance);
    region.emit('0003', instance);
    if (input.DeleteAutomatedBackups === false) await keepBackups(region, instance);
    else await removeBackups(region, instance, () => true);
    await region.world.data.destroy(instance.arn);
  });
  return { DBInstance: describeInstance(instance, region.now) };
}

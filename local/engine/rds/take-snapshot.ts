import type { CreateDBSnapshotMessage, CreateDBSnapshotResult } from '@aws-sdk/client-rds';
import type { Duration } from '../../../shared/domain/time';
import { WireError } from '../../wire/service';
import { rdsArn } from '../arn';
import { identifier, invalidValue } from './identifiers';
import { canBeSnapshotted, type Instance } from './instance';
import type { RdsRegion } from './region';
import { describeSnapshot, type Snapshot } from './snapshot';
import { few, inheritable, readTags, type TagMap } from './tags';

/** Refuses a name that is taken, and a manual snapshot that would be one too many. */
export function roomFor(region: RdsRegion, id: string): void {
  if (region.snapshots.get(id) !== undefined) {
    throw new WireError(
      'DBSnapshotAlreadyExists',
      `Cannot create the snapshot because a snapshot with the identifier ${id} already exists.`,
    );
  }
  const { manualSnapshots } = region.world.limits(region.place);
  if (region.snapshots.manual >= manualSnapshots) {
    throw new WireError(
      'SnapshotQuotaExceeded',
      `Cannot create more than ${manualSnapshots} manual snapshots`,
    );
  }
}

/** A snapshot of the instance as it is now, still to be filled. */
export function newSnapshot(
  region: RdsRegion,
  instance: Instance,
  id: string,
  type: Snapshot['type'],
  tags: TagMap,
): Snapshot {
  const snapshot: Snapshot = {
    id,
    arn: rdsArn(region.place, 'snapshot', id),
    type,
    origin: {
      instance: instance.id,
      resourceId: instance.resourceId,
      created: instance.created ?? instance.asked,
      zone: instance.zone,
      shape: instance.shape,
      tags: inheritable(instance.tags),
    },
    status: 'creating',
    progress: null,
    created: null,
    originallyCreated: null,
    databaseTime: null,
    kmsKey: instance.kmsKey,
    optionGroup: instance.shape.optionGroup,
    copyOf: null,
    sourceRegion: region.place.region,
    foreign: false,
    tags,
    sizeInBytes: null,
    sharedWith: new Set(),
  };
  region.snapshots.add(snapshot);
  return snapshot;
}

/**
 * Takes the data now; the snapshot is complete after `wait`, and `done` is told then. The instant of the call is the
 * newest transaction inside. The caller has put the instance into the status that goes with it.
 */
export async function fill(
  region: RdsRegion,
  instance: Instance,
  snapshot: Snapshot,
  wait: Duration,
  done: () => void | Promise<void>,
): Promise<void> {
  const taken = region.now;
  snapshot.progress = { from: taken, until: taken + wait };
  const fails = region.mishap('snapshot', instance.id) !== null;
  region.world.clock.at(taken + wait, async () => {
    if (region.lost) return;
    if (snapshot.status === 'creating') {
      snapshot.status = fails ? 'failed' : 'available';
      if (fails) await region.world.data.discard(snapshot.arn);
      else {
        snapshot.created = taken;
        snapshot.originallyCreated = taken;
        snapshot.databaseTime = taken;
        region.emit(snapshot.type === 'automated' ? '0091' : '0042', snapshot);
      }
    }
    await done();
  });
  try {
    const { totalBytes } = await region.world.data.capture(instance.arn, snapshot.arn, region.place.region);
    snapshot.sizeInBytes = totalBytes;
  } catch (error) {
    snapshot.status = 'failed';
    throw error;
  }
}

export async function createDBSnapshot(
  region: RdsRegion,
  input: CreateDBSnapshotMessage,
): Promise<CreateDBSnapshotResult> {
  const id = identifier(input.DBSnapshotIdentifier, 'DBSnapshotIdentifier');
  const instance = region.instance(identifier(input.DBInstanceIdentifier, 'DBInstanceIdentifier'));
  const tags = readTags(input.Tags);
  if (instance.cluster !== null) {
    throw invalidValue(
      'The specified instance is a member of a cluster and a snapshot cannot be created directly. Please use the CreateDBClusterSnapshot API instead.',
    );
  }
  if (!canBeSnapshotted(instance)) {
    throw new WireError(
      'InvalidDBInstanceState',
      `Cannot create a snapshot because the database instance ${instance.id} is not currently in the available state.`,
    );
  }
  roomFor(region, id);
  const all = few(new Map([...(instance.copyTagsToSnapshot ? inheritable(instance.tags) : []), ...tags]));
  const before = instance.status;
  region.enter(instance, 'backing-up');
  const { phase } = instance;
  const snapshot = newSnapshot(region, instance, id, 'manual', all);
  region.emit('0040', snapshot);
  const wait = region.takes(region.world.durations.snapshot, 'snapshot', snapshot.arn);
  await fill(region, instance, snapshot, wait, () => {
    if (instance.phase === phase) region.enter(instance, before);
  });
  return { DBSnapshot: describeSnapshot(snapshot, region.now) };
}

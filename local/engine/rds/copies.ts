import type { Arn, Moved } from '../data';
import type { Copy, RdsRegion } from './region';
import type { Snapshot } from './snapshot';

/** Takes a place in the queue of the source instance; the first one starts when the clock next moves. */
export function enqueue(copy: Copy): void {
  const { source, from, to } = copy;
  const queue = from.outbound.get(source.origin.resourceId) ?? [];
  queue.push(copy);
  from.outbound.set(source.origin.resourceId, queue);
  if (isCrossRegion(copy)) to.inbound.add(copy);
  if (queue.length === 1) begin(copy);
}

export function isCrossRegion({ from, to }: Copy): boolean {
  return from.place.region !== to.place.region;
}

/** Copies of a snapshot that have not ended. */
export function pendingCopies(region: RdsRegion, source: Snapshot): Copy[] {
  return (region.outbound.get(source.origin.resourceId) ?? []).filter((copy) => copy.source === source);
}

/** Ends a copy before its time: its source, a key, or the region at either end, is gone, or a test wanted it so. */
export async function fail(copy: Copy, why: string): Promise<void> {
  if (!isPending(copy)) return;
  const { source, target, from, to } = copy;
  target.status = 'failed';
  leave(copy);
  if (to.lost) return;
  to.emit('0061', target, ` of ${source.id} from region ${from.place.region}: ${why}`);
  await to.world.data.discard(target.arn);
}

function isPending({ target }: Copy): boolean {
  return target.status === 'creating';
}

function begin(copy: Copy): void {
  copy.to.world.clock.at(copy.to.now, () => move(copy));
}

/**
 * Incremental while the newest copy made here of that instance still exists under the same key (aws-facts: Snapshots
 * and copies); an older one that is left does not help. What was copied within the region is the newest copy and no base:
 * RDS re-encrypts it in full, and the next one from elsewhere is full too. AWS says the first; the second is our reading.
 */
function isIncremental(copy: Copy): boolean {
  const { source, target, to } = copy;
  const newest = to.newestCopy.get(source.origin.resourceId);
  return (
    isCrossRegion(copy) &&
    newest != null &&
    newest.status === 'available' &&
    to.snapshots.get(newest.id) === newest &&
    newest.kmsKey === target.kmsKey
  );
}

/** The key, at either end, that RDS cannot use now. Whether it could in between is not asked. */
function lostKey({ source, target, from, to }: Copy): Arn | null {
  const isLost = (region: RdsRegion, key: Arn | null) => key !== null && region.keys.usable(key) === null;
  if (isLost(from, source.kmsKey)) return source.kmsKey;
  return isLost(to, target.kmsKey) ? target.kmsKey : null;
}

/**
 * What it can neither read nor write does not begin. That a copy which already moves is judged once more, at its end,
 * is our reading: AWS does not say what becomes of one whose key is disabled or pending deletion meanwhile.
 */
async function failsForKey(copy: Copy): Promise<boolean> {
  const key = lostKey(copy);
  if (key === null) return false;
  await fail(
    copy,
    `The KMS key [${key}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
  return true;
}

async function move(copy: Copy): Promise<void> {
  const { source, target, from, to } = copy;
  if (!isPending(copy) || to.lost) return;
  if (await failsForKey(copy)) return;
  const { world } = to;
  const full = !isIncremental(copy);
  const fails = to.mishap('copy', source.origin.instance) !== null;
  if (isCrossRegion(copy)) to.emit('0059', target, ` ${source.id} from region ${from.place.region}`);
  const { bytes, totalBytes } = await transfer(copy, full);
  if (!isPending(copy)) {
    await world.data.discard(target.arn);
    return;
  }
  const { fullCopy, incrementalCopy, copyBytesPerSecond } = world.durations;
  const until =
    to.now +
    to.takes(full ? fullCopy : incrementalCopy, 'copy', target.arn) +
    Math.round((1_000 * bytes) / copyBytesPerSecond);
  target.sizeInBytes = source.sizeInBytes ?? totalBytes;
  target.progress = { from: to.now, until };
  // A copy that fails does so on the way, not at its end.
  if (fails) world.clock.at((to.now + until) / 2, () => fail(copy, 'internal failure'));
  else world.clock.at(until, () => finish(copy));
}

/** A copy whose data cannot be moved fails, and whoever drives the clock learns why. */
async function transfer(copy: Copy, full: boolean): Promise<Moved> {
  const { source, target, to } = copy;
  try {
    return await to.world.data.transfer(source.arn, target.arn, to.place.region, full);
  } catch (error) {
    await fail(copy, 'internal failure');
    throw error;
  }
}

async function finish(copy: Copy): Promise<void> {
  const { source, target, from, to } = copy;
  if (!isPending(copy) || to.lost) return;
  if (await failsForKey(copy)) return;
  target.status = 'available';
  target.created = to.now;
  target.originallyCreated = source.originallyCreated;
  target.databaseTime = source.databaseTime;
  to.newestCopy.set(source.origin.resourceId, isCrossRegion(copy) ? target : null);
  const minutes = Math.round((to.now - copy.asked) / 60_000);
  if (isCrossRegion(copy)) {
    to.emit('0060', target, ` ${source.id} from region ${from.place.region} in ${minutes} minutes`);
  }
  leave(copy);
}

/** Gives up the place in the queue; the next one begins. */
function leave(copy: Copy): void {
  const { source, from, to } = copy;
  const { resourceId } = source.origin;
  to.inbound.delete(copy);
  const queue = (from.outbound.get(resourceId) ?? []).filter((other) => other !== copy);
  const wasFirst = from.outbound.get(resourceId)?.[0] === copy;
  if (queue.length === 0) from.outbound.delete(resourceId);
  else from.outbound.set(resourceId, queue);
  const [next] = queue;
  if (wasFirst && next !== undefined) begin(next);
}

import type { RotationType } from '@aws-sdk/client-kms';
import { DAY, type Duration, type Instant, MINUTE } from '../../../shared/domain/time';
import { tellRotation } from './events';
import { type KeySet, type Material, primaryOf, type Schedule } from './key';
import type { KmsWorld } from './world';

/** Days between automatic rotations, unless asked for; those of keys that AWS manages, always. */
export const USUAL_PERIOD = 365;

/** RotateKeyOnDemand is refused this long before an automatic rotation (KMS: ConflictException). */
export const ROTATES_SOON: Duration = 20 * MINUTE;

export function newMaterial(world: KmsWorld, set: KeySet, rotated: Material['rotated'] = null): Material {
  const id = world.chance.hex(64, 'material', set.id, set.materials.length);
  const material = { id, rotated };
  set.materials.push(material);
  return material;
}

/**
 * The first rotation comes one period from now, and so does it when the period is changed: AWS does not say what such
 * a change counts from, and this is our reading of "the number of days after you enable automatic key rotation".
 */
export function beginSchedule(world: KmsWorld, set: KeySet, days: number): void {
  endSchedule(set);
  const schedule: Schedule = { days, next: world.clock.now() + days * DAY, cancel: null };
  set.schedule = schedule;
  arm(world, set, schedule);
}

export function endSchedule(set: KeySet): void {
  set.schedule?.cancel?.();
  set.schedule = null;
}

/** Lets the schedule stand still or go on, as the primary key's state has it; called whenever that changes. */
export function followState(world: KmsWorld, set: KeySet): void {
  const { schedule } = set;
  if (schedule === null) return;
  const runs = primaryOf(set)?.state === 'Enabled';
  if (runs && schedule.cancel === null) resume(world, set, schedule);
  if (!runs) {
    schedule.cancel?.();
    schedule.cancel = null;
  }
}

/**
 * KMS rotates at once when the material has not been rotated for a whole period, however that came about, and every
 * period thereafter; else the dates stay what they were (KMS: GetKeyRotationStatus, Disabled).
 */
function resume(world: KmsWorld, set: KeySet, schedule: Schedule): void {
  const now = world.clock.now();
  const period = schedule.days * DAY;
  if (now - lastRotated(set) >= period) {
    rotate(world, set, 'AUTOMATIC');
    schedule.next = now + period;
  }
  // Missed dates count only through the age of the material: a rotation on demand may have come after the last one.
  while (schedule.next <= now) schedule.next += period;
  arm(world, set, schedule);
}

function lastRotated({ materials, created }: KeySet): Instant {
  return materials.at(-1)?.rotated?.at ?? created;
}

function arm(world: KmsWorld, set: KeySet, schedule: Schedule): void {
  schedule.cancel = world.clock.at(schedule.next, () => {
    schedule.cancel = null;
    if (world.isLost(set.primaryRegion)) return;
    rotate(world, set, 'AUTOMATIC');
    schedule.next += schedule.days * DAY;
    arm(world, set, schedule);
  });
}

/** In the background; the automatic dates stay what they are. One that has begun ends, whatever becomes of the state. */
export function rotateInBackground(world: KmsWorld, set: KeySet): void {
  const { clock, chance, durations } = world;
  const began = clock.now();
  set.onDemand = began;
  clock.after(chance.within(durations.rotation, 'rotation', set.id, began), () => {
    set.onDemand = null;
    if (primaryOf(set) !== null && !world.isLost(set.primaryRegion)) rotate(world, set, 'ON_DEMAND');
  });
}

/** New material for all regions that have the key. */
function rotate(world: KmsWorld, set: KeySet, type: RotationType): void {
  const before = set.materials.at(-1)?.id;
  const { id } = newMaterial(world, set, { at: world.clock.now(), type });
  for (const key of set.members.values()) tellRotation(world, key, type, before, id);
}

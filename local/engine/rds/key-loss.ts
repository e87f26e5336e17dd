import type { Instance } from './instance';
import { holdsKey, notAccessible, takeGrant } from './keys';
import type { RdsRegion } from './region';
import { canStop } from './replicas';
import { KEY_GRACE } from './settings';

const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
const FINAL = 'inaccessible-encryption-credentials';

/** States without a key to lose: not up yet, on its way out, or out of order in another way. */
const NOT_UP = /^(creating|deleting|failed|incompatible-|inaccessible-|restore-error)/;
/** RDS takes nothing from an instance that it is bringing up: it looks again when that is done. */
const COMING_UP = ['starting', 'rebooting', 'modifying'];

/** A key that an instance lives on and that RDS cannot use. */
interface Loss {
  /** Whether RDS has said so. */
  noticed: boolean;
  /** Whether something comes of it by itself. */
  running: boolean;
  cancel: () => void;
}

const losses = new WeakMap<Instance, Loss>();

/**
 * Watches the keys that the region's instances live on. Who is being made when its key goes is looked at when it is
 * available, and so is whoever comes back from anything else.
 */
export function watchKeys(region: RdsRegion): void {
  region.keys.watch((key) => {
    for (const instance of region.instances.values()) if (instance.kmsKey === key.arn) look(region, instance);
  });
  region.watch((instance) => look(region, instance));
}

function look(region: RdsRegion, instance: Instance): void {
  if (holdsKey(region, instance)) {
    regain(region, instance);
    return;
  }
  const known = losses.get(instance);
  if (known?.running === true || NOT_UP.test(instance.status)) return;
  loseKey(region, instance, known?.noticed === true);
}

/** A key that is back before the instance is inaccessible leaves it as it is. */
function regain(region: RdsRegion, instance: Instance): void {
  const loss = losses.get(instance);
  if (loss === undefined) return;
  loss.cancel();
  losses.delete(instance);
  if (loss.noticed) region.emit('0420', instance, ` ${instance.id}.`);
}

/**
 * AWS's: two hours after it has detected the loss, RDS puts the instance into the recoverable state where backups are
 * on, for seven days; read replicas and what has some cannot be stopped and have no such state (RDS User Guide:
 * Encrypting Amazon RDS resources). So are the three events, 0418 to 0420, and what they say. Our reading: that 0418
 * comes with the detection and 0419 with the end of the two hours, that 0420 comes as soon as RDS can use the key again,
 * how long RDS takes to detect, and that a read replica goes without backups too.
 */
function loseKey(region: RdsRegion, instance: Instance, noticed: boolean): void {
  const { clock, durations } = region.world;
  const loss: Loss = { noticed, running: true, cancel: () => {} };
  losses.set(instance, loss);
  const gone = () =>
    region.lost || region.instances.get(instance.id) !== instance || NOT_UP.test(instance.status);
  const notice = () => {
    if (gone()) return;
    if (!loss.noticed) {
      region.emit(
        '0418',
        instance,
        ` ${instance.id}. This is likely due to the key being disabled or Amazon RDS being unable to access it. If this continues the database will be placed into an inaccessible state. Please refer to the troubleshooting section in the Amazon RDS documentation for further details.`,
      );
    }
    loss.noticed = true;
    loss.cancel = clock.after(region.takes(durations.keyLoss, 'key', instance.arn), async () => {
      loss.running = false;
      if (gone() || COMING_UP.includes(instance.status) || !endsByItself(instance)) return;
      await shut(region, instance, canStop(instance) ? RECOVERABLE : FINAL);
    });
  };
  loss.cancel = clock.after(region.takes(durations.keyNotice, 'key notice', instance.arn), notice);
}

/** Without backups an instance goes on for as long as its volume stays where it is. */
function endsByItself(instance: Instance): boolean {
  return instance.shape.backupRetention > 0 || !canStop(instance);
}

async function shut(region: RdsRegion, instance: Instance, status: string): Promise<void> {
  losses.get(instance)?.cancel();
  losses.delete(instance);
  region.emit(
    '0419',
    instance,
    ` ${instance.id}. This database will be placed into an inaccessible state. Please refer to the troubleshooting section in the Amazon RDS documentation for further details.`,
  );
  instance.offlineSince ??= region.now;
  if (status === FINAL) region.enter(instance, FINAL);
  else region.occupy(instance, RECOVERABLE, KEY_GRACE, () => region.enter(instance, FINAL));
  await region.world.data.stop(instance.arn);
}

/**
 * A modification, a reboot or a start detaches the volume, and without its key none is attached again: an instance
 * without backups is lost for good then. Answers whether it is. The User Guide that we read says only that the two hours
 * are for instances with backups; the rest is not confirmed.
 */
export async function detachVolume(region: RdsRegion, instance: Instance): Promise<boolean> {
  if (holdsKey(region, instance) || endsByItself(instance)) return false;
  await shut(region, instance, FINAL);
  return true;
}

/**
 * StartDBInstance is the way back, once the key can be used again: RDS makes itself a new grant on it. It is refused
 * before anything is detached, to a stopped instance without backups too.
 */
export function recoverKey(region: RdsRegion, instance: Instance): void {
  if (instance.kmsKey !== null && region.keys.usable(instance.kmsKey) === null) {
    throw notAccessible('specified', instance.kmsKey);
  }
  takeGrant(region, instance);
  regain(region, instance);
  if (instance.status === RECOVERABLE) region.emit('0420', instance, ` ${instance.id}.`);
}

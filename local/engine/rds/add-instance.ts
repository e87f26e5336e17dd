import { WireError } from '../../wire/service';
import { rdsArn } from '../arn';
import type { Arn } from '../data';
import { planBackups, takeBackup } from './automated-backups';
import { invalidValue } from './identifiers';
import type { Instance, Shape } from './instance';
import { groupFor, groupValues } from './instance-parameters';
import { takeGrant } from './keys';
import type { RdsRegion } from './region';
import { securityGroups, subnetGroup } from './subnet-groups';
import type { TagMap } from './tags';

/** An instance's identifier is shorter than a snapshot's. */
export const LONGEST_NAME = 63;

export interface NewInstance {
  readonly id: string;
  readonly shape: Shape;
  readonly kmsKey: Arn | null;
  readonly tags: TagMap;
  readonly cluster?: string | null;
  readonly parameterGroup?: string | undefined;
  readonly subnetGroup?: string | undefined;
  readonly securityGroups?: readonly string[] | undefined;
  readonly multiAz?: boolean | undefined;
  readonly zone?: string | undefined;
  readonly publiclyAccessible?: boolean | undefined;
  readonly performanceInsights?: boolean | undefined;
  readonly deletionProtection?: boolean | undefined;
  readonly copyTagsToSnapshot?: boolean | undefined;
}

export function roomForInstance(region: RdsRegion, id: string): void {
  if (region.instances.has(id)) throw new WireError('DBInstanceAlreadyExists', 'DB instance already exists');
  const { instances } = region.world.limits(region.place);
  if (region.instances.size >= instances) {
    throw new WireError(
      'InstanceQuotaExceeded',
      `You have reached the maximum number of DB instances allowed: ${instances}.`,
    );
  }
}

export function retention(days: number): number {
  if (Number.isInteger(days) && days >= 0 && days <= 35) return days;
  throw invalidValue(`Invalid backup retention period: ${days}. Must be between 0 and 35.`);
}

/** Adds an instance that is yet to be created; every other value is RDS's default, whatever a source had. */
export function addInstance(region: RdsRegion, wanted: NewInstance): Instance {
  const { id, shape } = wanted;
  const { account, region: name } = region.place;
  const multiAz = wanted.multiAz === true;
  const parameterGroup = groupFor(region, wanted.parameterGroup, shape.engine, shape.engineVersion);
  const instance: Instance = {
    id,
    arn: rdsArn(region.place, 'db', id),
    resourceId: `db-${region.world.chance.letters(26, 'resource', account, name, id, region.now)}`,
    asked: region.now,
    created: null,
    shape,
    status: 'creating',
    phase: 0,
    cluster: wanted.cluster ?? null,
    kmsKey: wanted.kmsKey,
    parameterGroup,
    parameters: groupValues(region, parameterGroup),
    parameterStatus: 'in-sync',
    subnetGroup: subnetGroup(region, wanted.subnetGroup ?? 'default').name,
    securityGroups: securityGroups(wanted.securityGroups),
    multiAz,
    zone: wanted.zone ?? `${name}a`,
    secondaryZone: multiAz ? `${name}b` : null,
    publiclyAccessible: wanted.publiclyAccessible === true,
    performanceInsights: wanted.performanceInsights === true,
    deletionProtection: wanted.deletionProtection === true,
    copyTagsToSnapshot: wanted.copyTagsToSnapshot === true,
    tags: wanted.tags,
    endpoint: null,
    backedUpSince: null,
    offlineSince: null,
    cancelBackup: null,
  };
  region.instances.set(id, instance);
  takeGrant(region, instance);
  return instance;
}

/**
 * The way to `available`: RDS takes the first automated backup before it lets anyone in. Where it ends otherwise, RDS
 * says so at the end of that time, and of one that stays in `creating` never.
 */
export function bringUp(region: RdsRegion, instance: Instance, wait: number, ends = AVAILABLE): void {
  if (ends.status === 'creating') return;
  if (ends.status !== 'available') {
    const then = () => breakDown(region, instance, ends);
    region.occupy(instance, 'creating', wait, then);
    return;
  }
  const backups = instance.shape.backupRetention > 0 && instance.cluster === null;
  const backupTakes = backups ? Math.floor(wait / 4) : 0;
  region.occupy(instance, 'creating', wait - backupTakes, async () => {
    instance.created = region.now;
    region.enter(instance, 'available');
    region.emit('0005', instance);
    if (!backups) return;
    planBackups(region, instance);
    await takeBackup(region, instance, backupTakes);
  });
}

/** What becomes of an instance that is being created, and what this machine knows of the reason. */
export interface End {
  readonly status: string;
  readonly why?: string;
}

export const AVAILABLE: End = { status: 'available' };

function breakDown(region: RdsRegion, instance: Instance, { status, why }: End): void {
  region.enter(instance, status);
  const here = why === undefined ? '' : ` (on this machine: ${why})`;
  region.emit(
    '0031',
    instance,
    ` ${status} state. RDS recommends that you initiate a point-in-time-restore.${here}`,
  );
}

/** An instance whose server does not come up is `failed`, and whoever asked learns why. */
export async function standUp(
  region: RdsRegion,
  instance: Instance,
  begin: () => Promise<Instance['endpoint']>,
): Promise<void> {
  try {
    instance.endpoint = await begin();
  } catch (error) {
    region.enter(instance, 'failed');
    throw error;
  }
}

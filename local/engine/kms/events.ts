import type { RotationType } from '@aws-sdk/client-kms';
import type { Place } from '../arn';
import type { KmsKey } from './key';
import type { KmsWorld } from './world';

export interface Told {
  readonly type: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  /** What sets the event apart from all others: its id is made of it. */
  readonly purpose: readonly (string | number)[];
}

export function tell(world: KmsWorld, { account, region }: Place, told: Told): void {
  if (world.isLost(region)) return;
  world.bus.send({
    version: '0',
    id: world.chance.uuid('kms event', account, region, ...told.purpose),
    'detail-type': told.type,
    source: 'aws.kms',
    account,
    time: `${new Date(world.clock.now()).toISOString().slice(0, 19)}Z`,
    region,
    resources: told.resources,
    detail: told.detail,
  });
}

/**
 * KMS's own events (Developer Guide: Monitor KMS keys with Amazon EventBridge). It has none for a key that is disabled
 * or whose deletion is scheduled: these come through CloudTrail alone (trail.ts).
 */
export function tellRotation(
  world: KmsWorld,
  key: KmsKey,
  type: RotationType,
  before: string | undefined,
  now: string,
): void {
  tell(world, key.place, {
    type: 'KMS CMK Rotation',
    resources: [key.arn],
    detail: {
      'key-id': key.id,
      'key-origin': key.set.origin,
      'rotation-type': type,
      ...(before !== undefined && { 'previous-key-material-id': before }),
      'current-key-material-id': now,
    },
    purpose: ['rotation', key.id, now],
  });
}

/** The key is gone for good. */
export function tellDeletion(world: KmsWorld, key: KmsKey): void {
  tell(world, key.place, {
    type: 'KMS CMK Deletion',
    resources: [key.arn],
    detail: { 'key-id': key.id },
    purpose: ['deletion', key.id, world.clock.now()],
  });
}

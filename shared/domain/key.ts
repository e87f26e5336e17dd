import type { Duration, Instant } from './time';

/** What KMS can do with a key now. `unavailable`: its material or its key store is out of reach, or it is being made. */
export type KeyState = 'enabled' | 'disabled' | 'pending-deletion' | 'unavailable';

/** A KMS key in one region. A multi-Region key is one of these in each region that has it. */
export interface Key {
  readonly arn: string;
  /** What follows `key/` in the ARN; related multi-Region keys share it (`mrk-...`). */
  readonly id: string;
  readonly region: string;
  /** AWS-managed keys (`alias/aws/rds`) can be neither shared nor used for another account. */
  readonly manager: 'aws' | 'customer';
  readonly state: KeyState;
  readonly symmetric: boolean;
  /** Where the material comes from: KMS rotates by itself only what it made itself. */
  readonly origin: 'kms' | 'imported' | 'key-store';
  /** Of a multi-Region key, the oldest of those of its regions that were seen: they share their material. */
  readonly created: Instant | null;
  /** When KMS deletes it, while it is pending deletion. A primary that waits for its replicas has no date yet. */
  readonly deletion: Instant | null;
  /** How long such a primary waits once the last replica is gone; null for all others. */
  readonly window: Duration | null;
  /** Of a multi-Region key, the primary: the only one that rotation can be asked of. Null for all others. */
  readonly primary: { readonly arn: string; readonly region: string } | null;
}

/** How a key's material changes, and when it did. */
export interface Rotation {
  readonly automatic: boolean;
  /** Of the automatic rotation; null while it is off. */
  readonly period: Duration | null;
  readonly next: Instant | null;
  /** When the on-demand rotation began that KMS has not finished; null when there is none. */
  readonly underWay: Instant | null;
  /** Completed ones, in any order. */
  readonly done: readonly { readonly at: Instant; readonly onDemand: boolean }[];
}

/** A key's account, by its ARN or that of any resource; null for an alias or a bare id. */
export function accountOf(arn: string): string | null {
  return /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? null;
}

/** The region that an ARN names; null for an alias or a bare id. */
export function regionOf(arn: string): string | null {
  return /^arn:[^:]+:[^:]+:([a-z0-9-]+):/.exec(arn)?.[1] ?? null;
}

export function lastRotated({ done }: Rotation): Instant | null {
  return done.length === 0 ? null : Math.max(...done.map(({ at }) => at));
}

/** How many of the on-demand rotations that KMS grants a key for its whole life are gone; one under way counts. */
export function onDemandUsed({ done, underWay }: Rotation): number {
  return done.filter(({ onDemand }) => onDemand).length + (underWay === null ? 0 : 1);
}

/** When the material gets too old: a period after its last change, or after its creation (SEC-2). */
export function rotationDue(key: Key, rotation: Rotation, every: Duration): Instant | null {
  const since = lastRotated(rotation) ?? key.created;
  return since === null ? null : since + every;
}

import { type Duration, HOUR, MINUTE } from '../../../shared/domain/time';
import type { Span } from '../chance';

/** How long AWS takes. It publishes next to none of these; they are what accounts of a few GiB see (configurable). */
export interface Durations {
  /** From the call to `available`, the first automated backup included where backups are on. */
  readonly create: Span;
  readonly restore: Span;
  readonly reboot: Span;
  readonly stop: Span;
  readonly start: Span;
  readonly modify: Span;
  readonly remove: Span;
  readonly snapshot: Span;
  /** What a copy takes before and beside moving bytes. */
  readonly incrementalCopy: Span;
  readonly fullCopy: Span;
  readonly copyBytesPerSecond: number;
  /** Until RDS detects that an instance's key cannot be used any more. */
  readonly keyNotice: Span;
  /** From there until the instance is inaccessible: the one that AWS does publish. */
  readonly keyLoss: Span;
  /** A rotation of a key on demand, which KMS carries out in the background. */
  readonly rotation: Span;
}

export const DURATIONS: Durations = {
  create: [8 * MINUTE, 8 * MINUTE],
  restore: [8 * MINUTE, 12 * MINUTE],
  reboot: [MINUTE, MINUTE],
  stop: [3 * MINUTE, 5 * MINUTE],
  start: [4 * MINUTE, 6 * MINUTE],
  modify: [MINUTE, 2 * MINUTE],
  remove: [3 * MINUTE, 5 * MINUTE],
  snapshot: [4 * MINUTE, 6 * MINUTE],
  incrementalCopy: [10 * MINUTE, 15 * MINUTE],
  fullCopy: [30 * MINUTE, 40 * MINUTE],
  copyBytesPerSecond: 64 * 2 ** 20,
  keyNotice: [5 * MINUTE, 30 * MINUTE],
  keyLoss: [2 * HOUR, 2 * HOUR],
  rotation: [MINUTE, 10 * MINUTE],
};

/** Quotas of an account in one region; the defaults are AWS's (aws-facts: Quotas). */
export interface Limits {
  readonly manualSnapshots: number;
  readonly instances: number;
  /** Cross-region copies under way, per destination region. 5 in older accounts. */
  readonly copiesInFlight: number;
  /** Rotations on demand of one key, in its whole life. 10 in older pages. */
  readonly onDemandRotations: number;
}

export const LIMITS: Limits = {
  manualSnapshots: 100,
  instances: 40,
  copiesInFlight: 20,
  onDemandRotations: 25,
};

/** Transaction logs go to S3 this often: `LatestRestorableTime` moves with them. */
export const LOG_UPLOAD: Duration = 5 * MINUTE;

/** How often a backup that found its instance busy is tried again, to the end of the window. */
export const BACKUP_RETRY: Duration = 5 * MINUTE;

/** RDS gives an instance without its key 7 days before the loss is final. */
export const KEY_GRACE: Duration = 7 * 24 * 60 * MINUTE;

export const EVENTS_KEPT: Duration = 14 * 24 * 60 * MINUTE;

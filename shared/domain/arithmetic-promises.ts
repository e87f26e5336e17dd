import { copyLoss, keepsPace, snapshotLoss, TRANSACTION_LOGS } from './arithmetic';
import type { Protection } from './policy';
import { DAY, type Duration, HOUR, MINUTE } from './time';

/** A recovery point that the policy promises, beside the worst that the schedule can cost. */
export interface Promised {
  /** `recovery.point`, `copies[0].point`: below `policies.<name>`. */
  readonly setting: string;
  /** The copy region that the promise is about; null for the instance. */
  readonly region: string | null;
  readonly point: Duration;
  readonly worst: Duration;
  readonly kept: boolean;
  /** Settings each of which keeps it by itself, tried through the same arithmetic; none while it is kept. */
  readonly remedies: readonly string[];
}

/** The intervals worth proposing, longest first: each divides a day. */
const INTERVALS: readonly Duration[] = [
  DAY,
  12 * HOUR,
  8 * HOUR,
  6 * HOUR,
  4 * HOUR,
  3 * HOUR,
  2 * HOUR,
  HOUR,
  30 * MINUTE,
  20 * MINUTE,
  15 * MINUTE,
  10 * MINUTE,
];

export function promises(protection: Protection): Promised[] {
  return [
    promised(
      protection,
      { setting: 'recovery.point', region: null, point: protection.recovery.point },
      instanceLoss,
    ),
    ...protection.copies.map((copy, at) =>
      promised(
        protection,
        { setting: `copies[${at}].point`, region: copy.region, point: copy.point },
        copyLoss,
      ),
    ),
  ];
}

/** `recovery.point` is kept by the best that is left when an instance fails: PITR, else the newest snapshot. */
function instanceLoss(protection: Protection): Duration {
  return protection.pitr === null ? snapshotLoss(protection) : TRANSACTION_LOGS;
}

function promised(
  protection: Protection,
  promise: Pick<Promised, 'setting' | 'region' | 'point'>,
  lossOf: (tried: Protection) => Duration,
): Promised {
  const { setting, point } = promise;
  const worst = lossOf(protection);
  if (worst <= point) return { ...promise, worst, kept: true, remedies: [] };
  const remedies: string[] = [];
  const withPitr = { ...protection, pitr: { retention: 30 * DAY, window: '00:00-01:00' } };
  if (protection.pitr === null && lossOf(withPitr) <= point) remedies.push('pitr');
  const shorter = INTERVALS.find(
    (every) =>
      every < protection.snapshots.every &&
      isSound(taking(protection, every)) &&
      lossOf(taking(protection, every)) <= point,
  );
  if (shorter !== undefined) remedies.push(`snapshots.every: ${settingOf(shorter)}`);
  remedies.push(`${setting}: ${settingOf(worst)}`);
  return { ...promise, worst, kept: false, remedies };
}

/** A remedy is not to leave slots missed, or copies behind and automated backups waiting for them. */
function isSound(tried: Protection): boolean {
  return tried.snapshots.takes <= tried.snapshots.every && keepsPace(tried);
}

/** The shortest interval that leaves time for the copies of each snapshot; null where not even a day does. */
export function intervalThatKeepsPace(protection: Protection): Duration | null {
  return INTERVALS.findLast((every) => keepsPace(taking(protection, every))) ?? null;
}

function taking(protection: Protection, every: Duration): Protection {
  return { ...protection, snapshots: { ...protection.snapshots, every } };
}

/** A length of time as the policy writes it, in one unit: `80m` where `formatDuration` says `1h20m`. */
export function settingOf(duration: Duration): string {
  if (duration % DAY === 0) return `${duration / DAY}d`;
  if (duration % HOUR === 0) return `${duration / HOUR}h`;
  if (duration % MINUTE === 0) return `${duration / MINUTE}m`;
  return `${Math.ceil(duration / 1_000)}s`;
}

import type { Protection } from './policy';
import { type Duration, HOUR, MINUTE } from './time';

/** Create and copy look this often (serverless.yml): what is due, or ready, waits for at most one tick. */
export const TICK: Duration = 10 * MINUTE;

/** Prune runs this often (serverless.yml): what has had its time stands until the next run. */
export const PRUNE: Duration = HOUR;

/** RDS saves the transaction logs to S3 this often: the most that PITR loses (aws-facts: PITR and restore). */
export const TRANSACTION_LOGS: Duration = 5 * MINUTE;

/** What can happen. The losses of an instance leave its region standing; the loss of a region takes both. */
export type Scenario =
  | { readonly lost: 'instance'; readonly by: 'pitr' | 'snapshots' }
  | { readonly lost: 'region'; readonly copyIn: string | null };

/** The most that a scenario costs: a length of time, or everything there ever was. */
export type Worst = Duration | 'everything';

export interface Loss {
  readonly scenario: Scenario;
  readonly worst: Worst;
}

/** The worst loss of each scenario that the protection has an answer to, and of a lost region in any case. */
export function losses(protection: Protection): Loss[] {
  const { pitr, copies } = protection;
  return [
    ...(pitr === null
      ? []
      : [{ scenario: { lost: 'instance', by: 'pitr' } as const, worst: TRANSACTION_LOGS }]),
    { scenario: { lost: 'instance', by: 'snapshots' }, worst: snapshotLoss(protection) },
    ...(copies.length === 0
      ? [{ scenario: { lost: 'region', copyIn: null } as const, worst: 'everything' as const }]
      : copies.map((copy) => ({
          scenario: { lost: 'region', copyIn: copy.region } as const,
          worst: copyLoss(protection),
        }))),
  ];
}

/**
 * The instance is lost, and its automated backups with it, as when somebody deletes it: snapshots alone are left.
 *
 * A snapshot holds what was committed when it began, and is of use once it is available. The worst moment is just
 * before one becomes available: the one before it began `every` earlier, the one under way began up to a tick after
 * it was due (the instance was busy, or its slot fell between two ticks), and has run for `takes`.
 */
export function snapshotLoss({ snapshots }: Protection): Duration {
  return snapshots.every + TICK + snapshots.takes;
}

/**
 * The home region is lost, and a copy region is left; the same for each of them, as any may be the last of its round.
 *
 * The worst moment is just before a copy becomes available. Its source became available at worst `snapshotLoss` after
 * the source of the copy before it began; from there one round of copies has run, this one as its last. RDS works
 * through the copies of one source instance one after the other (aws-facts: Quotas), so the round is as long as all
 * regions' copies together, and each may wait a tick to be asked for: the event that wakes copy-snapshot early is
 * best effort.
 *
 * Where a round lasts longer than `every`, the next snapshot is there before the copies of the last one are, and
 * waits for the copy under way, at worst the longest; the regions then take turns, the one furthest behind first.
 */
export function copyLoss(protection: Protection): Duration {
  const underWay = keepsPace(protection) ? 0 : Math.max(...protection.copies.map(({ takes }) => takes));
  return snapshotLoss(protection) + copyRound(protection) + underWay;
}

/** How long it takes to have one snapshot in every copy region. */
export function copyRound({ copies }: Protection): Duration {
  return copies.reduce((round, { takes }) => round + TICK + takes, 0);
}

/** Whether the copies of one snapshot are done before the next is due; else some snapshots are never copied. */
export function keepsPace(protection: Protection): boolean {
  return copyRound(protection) <= protection.snapshots.every;
}

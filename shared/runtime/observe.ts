import type { Entry } from '../domain/decision';
import { Refusal } from '../domain/refusal';
import type { Snapshot } from '../domain/snapshot';
import type { Snapshots } from '../ports/snapshots';

export interface Regions {
  readonly seen: ReadonlyMap<string, readonly Snapshot[]>;
  /** One failed line for each region that could not be looked at. */
  readonly unseen: readonly Entry[];
}

/**
 * The manual snapshots of several regions. One that does not answer must not stop the work on the others: it is
 * told as a failure, and the plan treats what lies there as unknown.
 */
export async function observeRegions(snapshots: Snapshots, regions: readonly string[]): Promise<Regions> {
  const seen = new Map<string, readonly Snapshot[]>();
  const unseen: Entry[] = [];
  for (const region of regions) {
    try {
      seen.set(region, await snapshots.list(region));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message, hint } = error;
      unseen.push({
        subject: { database: '*', region },
        action: 'observe',
        reason: 'region-unseen',
        outcome: 'failed',
        detail: message,
        ...(hint === undefined ? {} : { hint }),
      });
    }
  }
  return { seen, unseen };
}

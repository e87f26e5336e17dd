import type { Entry } from '../domain/decision';
import { Refusal } from '../domain/refusal';
import type { Snapshot } from '../domain/snapshot';
import type { Snapshots } from '../ports/snapshots';

/**
 * Looks that may fail without stopping the rest of the run: a region that does not answer, a question that the role
 * may not ask. Each that failed is told in the report, and fails the run at its end.
 */
export class Looks {
  readonly failed: Entry[] = [];

  /** What the look shows, or `undefined` where AWS said no. */
  async at<T>(region: string, reason: string, look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.missing(region, reason, error.message, error.hint);
      return undefined;
    }
  }

  /** Tells of something that should be there to be seen, and is not. */
  missing(region: string, reason: string, detail: string, hint?: string): void {
    this.failed.push({
      subject: { database: '*', region },
      action: 'observe',
      reason,
      outcome: 'failed',
      detail,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** The manual snapshots of several regions; one that did not answer is not in the map. */
  async regions(snapshots: Snapshots, regions: readonly string[]): Promise<Map<string, readonly Snapshot[]>> {
    const seen = new Map<string, readonly Snapshot[]>();
    for (const region of regions) {
      const found = await this.at(region, 'region-unseen', () => snapshots.list(region));
      if (found !== undefined) seen.set(region, found);
    }
    return seen;
  }
}

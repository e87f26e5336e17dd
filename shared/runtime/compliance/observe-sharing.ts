import type { Sharing } from '../../domain/controls/seen';
import { Refusal } from '../../domain/refusal';
import { newestFirst, type Snapshot } from '../../domain/snapshot';
import { type Duration, type Instant, SECOND } from '../../domain/time';
import type { SnapshotSharing } from '../../ports/details';
import type { Looks } from '../observe';

/**
 * Of a Lambda's five minutes, what follows needs: telling, the report of a thousand databases, Security Hub. No question
 * is asked when less is left.
 */
const RESERVE: Duration = 150 * SECOND;

export interface ToAsk {
  /** The manual snapshots that are to be asked about. */
  readonly snapshots: readonly Snapshot[];
  /** What earlier runs were told, by ARN. */
  readonly known: ReadonlyMap<string, Sharing>;
  /** So many calls, and no more: RDS throttles the whole account. */
  readonly most: number;
  readonly now: Instant;
  readonly timeLeft: () => Duration;
}

/**
 * Whom snapshots are shared with, one call each. Those nobody ever asked about come first, the newest of them first;
 * then those whose answer is the oldest. A region that refuses once is asked no more.
 */
export async function askSharing(
  port: SnapshotSharing,
  { snapshots, known, most, now, timeLeft }: ToAsk,
  looks: Looks,
): Promise<Map<string, Sharing>> {
  const answers = new Map<string, Sharing>();
  for (const { arn } of snapshots) {
    const answer = known.get(arn);
    if (answer !== undefined) answers.set(arn, answer);
  }
  const refusing = new Set<string>();
  let left = most;
  for (const snapshot of inOrder(snapshots, known)) {
    if (left === 0 || timeLeft() < RESERVE) break;
    const { arn, region } = snapshot;
    if (refusing.has(region)) continue;
    left -= 1;
    try {
      const accounts = await port.sharedWith(snapshot);
      if (accounts === null) answers.delete(arn);
      else answers.set(arn, { with: accounts, asked: now });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusing.add(region);
      looks.missing(region, 'sharing-unseen', error.message, error.hint);
    }
  }
  return answers;
}

function inOrder(snapshots: readonly Snapshot[], known: ReadonlyMap<string, Sharing>): Snapshot[] {
  const asked = ({ arn }: Snapshot) => known.get(arn)?.asked ?? Number.NEGATIVE_INFINITY;
  return [...snapshots].sort((a, b) => {
    const [first, second] = [asked(a), asked(b)];
    return first === second ? newestFirst(a, b) : first - second;
  });
}

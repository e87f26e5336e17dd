import type { Protection, Retention } from '../../domain/policy';
import { keptByTier } from '../../domain/retention';
import { slotAt } from '../../domain/slot';
import { isGood, type Snapshot } from '../../domain/snapshot';
import { slotOf } from '../../domain/tags';
import { DAY, type Duration, formatInstant, type Instant, SECOND } from '../../domain/time';
import type { SlotHistory, SlotRow, SlotRun, SlotState } from './compliance';

/** A week shows the rhythm of a day seven times, and a weekend. */
export const SHOWN: Duration = 7 * DAY;

/** What there is of one database: its own slots' snapshots, by region. */
export interface SlotsSeen {
  readonly home: string;
  /** When the instance was made; null where RDS does not say. No slot before it could be taken. */
  readonly created: Instant | null;
  /** Ours of this database alone. Missing regions were not seen, and have no row. */
  readonly snapshots: ReadonlyMap<string, readonly Snapshot[]>;
}

/** What became of every slot of the last days, at home and in the copy regions. */
export function slotHistory(
  protection: Pick<Protection, 'snapshots' | 'retention' | 'copies'>,
  seen: SlotsSeen,
  now: Instant,
): SlotHistory {
  const { every, takes } = protection.snapshots;
  const newest = slotAt(now, every);
  const oldest = Math.max(slotAt(now - SHOWN, every) + every, firstAfter(seen.created, every));
  const slots: Instant[] = [];
  for (let slot = Math.min(oldest, newest); slot <= newest; slot += every) slots.push(slot);
  const places = [
    { region: seen.home, retention: protection.retention, late: every + takes },
    // A copy is late once the point promised there is passed: until then the next one may still make it.
    ...protection.copies.map(({ region, retention, point }) => ({ region, retention, late: point })),
  ];
  const rows = places.flatMap(({ region, retention, late }): SlotRow[] => {
    const there = seen.snapshots.get(region);
    if (there === undefined) return [];
    return [{ region, runs: runsOf(slots, statesOf(slots, there, retention, late, now)) }];
  });
  return {
    from: formatInstant(slots[0] ?? newest),
    to: formatInstant(newest + every),
    everySeconds: every / SECOND,
    rows,
  };
}

function firstAfter(created: Instant | null, every: Duration): Instant {
  return created === null ? Number.NEGATIVE_INFINITY : slotAt(created, every) + every;
}

function statesOf(
  slots: readonly Instant[],
  snapshots: readonly Snapshot[],
  retention: Retention,
  late: Duration,
  now: Instant,
): SlotState[] {
  const bySlot = new Map<Instant, Snapshot>();
  for (const snapshot of snapshots) {
    const slot = slotOf(snapshot.tags);
    const known = slot === null ? undefined : bySlot.get(slot);
    if (slot !== null && (known === undefined || !isGood(known))) bySlot.set(slot, snapshot);
  }
  return slots.map((slot) => {
    const its = bySlot.get(slot);
    if (its !== undefined) return isGood(its) ? 'taken' : its.state === 'failed' ? 'failed' : 'pending';
    if (now - slot < late) return 'due';
    // Had it been taken, would it be here? If not, it may well have been.
    const had = { id: '', state: 'available', recoveryPoint: slot } as const;
    return keptByTier([...snapshots, had], retention, now).has('') ? 'missed' : 'pruned';
  });
}

function runsOf(slots: readonly Instant[], states: readonly SlotState[]): SlotRun[] {
  const runs: { from: string; count: number; state: SlotState }[] = [];
  for (const [at, state] of states.entries()) {
    const last = runs.at(-1);
    if (last?.state === state) last.count += 1;
    else runs.push({ from: formatInstant(slots[at] as Instant), count: 1, state });
  }
  return runs;
}

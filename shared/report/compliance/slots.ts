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
  /** When a look of ours first saw it; null where none did. */
  readonly looked: Instant | null;
  /** Whether slots are still taken of it: of an instance that is gone, what follows its last one is no gap. */
  readonly goesOn: boolean;
  /** Ours of this database alone. Missing regions were not seen, and have no row. */
  readonly snapshots: ReadonlyMap<string, readonly Snapshot[]>;
}

/**
 * What became of every slot of the last days, at home and in the copy regions. It begins where anything of ours first
 * tells of the database, a snapshot that stands or a look: the instance may be years older than Holdfast's schedule.
 */
export function slotHistory(
  protection: Pick<Protection, 'snapshots' | 'retention' | 'copies'>,
  seen: SlotsSeen,
  now: Instant,
): SlotHistory {
  const { every, takes } = protection.snapshots;
  const standing = [...seen.snapshots.values()]
    .flat()
    .map(({ tags }) => slotOf(tags))
    .filter((slot) => slot !== null);
  const last = slotAt(now, every);
  const newest = seen.goesOn
    ? last
    : standing.reduce((latest, slot) => Math.max(latest, slot), Number.NEGATIVE_INFINITY);
  const end = Number.isFinite(newest) ? newest : last;
  const begun = [...standing, ...(seen.looked === null ? [] : [slotAt(seen.looked, every)])];
  const oldest = Math.max(
    slotAt(end - SHOWN, every) + every,
    firstAfter(seen.created, every),
    begun.reduce((first, slot) => Math.min(first, slot), end),
  );
  const slots: Instant[] = [];
  for (let slot = Math.min(oldest, end); slot <= end; slot += every) slots.push(slot);
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
    from: formatInstant(slots[0] ?? end),
    to: formatInstant(end + every),
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

import { PRUNE, TICK } from './arithmetic';
import type { Protection, Retention } from './policy';
import { keptByTier, periodOf, TIERS } from './retention';
import { slotAt } from './slot';
import type { RecoveryPoint } from './snapshot';
import { DAY, type Duration, type Instant } from './time';

/** The snapshots of one database in one region, once the schedule has run for as long as it keeps anything. */
export interface Standing {
  readonly region: string;
  /** The most that retention keeps at once, right after a prune run. */
  readonly kept: number;
  /** The most that stand at once: what is kept, what is being made, and what waits for the next prune run. */
  readonly peak: number;
  /** The prune run that deletes the largest share: how many go, of how many that stand. */
  readonly pruned: { readonly go: number; readonly of: number };
}

/** Home first, then the copy regions. */
export function standings({ snapshots, retention, copies }: Protection, home: string): Standing[] {
  const { every, takes } = snapshots;
  // Regions mostly share one retention, and the search through the calendar takes up to a second.
  const eves = new Map<string, Eve>();
  const standing = (region: string, kept: Retention, course: Course): Standing => {
    const tiers = TIERS.map((tier) => kept[tier]).join();
    const eve = eves.get(tiers) ?? beforeFullestDay(every, kept);
    eves.set(tiers, eve);
    return { region, ...simulate(every, kept, course, eve) };
  };
  const copied = copies.reduce((length, copy) => length + copy.takes, takes);
  const atHome = { begins: 0, ready: takes, heldFor: copies.length === 0 ? 0 : copied };
  let begins = takes;
  return [
    standing(home, retention, atHome),
    ...copies.map((copy) => {
      const course = { begins, ready: begins + copy.takes, heldFor: 0 };
      begins = course.ready;
      return standing(copy.region, copy.retention, course);
    }),
  ];
}

/** A snapshot's course in one region, counted from the moment that its data is of. */
interface Course {
  readonly begins: Duration;
  readonly ready: Duration;
  /** The source of a pending copy is not pruned (architecture: Snapshots). */
  readonly heldFor: Duration;
}

/** A Monday, the first day of a month and of a leap year: 2024-01-01. Any start would do; the tests name days. */
const START: Instant = Date.UTC(2024, 0, 1);

/** After 28 years the days of a month fall on the same weekdays again. */
const CALENDAR = 28 * 366;

/**
 * Runs the schedule and the retention rule itself (`keptByTier`), because a formula would have to agree with it in
 * every month, leap day and overlap of tiers. First by days, through as much of the calendar as the tiers can tell
 * apart, to find the fullest; then that one by ticks, with prune runs at each tick of the hour in turn.
 */
function simulate(every: Duration, retention: Retention, course: Course, eve: Eve): Omit<Standing, 'region'> {
  let kept = 0;
  let peak = 0;
  let pruned = { go: 0, of: 1 };
  for (let minute = 0; minute < PRUNE; minute += TICK) {
    const run = throughTicks(every, retention, course, eve, minute);
    kept = Math.max(kept, run.kept);
    peak = Math.max(peak, run.peak);
    pruned = larger(pruned, run.pruned);
  }
  return { kept, peak, pruned };
}

interface Eve {
  readonly midnight: Instant;
  /** The moments that the standing snapshots are of. */
  readonly captured: readonly Instant[];
}

/** What stands two days before the end of the fullest day, so that the ticks of both are gone through. */
function beforeFullestDay(every: Duration, retention: Retention): Eve {
  const { warmUp, days } = calendarOf(retention);
  let recent: Eve[] = [];
  let standing: readonly Instant[] = [];
  let fullest = { size: -1, eve: { midnight: START, captured: standing } as Eve };
  for (let day = 0; day < warmUp + days; day += 1) {
    const midnight = START + day * DAY;
    recent = [...recent.slice(-1), { midnight, captured: standing }];
    const last = midnight + DAY - 1;
    standing = survivors([...standing, ...slotsOf(midnight, every)], retention, last);
    const [eve] = recent;
    if (day >= warmUp && standing.length > fullest.size && eve !== undefined) {
      fullest = { size: standing.length, eve };
    }
  }
  return fullest.eve;
}

/** In days: how long until retention is full, and how many different days there are after that. */
function calendarOf({ hourly, daily, weekly, monthly, yearly }: Retention): { warmUp: number; days: number } {
  const warmUp = Math.max(
    Math.ceil(hourly / 24) + 2,
    daily + 2,
    weekly > 0 ? (weekly + 2) * 7 : 0,
    monthly > 0 ? (monthly + 2) * 31 : 0,
    yearly > 0 ? (yearly + 2) * 366 : 0,
  );
  return { warmUp, days: monthly > 0 || yearly > 0 ? CALENDAR : 14 };
}

/** The slots of a day that outlive their hour: the last of each. All tiers but the hourly one are coarser still. */
function slotsOf(midnight: Instant, every: Duration): Instant[] {
  const slots: Instant[] = [];
  for (let slot = midnight; slot < midnight + DAY; slot += every) {
    if (periodOf('hourly', slot) !== periodOf('hourly', slot + every)) slots.push(slot);
  }
  return slots;
}

function survivors(captured: readonly Instant[], retention: Retention, now: Instant): Instant[] {
  const kept = keptByTier(captured.map(available), retention, now);
  return captured.filter((instant) => kept.has(String(instant)));
}

/** Three days by ticks. The worst order within a tick is taken: what is new is there before prune has run. */
function throughTicks(
  every: Duration,
  retention: Retention,
  { begins, ready, heldFor }: Course,
  eve: Eve,
  minute: Duration,
): Omit<Standing, 'region'> {
  let captured = [...eve.captured];
  let kept = 0;
  let peak = 0;
  let pruned = { go: 0, of: 1 };
  let slot = eve.midnight - every;
  for (let now = eve.midnight; now < eve.midnight + 3 * DAY; now += TICK) {
    if (slotAt(now, every) > slot) {
      slot = slotAt(now, every);
      captured.push(now);
    }
    const there = captured.filter((instant) => instant + begins <= now);
    peak = Math.max(peak, there.length);
    if (now % PRUNE !== minute) continue;
    const good = there.filter((instant) => instant + ready <= now);
    const keeps = keptByTier(good.map(available), retention, now);
    kept = Math.max(kept, keeps.size);
    const before = captured.length;
    captured = captured.filter(
      (instant) => keeps.has(String(instant)) || instant + Math.max(ready, heldFor) > now,
    );
    pruned = larger(pruned, { go: before - captured.length, of: there.length });
  }
  return { kept, peak, pruned };
}

function larger(a: Standing['pruned'], b: Standing['pruned']): Standing['pruned'] {
  return b.go / b.of > a.go / a.of ? b : a;
}

/** A good snapshot as far as retention looks at it, named by the moment that it is of. */
function available(captured: Instant): RecoveryPoint {
  return { id: String(captured), state: 'available', recoveryPoint: captured };
}

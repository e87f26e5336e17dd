import { DAY, type Duration, type Instant } from './time';

/**
 * A slot is a period of `every`, aligned to UTC, named by its start. One snapshot stands for one slot, so a second
 * run, a retry and a doubled event all find the slot taken (architecture: Snapshots).
 *
 * A snapshot taken at 09:59:30 belongs to the slot of 09:00, and the slot of 10:00 is due thirty seconds later:
 * slots are counted, ages are not, so a late snapshot never shifts the ones after it.
 */
export function slotAt(instant: Instant, every: Duration): Instant {
  return Math.floor(instant / every) * every;
}

/** Slots line up with days only when `every` divides one; `7h` would drift through the clock and past midnight. */
export function dividesDay(every: Duration): boolean {
  return every > 0 && DAY % every === 0;
}

import { DAY, type Duration, formatDuration, formatInstant, HOUR, type Instant, MINUTE } from '../time';
import type { Measure } from './control';

/** Up to here a length of time is told in minutes: nobody has to convert 94 of them while the pager rings. */
const MOST_MINUTES = 600;

/** Begun minutes, never the completed ones: 60 minutes and a second are more than the 60 that were promised. */
function minutes(duration: Duration): number {
  return Math.max(0, Math.ceil(duration / MINUTE));
}

/** `94 minutes`; from ten hours on begun hours, `3d2h`. */
export function lasting(duration: Duration): string {
  const whole = minutes(duration);
  return whole < MOST_MINUTES ? count(whole, 'minute') : formatDuration(Math.ceil(duration / HOUR) * HOUR);
}

/** `94 minutes old; the promise is 60`. */
export function oldAgainst(age: Duration, promise: Duration): string {
  const both = minutes(age) < MOST_MINUTES && minutes(promise) < MOST_MINUTES;
  return `${lasting(age)} old; the promise is ${both ? minutes(promise) : lasting(promise)}`;
}

export function inMinutes(duration: Duration): Measure {
  return { value: minutes(duration), unit: 'minutes' };
}

/** `in 12 days`, `today`, `12 days ago`. */
export function inDays(at: Instant, now: Instant): string {
  const days = Math.floor((at - now) / DAY);
  if (days < 0) return `${count(-days, 'day')} ago`;
  return days === 0 ? 'within a day' : `in ${count(days, 'day')}`;
}

/** `2026-03-01`. */
export function day(at: Instant): string {
  return formatInstant(at).slice(0, 10);
}

/** `1 snapshot`, `3 snapshots`. */
export function count(number: number, one: string, more = `${one}s`): string {
  return `${number} ${number === 1 ? one : more}`;
}

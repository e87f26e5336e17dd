import { DAY, HOUR, type Instant, MINUTE } from '../../../shared/domain/time';
import type { Chance } from '../chance';
import { invalidValue } from './identifiers';

interface Window {
  /** Milliseconds after midnight UTC. */
  readonly opens: number;
  /** How long; it may run past midnight. */
  readonly lasts: number;
}

/** Reads `00:00-01:00`, UTC; RDS wants 30 minutes at least. */
export function readWindow(text: string): Window {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null)
    throw invalidValue(`Invalid backup window format: ${text}. Write hh24:mi-hh24:mi in UTC.`);
  const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number);
  const at = (hour = 0, minute = 0) => hour * HOUR + minute * MINUTE;
  const opens = at(fromHour, fromMinute);
  const lasts = (at(toHour, toMinute) - opens + DAY) % DAY;
  if (lasts < 30 * MINUTE) throw invalidValue('The backup window must be at least 30 minutes.');
  return { opens, lasts };
}

/** The window that RDS picks when none is asked for: 30 minutes at night. */
export function pickWindow(chance: Chance, arn: string): string {
  const opens = 3 * HOUR + Math.floor(chance.share('window', arn) * 16) * 30 * MINUTE;
  const clock = (time: number) => new Date(time % DAY).toISOString().slice(11, 16);
  return `${clock(opens)}-${clock(opens + 30 * MINUTE)}`;
}

/** The next time that the backup of an instance is due, and the end of the window that it falls in. */
export function nextBackup(
  text: string,
  chance: Chance,
  arn: string,
  now: Instant,
): { at: Instant; closes: Instant } {
  const { opens, lasts } = readWindow(text);
  const midnight = Math.floor(now / DAY) * DAY;
  // Within the first third: a backup that finds its instance busy has time to try again.
  const start = opens + Math.floor((chance.share('backup', arn) * lasts) / 3 / MINUTE) * MINUTE;
  for (const day of [-1, 0, 1, 2]) {
    const at = midnight + day * DAY + start;
    if (at > now) return { at, closes: midnight + day * DAY + opens + lasts };
  }
  throw new Error(`the window ${text} never opens`);
}

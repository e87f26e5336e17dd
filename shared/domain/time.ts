/** A moment: milliseconds since 1970-01-01T00:00:00Z. It always comes in as an argument; nothing here reads a clock. */
export type Instant = number;

/** A length of time in milliseconds. */
export type Duration = number;

export const SECOND: Duration = 1_000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

const UNITS = { s: SECOND, m: MINUTE, h: HOUR, d: DAY } as const;
type Unit = keyof typeof UNITS;

/** How a duration is written in the policy and in events; `z.string().regex` uses it for editors too. */
export const DURATION_PATTERN = /^([1-9]\d{0,5})([smhd])$/;

/**
 * Reads `45m`, `1h`, `30d`. Anything else is `null`: a blank, a zero, a sign, a fraction, an unknown unit.
 * A blank that was read as zero would mean "delete everything" (style rule 13).
 */
export function parseDuration(text: string): Duration | null {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return null;
  const [, count, unit] = match;
  return Number(count) * UNITS[unit as Unit];
}

/** The exact inverse of `parseDuration`, in the largest unit that leaves no rest: `604800000` is `7d`. */
export function writeDuration(duration: Duration): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((one) => duration % UNITS[one] === 0) ?? 's';
  return `${Math.round(duration / UNITS[unit])}${unit}`;
}

/** `5400000` as `1h30m`: the two largest units that are not zero, which is as exact as anyone reads. */
export function formatDuration(duration: Duration): string {
  if (duration < 0) return `-${formatDuration(-duration)}`;
  let rest = Math.round(duration / SECOND) * SECOND;
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    rest -= count * UNITS[unit];
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? '0s' : parts.slice(0, 2).join('');
}

/** `2026-03-01T09:00:00Z`: seconds are enough, and RDS tag values take all of its characters. */
export function formatInstant(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** Reads what `formatInstant` wrote, and any other ISO 8601 instant that names its offset; `null` for all else. */
export function parseInstant(text: string): Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const instant = Date.parse(text);
  if (Number.isNaN(instant) || new Date(instant).getUTCFullYear() > 9999) return null;
  // Date.parse takes the 30th of February for the 2nd of March.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day ? instant : null;
}

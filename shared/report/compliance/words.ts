import { formatDuration, formatInstant, HOUR, MINUTE, parseInstant, SECOND } from '../../domain/time';

/** From here on lengths of time are told in hours, as assessments tell them (`controls/figures.ts`). */
const TOLD_IN_HOURS = 10 * HOUR;

/**
 * `1h30m` of 5400. Begun minutes, and of long times begun hours, never the completed ones, as assessments round: the same
 * restore has one length in all of the report, and what took a second longer than promised shows so.
 */
export function lasting(seconds: number): string {
  const exact = seconds * SECOND;
  if (exact < MINUTE) return formatDuration(exact);
  const minutes = Math.ceil(exact / MINUTE) * MINUTE;
  return formatDuration(minutes < TOLD_IN_HOURS ? minutes : Math.ceil(exact / HOUR) * HOUR);
}

/** `1m34s` of 94: of what is added up day by day no second may be. */
export function exactly(seconds: number): string {
  return formatDuration(seconds * SECOND);
}

/** `2026-03-01 09:00 UTC`: to the minute, which is as exact as a person reads. */
export function moment(iso: string): string {
  const instant = parseInstant(iso);
  if (instant === null) return iso;
  return `${formatInstant(instant).slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2026-03-01`. */
export function day(iso: string): string {
  const instant = parseInstant(iso);
  return instant === null ? iso : formatInstant(instant).slice(0, 10);
}

/** `1 snapshot`, `2 snapshots`. */
export function counted(number: number, one: string, more = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : more}`;
}

/** `1.5 GiB`. */
export function bytes(size: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const at = Math.min(units.length - 1, size < 1 ? 0 : Math.floor(Math.log2(size) / 10));
  const value = size / 1024 ** at;
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** Whom an assessment is about, in one line: `qrosity-db in us-west-2`, `the installation in us-east-1`. */
export function about({
  database,
  region,
  resource,
}: {
  readonly database: string;
  readonly region: string;
  readonly resource?: string;
}): string {
  const what = database === '*' ? (resource ?? 'the installation') : database;
  const part = database !== '*' && resource !== undefined ? ` (${resource})` : '';
  return `${what}${part} in ${region}`;
}

/** The name of an agreement, or that there is none (REC-3). */
export function agreement({ by, on }: { readonly by: string | null; readonly on: string | null }): string {
  if (by === null) return 'placeholder until the business confirms';
  return `agreed by ${by}${on === null ? '' : ` on ${on}`}`;
}

/** `the move in April (until 2026-04-30 23:59 UTC)`; of what is not waived any more, that its time is over. */
export function waiverWords(
  { reason, until }: { readonly reason: string; readonly until: string },
  standing: string,
): string {
  return `${reason} (until ${moment(until)}${standing === 'waived' ? '' : ', which is over'})`;
}

import { formatDuration, formatInstant, parseInstant, SECOND } from '../../domain/time';

/** `1h30m` of 5400. */
export function lasting(seconds: number): string {
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

import { Refusal } from './refusal';
import { formatInstant, type Instant, parseInstant } from './time';

/** What a run found or proved, to be shown to auditors later. The schema tells readers what the rest means. */
export interface EvidenceRecord {
  /** Name and version: `holdfast.inspection/1`. */
  readonly schema: string;
}

/** Where the records of one kind about one database lie. They sort by time below it. */
export function evidenceSeries(kind: string, database: string, region: string): string {
  return `${safe(kind)}/${safe(database)}/${safe(region)}/`;
}

/**
 * `inspections/qrosity-db/us-east-1/2026-03-01T09:00:00Z-daily.json`: made of what is recorded, so that a run that is
 * repeated finds its own record. Of several within one second, the name tells them apart.
 */
export function evidenceKey(
  kind: string,
  database: string,
  region: string,
  at: Instant,
  name: string,
): string {
  return `${evidenceSeries(kind, database, region)}${formatInstant(at)}-${safe(name)}.json`;
}

/** The time in a key that `evidenceKey` made, in whole seconds; `null` for any other key. */
export function evidenceTime(key: string): Instant | null {
  const [, stamp] = /\/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)-[^/]+\.json$/.exec(key) ?? [];
  return stamp === undefined ? null : parseInstant(stamp);
}

/**
 * Letters, digits, dots, underscores and hyphens stay; all else becomes its code point in hexadecimal between two
 * exclamation marks, which S3 takes everywhere. An exclamation mark is itself written so: no two texts become the same.
 */
function safe(part: string): string {
  if (part === '') return '!!';
  const marked = part.replace(
    /[^A-Za-z0-9._-]/gu,
    (character) => `!${(character.codePointAt(0) ?? 0).toString(16)}!`,
  );
  // `.` and `..` would be steps through folders to whoever copies the bucket to a disk.
  return /^\.{1,2}$/.test(marked) ? marked.replaceAll('.', '!2e!') : marked;
}

/**
 * A record as it is kept: JSON whose members are sorted, so that the same record is the same text whatever order it was
 * built in. What JSON would change or drop in silence is refused as `invalid`: evidence must not say less than was meant
 * (a `Map` would become `{}`, `NaN` would become `null`). Members that are undefined are left out.
 */
export function evidenceText(record: EvidenceRecord): string {
  return `${JSON.stringify(sorted(record, 'the record'), null, 2)}\n`;
}

function sorted(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => sorted(item, `${path}[${index}]`));
  if (!isPlain(value)) {
    throw new Refusal(
      'invalid',
      `${path} is no JSON: ${kindOf(value)}`,
      'write maps and sets as arrays or plain objects, dates as texts',
    );
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member, `${path}.${name}`)]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function kindOf(value: unknown): string {
  if (typeof value === 'object') return value?.constructor?.name ?? 'object';
  return typeof value === 'function' ? 'a function' : String(value);
}

import Table from 'cli-table3';
import {
  type EncryptedResources,
  type EncryptionKey,
  type EncryptionReport,
  withoutIds,
} from '../domain/encryption';

/** So many rows of a table are read; cli-table3 takes a second for a thousand of them. */
const MOST_ROWS = 1_000;

/**
 * The encryption status as a person reads it (SEC-4): what could not be seen, what it all comes to, what is protected and
 * under which key, then each key with its rotation; of both the bad ones first. Plain text of 120 columns with names of
 * ordinary length: it is read in a terminal, a ticket or a mail. Lines end with `\n`; `jq -r .table` prints them.
 *
 * @param most rows of each table; what is left out is counted
 */
export function encryptionTable(report: EncryptionReport, most = MOST_ROWS): string {
  const { unseen, resources, keys } = report;
  const byArn = new Map(keys.map((key) => [key.arn, key]));
  const keyOf = ({ key }: EncryptedResources) => (key === null ? undefined : byArn.get(key));
  const what = inOrder(resources, (one) => (one.encrypted ? grade(keyOf(one)) : 0));
  const named = [...keys].sort(
    (a, b) => nameOf(a, a.arn).localeCompare(nameOf(b, b.arn)) || a.region.localeCompare(b.region),
  );
  const users = databasesOf(report);
  const blocks = [
    [
      ...unseen.map(({ region, what: missing, why }) => `NOT SEEN: ${region} ${missing}: ${oneLine(why)}`),
      summary(report),
    ].join('\n'),
    drawn(
      ['database', 'region', 'what', 'encrypted', 'key', 'manager', 'last rotated', 'next'],
      what,
      (one) => resourceRow(one, keyOf(one)),
      most,
    ),
    drawn(
      ['key', 'region', 'state', 'every', 'on demand', 'database(s)', 'recovery points', 'deleted at'],
      inOrder(named, grade),
      (key) => keyRow(key, users.get(key.arn) ?? new Set()),
      most,
    ),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Lambda's quota: an answer with a byte more is none. */
const MOST_BYTES = 6_291_556;

/** Everything together is more than a function can answer with. */
export class TooLarge extends Error {
  constructor(bytes: number, most: number) {
    super(
      `the report takes ${bytes} bytes, and Lambda answers with ${most} at most\n  hint: ask for one database: {"report": true, "database": "..."}`,
    );
    this.name = 'TooLarge';
  }
}

/**
 * A run's answer with its table, as large as Lambda lets it be: identifiers are left out first, which the counts stand
 * for, then rows of the table, which the data stands for.
 */
export function withTable<A extends { readonly encryption: EncryptionReport }>(
  answer: A,
  mostBytes = MOST_BYTES,
): A & { readonly table: string } {
  const table = encryptionTable(answer.encryption);
  const whole = { ...answer, table };
  if (bytesOf(whole) <= mostBytes) return whole;
  const counted = { ...answer, encryption: withoutIds(answer.encryption) };
  const rest = bytesOf({ ...counted, table: '' });
  let fitting = table;
  for (let rows = MOST_ROWS; rest + bytesOf(fitting) > mostBytes; ) {
    if (rows === 0) throw new TooLarge(rest + bytesOf(fitting), mostBytes);
    rows = Math.floor(rows / 2);
    fitting = encryptionTable(counted.encryption, rows);
  }
  return { ...counted, table: fitting };
}

/** As Lambda sends it. */
function bytesOf(answer: unknown): number {
  return Buffer.byteLength(JSON.stringify(answer));
}

/** How bad it is that something hangs on a key: 1 it cannot be used, 2 nobody could look, 3 nothing. */
function grade(key: EncryptionKey | undefined): number {
  if (key === undefined || key.state === 'enabled') return 3;
  return key.state === 'unseen' ? 2 : 1;
}

/** The bad ones first; equal ones stay as the report has them. */
function inOrder<T>(all: readonly T[], rank: (one: T) => number): T[] {
  return [...all].sort((a, b) => rank(a) - rank(b));
}

function summary({ unseen, resources, keys }: EncryptionReport): string {
  const of = (some: readonly EncryptedResources[]) => some.reduce((sum, { count }) => sum + count, 0);
  const databases = of(resources.filter(({ kind }) => kind === 'database'));
  const snapshots = of(resources) - databases;
  const bare = of(resources.filter(({ encrypted }) => !encrypted));
  const what = `${counted(databases, 'database')} and ${counted(snapshots, 'snapshot')}`;
  const encrypted = bare > 0 ? `${bare} NOT encrypted` : 'all encrypted';
  const states = STATES.flatMap(([state, words]) => {
    const some = keys.filter((key) => key.state === state).length;
    return some === 0 ? [] : [`${counted(some, 'key')} ${words}`];
  });
  const fine = keys.length === 0 ? 'no key in use' : `${counted(keys.length, 'key')}, all enabled`;
  const how = states.length > 0 ? states.join(', ') : fine;
  return `${unseen.length > 0 ? 'As far as was seen: ' : ''}${what}, ${encrypted}; ${how}`;
}

/** The gravest first. */
const STATES = [
  ['gone', 'gone'],
  ['pending-deletion', 'pending deletion'],
  ['disabled', 'disabled'],
  ['unavailable', 'unavailable'],
  ['unseen', 'not seen'],
] as const;

function counted(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

/** Two blanks between columns, no lines: a frame would be a fifth of the width, and three bytes a character. */
const LOOK = {
  chars: {
    ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
    ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
    ...{ left: '', 'left-mid': '', right: '', 'right-mid': '' },
    ...{ mid: '-', 'mid-mid': '  ', middle: '  ' },
  },
  // No colors.
  style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
};

/** Rows are left out before they are drawn: drawing is what takes the time. */
function drawn<T>(
  head: string[],
  all: readonly T[],
  row: (one: T) => (string | number)[],
  most: number,
): string {
  const table = new Table({ head, ...LOOK });
  table.push(...all.slice(0, most).map(row));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const more = all.length - most;
  return [...lines, ...(more > 0 ? [`and ${more} more: ask with "database"`] : [])].join('\n');
}

function resourceRow(
  { kind, database, region, count, encrypted, key }: EncryptedResources,
  its: EncryptionKey | undefined,
): (string | number)[] {
  const state = its === undefined || its.state === 'enabled' ? '' : ` (${its.state})`;
  return [
    database,
    region,
    kind === 'database' ? kind : `${count} ${count === 1 ? ONE[kind] : kind}`,
    encrypted ? 'yes' : 'NO',
    key === null ? NOT_TOLD : `${nameOf(its, key)}${state}`,
    its?.managedBy ?? NOT_TOLD,
    day(its?.lastRotated) ?? (its !== undefined && isOurRotation(its) ? 'never' : NOT_TOLD),
    day(its?.nextRotation) ?? NOT_TOLD,
  ];
}

const ONE = { snapshots: 'snapshot', copies: 'copy', automated: 'automated' } as const;

function keyRow(key: EncryptionKey, users: ReadonlySet<string>): (string | number)[] {
  const { arn, region, state, rotationDays, onDemandUsed, databases, recoveryPoints, deletion } = key;
  const many = Math.max(users.size, databases);
  const [user = NOT_TOLD] = users;
  return [
    nameOf(key, arn),
    region,
    state,
    rotationDays !== null ? `${rotationDays}d` : isOurRotation(key) ? 'off' : NOT_TOLD,
    isOurRotation(key) ? (onDemandUsed ?? NOT_TOLD) : NOT_TOLD,
    many > 1 ? many : user,
    recoveryPoints,
    deletion === null ? NOT_TOLD : `${deletion.slice(0, 16).replace('T', ' ')} UTC`,
  ];
}

/** Whose database, snapshots or copies are under each key. */
function databasesOf({ resources }: EncryptionReport): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>();
  for (const { database, key } of resources) {
    if (key === null) continue;
    const some = users.get(key) ?? new Set();
    users.set(key, some.add(database));
  }
  return users;
}

function nameOf(key: EncryptionKey | undefined, arn: string): string {
  return key?.aliases[0] ?? arn.replace(/^.*:key\//, '');
}

/** Where there is nothing to tell, or KMS did not tell. */
const NOT_TOLD = '-';

/**
 * Whether "never" and "off" can be said of its rotation: KMS told of it, and it is somebody's to turn on. AWS rotates its
 * own keys, and keeps to itself when it did.
 */
function isOurRotation({ managedBy, onDemandUsed }: EncryptionKey): boolean {
  return managedBy === 'customer' && onDemandUsed !== null;
}

function day(instant: string | null | undefined): string | null {
  return instant?.slice(0, 10) ?? null;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

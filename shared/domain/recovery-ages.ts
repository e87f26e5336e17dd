import { newestAtHome, newestCopy } from './controls/recovery-points-seen';
import { databasesOf } from './controls/scope';
import type { Seen } from './controls/seen';
import type { EvidenceRecord } from './evidence';
import { type Duration, formatInstant, HOUR, type Instant, parseInstant, SECOND } from './time';

/**
 * How old the newest recovery point of every database was at one look, in each place that it can be recovered at: what
 * the report draws against the promise (REC-1).
 */
export interface RecoveryAges extends EvidenceRecord {
  /** In the first edition null also meant that nobody could see: of those it is read as that. */
  readonly schema: 'holdfast.recovery-ages/1' | 'holdfast.recovery-ages/2';
  readonly installation: string;
  /** ISO 8601. */
  readonly at: string;
  /**
   * Seconds, by database, then by region. Null: somebody looked, and there was no recovery point. A place that could not
   * be looked at is left out.
   */
  readonly ages: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
}

const SERIES = 'recovery-ages/';

/** What all keys of these records begin with. */
export const EVERY_AGE = SERIES;

export function agesKey({ at }: Pick<RecoveryAges, 'at'>): string {
  return `${SERIES}${at}.json`;
}

/** The key that all later ones sort after. */
export function agesBefore(instant: Instant): string {
  return `${SERIES}${formatInstant(instant)}`;
}

/** Null for a record of another schema, or of an installation that is not this one. */
export function readAges(kept: unknown, installation: string): RecoveryAges | null {
  const record = (kept ?? {}) as Partial<RecoveryAges>;
  const readable =
    (record.schema === 'holdfast.recovery-ages/1' || record.schema === 'holdfast.recovery-ages/2') &&
    record.installation === installation &&
    parseInstant(record.at ?? '') !== null;
  return readable ? (record as RecoveryAges) : null;
}

/** Null where the databases could not be seen: there is nothing to tell, which is not the same as no age. */
export function agesOf(seen: Seen): RecoveryAges | null {
  const databases = databasesOf(seen);
  if ('unseen' in databases) return null;
  const { now, policy } = seen;
  // Without a prototype: an instance may be named `constructor`.
  const ages: Record<string, Record<string, number | null>> = Object.create(null);
  for (const one of databases.seen) {
    const { id } = one.database;
    const { at, unseen } = newestAtHome(one, seen);
    const places: Record<string, number | null> = Object.create(null);
    // Of snapshots that are out of sight one may be newer, and there may be one.
    if (unseen === null || at !== null) places[policy.home] = seconds(at, now);
    for (const { region } of one.protection.copies) {
      const copy = newestCopy(one.database, region, seen);
      if ('seen' in copy) places[region] = seconds(copy.seen, now);
    }
    ages[id] = places;
  }
  return {
    schema: 'holdfast.recovery-ages/2',
    installation: policy.name,
    at: formatInstant(now),
    ages,
  };
}

function seconds(at: Instant | null, now: Instant): number | null {
  return at === null ? null : Math.round((now - at) / SECOND);
}

/** How far back the report draws: a week shows the rhythm of a day seven times, and a weekend. */
export const AGES_SHOWN: Duration = 7 * 24 * HOUR;

/** `none`: somebody looked, and there was no recovery point. Null: from then on nobody looked. */
export type Age = Duration | 'none' | null;

export interface Aged {
  readonly at: Instant;
  readonly age: Age;
}

/**
 * The worst of each hour, which is what a promise is held against, and from when to when there was no recovery point at
 * all. Looks come every ten minutes; an hour without one is an hour that nobody looked in.
 */
export class AgesByHour {
  /**
   * By database and region: instant and age of each look in turn, in the order they came; an age below zero is none. Bare
   * numbers, since a week of a thousand databases is two million looks: 32 MB so, and five times that as objects.
   */
  readonly #looks = new Map<string, number[]>();

  add({ schema, at, ages }: RecoveryAges): void {
    const instant = parseInstant(at);
    if (instant === null) return;
    for (const [database, places] of Object.entries(ages)) {
      for (const [region, age] of Object.entries(places)) {
        // Nobody knows which of the two it was.
        if (age === null && schema === 'holdfast.recovery-ages/1') continue;
        this.#of(database, region).push(instant, age === null ? NONE : Math.max(0, age) * SECOND);
      }
    }
  }

  /** In order of time. Where whole hours lie between two looks, a point without an age stands at their beginning. */
  of(database: string, region: string): Aged[] {
    const looks = inOrder(this.#looks.get(nameOf(database, region)) ?? []);
    const told: Aged[] = [];
    for (const [index, look] of looks.entries()) {
      const before = looks[index - 1];
      const hour = hourOf(look);
      const goesOn = before !== undefined && hour - hourOf(before) <= 1;
      if (before !== undefined && !goesOn) told.push({ at: (hourOf(before) + 1) * HOUR, age: null });
      const last = told.at(-1);
      // How long there was none is told to the look: from the first without to the first with one.
      const turns = before?.age !== look.age && (before?.age === 'none' || look.age === 'none');
      const begins = last === undefined || !goesOn || turns || hourOf(last) !== hour;
      if (look.age === 'none' && goesOn && !turns) continue;
      if (begins || isFirstAfterNone(told)) told.push(look);
      else if ((look.age as Duration) > (last.age as Duration)) told[told.length - 1] = look;
    }
    return told;
  }

  #of(database: string, region: string): number[] {
    const name = nameOf(database, region);
    const known = this.#looks.get(name) ?? [];
    this.#looks.set(name, known);
    return known;
  }
}

const NONE = -1;

function inOrder(numbers: readonly number[]): Aged[] {
  const looks = Array.from({ length: numbers.length / 2 }, (_, index): Aged => {
    const age = numbers[2 * index + 1] ?? NONE;
    return { at: numbers[2 * index] ?? 0, age: age < 0 ? 'none' : age };
  });
  // A look adds its own, and may find it kept.
  return looks.sort((a, b) => a.at - b.at).filter(({ at }, index, all) => all[index - 1]?.at !== at);
}

function hourOf({ at }: Aged): number {
  return Math.floor(at / HOUR);
}

/** That point stays, however old later ones of its hour are: it is where there was one again. */
function isFirstAfterNone(told: readonly Aged[]): boolean {
  return told.at(-2)?.age === 'none' && told.at(-1)?.age !== 'none';
}

/** No identifier of RDS and no region has a slash. */
function nameOf(database: string, region: string): string {
  return `${database}/${region}`;
}

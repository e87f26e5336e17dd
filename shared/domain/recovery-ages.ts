import { newestAtHome, newestCopy } from './controls/recovery-points-seen';
import { databasesOf } from './controls/scope';
import type { Seen } from './controls/seen';
import type { EvidenceRecord } from './evidence';
import { type Duration, formatInstant, HOUR, type Instant, parseInstant, SECOND } from './time';

/**
 * How old the newest recovery point of every database was at one look, in each place that it can be recovered at: what
 * the report draws against the promise (REC-1). In seconds; null where there was none, or nobody could tell.
 */
export interface RecoveryAges extends EvidenceRecord {
  readonly schema: 'holdfast.recovery-ages/1';
  readonly installation: string;
  /** ISO 8601. */
  readonly at: string;
  /** By database, then by region. */
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
    record.schema === 'holdfast.recovery-ages/1' &&
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
    // Of snapshots that are out of sight one may be newer.
    places[policy.home] = unseen === null || at !== null ? seconds(at, now) : null;
    for (const { region } of one.protection.copies) {
      const copy = newestCopy(one.database, region, seen);
      places[region] = 'seen' in copy ? seconds(copy.seen, now) : null;
    }
    ages[id] = places;
  }
  return {
    schema: 'holdfast.recovery-ages/1',
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

interface Worst {
  readonly at: Instant;
  readonly age: Duration | null;
}

/**
 * The worst of each hour, which is what a promise is held against: looks come every ten minutes, and a week of them for a
 * thousand databases is more than a run can hold. An hour that nobody looked in has no age.
 */
export class AgesByHour {
  /** By database and region. */
  readonly #hours = new Map<string, Map<number, Worst>>();

  add({ at, ages }: RecoveryAges): void {
    const instant = parseInstant(at);
    if (instant === null) return;
    const hour = Math.floor(instant / HOUR);
    for (const [database, places] of Object.entries(ages)) {
      for (const [region, age] of Object.entries(places)) {
        const hours = this.#of(database, region);
        const worst = hours.get(hour);
        const found = { at: instant, age: age === null ? null : age * SECOND };
        if (worst === undefined || isWorse(found, worst)) hours.set(hour, found);
      }
    }
  }

  /** In order of time. Where two hours are apart, somebody did not look: a point without an age stands between. */
  of(database: string, region: string): Worst[] {
    const hours = [...(this.#hours.get(nameOf(database, region)) ?? [])].sort(([a], [b]) => a - b);
    return hours.flatMap(([hour, worst], index) => {
      const before = hours[index - 1]?.[0];
      const gap = before !== undefined && hour - before > 1;
      return gap ? [{ at: (before + 1) * HOUR, age: null }, worst] : [worst];
    });
  }

  #of(database: string, region: string): Map<number, Worst> {
    const name = nameOf(database, region);
    const known = this.#hours.get(name) ?? new Map<number, Worst>();
    this.#hours.set(name, known);
    return known;
  }
}

/** No identifier of RDS and no region has a slash. */
function nameOf(database: string, region: string): string {
  return `${database}/${region}`;
}

/** No recovery point at all, or one that nobody could see, is worse than an old one. */
function isWorse(a: Worst, b: Worst): boolean {
  if (b.age === null) return false;
  return a.age === null || a.age > b.age;
}

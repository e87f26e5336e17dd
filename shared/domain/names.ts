import { spread } from './spread';
import type { Duration, Instant } from './time';
import { MINUTE } from './time';

/** `20260301-0900`, UTC. */
function stamp(instant: Instant): string {
  const [date, time] = new Date(instant).toISOString().split('T') as [string, string];
  return `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
}

/** The one name of a database's slot, in every run, retry and region: `holdfast-qrosity-db-20260301-0900`. */
export function slotName(database: string, slot: Instant): string {
  return `holdfast-${database}-${stamp(slot)}`;
}

/**
 * The name of a copy: its source's, then the region it came from. Without the region, an installation whose home is
 * the destination would find its own slots taken by copies of a namesake.
 */
export function copyName(source: string, home: string): string {
  return `${source}-from-${home}`;
}

/**
 * The name of a snapshot's copy under another key: its own, then the first digits of the key's id. So the same wish
 * finds the copy that an earlier call began, and an alias that leads elsewhere by then makes another one.
 */
export function rekeyedName(source: string, keyId: string): string {
  return `${source}-under-${keyId.replace(/^mrk-/, '').slice(0, 8)}`;
}

/** A label as part of a name: lower case, hyphens for all else, 60 characters at most, never empty. */
export function slug(text: string): string {
  const letters = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return letters.slice(0, 60).replace(/-+$/, '') || 'on-demand';
}

/** Asking again for the same label within this time is a retry, and finds the snapshot that the first call took. */
export const SAME_REQUEST: Duration = 10 * MINUTE;

/**
 * `holdfast-qrosity-db-20260301-0907-before-migration-42`: the minute that it was asked for, then the label. The label
 * comes last: before the time it could make the name of another database's slot.
 */
export function onDemandName(database: string, label: string, requested: Instant): string {
  return `holdfast-${database}-${stamp(requested)}-${slug(label)}`;
}

/** RDS's longest instance identifier. */
const LONGEST_INSTANCE = 63;

/** The installation's name where the policy does not give one. */
const USUAL = 'holdfast';

/**
 * The one name that a restored instance of a database has while it is tested: `holdfast-test-qrosity-db`. RDS takes a name
 * once, so that a region never has two tests of one database. An installation that was given a name has it there too, so
 * that two in one account do not stand in each other's way.
 */
export function testInstanceName(installation: string, database: string): string {
  const whose = installation === USUAL ? database : `${slug(installation)}-${database}`;
  const name = `holdfast-test-${whose}`;
  if (name.length <= LONGEST_INSTANCE) return name;
  const tail = spread(whose, 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return `${name.slice(0, LONGEST_INSTANCE - 9).replace(/-+$/, '')}-${tail}`;
}

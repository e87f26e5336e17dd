import type { Database } from '../database';
import type { Duration, Instant } from '../time';
import { describe } from './command';
import { inMinutes, lasting, oldAgainst } from './figures';
import { type Finding, failed, type More, unknown, within } from './finding';

/** Something that may not get older than was promised. */
export interface Aged {
  readonly database: Database;
  readonly now: Instant;
  /** As it reads after `the newest` and after `there is no`: `good copy in us-west-2`. */
  readonly what: string;
  /** The moment that it is of; null where there is none. */
  readonly at: Instant | null;
  readonly promise: Duration;
  /** What it waits for, told where it is late. */
  readonly why?: readonly string[];
}

/**
 * On the very instant that the promise ends it is still kept. A database that is younger than the promise has lost
 * nothing yet, and one that is stopped loses nothing more: RDS does not say since when it is.
 *
 * @param late what a failure says; null for the age where there is none at all
 */
export function judgeAge(
  { database, now, what, at, promise, why = [] }: Aged,
  late: (age: Duration | null) => Omit<More, 'measure'>,
): Finding {
  const waits = why.map((reason) => `; ${reason}`).join('');
  if (at === null) {
    if (database.created === null) return unknown('it is being created', describe(database));
    const age = now - database.created;
    if (age <= promise)
      return unknown(`it was made ${lasting(age)} ago, and has no ${what} yet${waits}`, late(null).command);
    return failed(`there is no ${what}${waits}`, { ...late(null), measure: inMinutes(age) });
  }
  const age = now - at;
  const found = `the newest ${what} is ${oldAgainst(age, promise)}`;
  if (age <= promise) return within(true, found, inMinutes(age));
  if (database.condition === 'stopped')
    return unknown(`it is stopped, so that nothing new is written; ${found}`, describe(database));
  return within(false, `${found}${waits}`, inMinutes(age), late(age));
}

/** `94 minutes of data, if us-east-1 is lost now`. */
export function lost(age: Duration | null, when: string): string {
  return `${age === null ? 'everything' : `${lasting(age)} of data`}, if ${when} now`;
}

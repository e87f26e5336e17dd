import type { Instant } from '../domain/time';

/** The only reading of the clock; it serves invocations by hand, which carry no time (architecture: Time). */
export function clock(): Instant {
  return Date.now();
}

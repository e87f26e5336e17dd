import type { DatabaseFacts } from '../domain/inspection/facts';
import type { OwnCheck } from '../domain/inspection/own';
import type { Setting } from '../domain/inspection/server';
import type { Duration, Instant } from '../domain/time';

/** Where a database is, and how to sign in. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** What is looked for in a database, beside what every database has. */
export interface Wanted {
  readonly setting: Setting;
  /** What the data is said to be of: what claims to be newer than that is no change that happened. */
  readonly as: Instant;
  /** The tables of tenants and domains in public; null where the database has no tenants. */
  readonly tenants: { readonly table: string; readonly domains: string } | null;
  /** Columns that show when a row was changed: of these tables, in whichever schema has them. */
  readonly freshness: readonly { readonly table: string; readonly column: string }[];
  readonly own: readonly OwnCheck[];
  /** How many relations amcheck looks at, and what chooses them: the same seed chooses the same ones. */
  readonly sample: { readonly most: number; readonly seed: string };
}

export interface Inspector {
  /**
   * Signs in over verified TLS and looks, without changing anything. Throws a `Refusal`: `unreachable` where the server
   * does not answer, `denied` where it lets the role not in, `busy` where the catalogs could not be read in time.
   *
   * @param timeLeft until the look has to be over: it ends in order then, and what it has not come to is unknown
   */
  look(address: Address, password: string, wanted: Wanted, timeLeft: () => Duration): Promise<DatabaseFacts>;
}

/** Passwords that IAM makes, good for a quarter of an hour. */
export interface DatabaseTokens {
  token(region: string, address: Address): Promise<string>;
}

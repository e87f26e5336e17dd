import type { Duration, Instant } from '../time';
import type { Check, Verdict } from './check';
import { checkCompleteness, type Earlier } from './completeness';
import type { DatabaseFacts } from './facts';
import { checkFreshness } from './freshness';
import { checkIsolation } from './isolation';
import { checkOwn, type OwnCheck } from './own';
import { checkExtensions, checkServer, type Setting } from './server';
import { checkTenants } from './tenants';

/** What the facts are held against, beside the policy. */
export interface Against {
  readonly setting: Setting;
  /** What the data is said to be of: a snapshot's own time, or now. */
  readonly as: Instant;
  /** Rows at the last look at the live database; null where there was none. */
  readonly earlier: Earlier | null;
}

/** What is expected of a database. */
export interface Promised {
  /** Null where the database has no tenants. */
  readonly tenants: {
    readonly table: string;
    readonly domains: string;
    /** Roles that are meant to reach several tenants' schemas, beside their owner (TEN-3). */
    readonly roles: readonly string[];
  } | null;
  readonly extensions: readonly string[];
  /** The longest that the business writes nothing, as over a night. */
  readonly quiet: Duration;
  /** The share of a table's rows that may be gone from one look to the next, 0 to 1. */
  readonly shrink: number;
  /** Tables, in whichever schema, that may shrink to nothing. */
  readonly volatile: readonly string[];
  readonly checks: readonly OwnCheck[];
}

/** Every check of one database, in the order that a person reads them. Pure: the same facts give the same verdicts. */
export function inspect(
  facts: DatabaseFacts,
  promised: Promised,
  { setting, as, earlier }: Against,
): Check[] {
  const { tenants, extensions, quiet, shrink, volatile, checks } = promised;
  return [
    ...checkServer(facts),
    ...checkExtensions(facts, extensions, setting),
    ...(tenants === null
      ? []
      : [...checkTenants(facts, tenants.table, tenants.domains), ...checkIsolation(facts, tenants.roles)]),
    checkFreshness(facts, as, quiet),
    ...checkCompleteness(facts, earlier, { shrink, volatile }),
    ...checkOwn(facts, checks),
  ];
}

/** One failed check fails all; what is unknown passes nothing, and fails nothing by itself. */
export function overall(checks: readonly Check[]): Verdict {
  if (checks.some(({ verdict }) => verdict === 'failed')) return 'failed';
  return checks.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'passed';
}

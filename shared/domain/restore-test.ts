import { evidenceKey, evidenceSeries, evidenceTime } from './evidence';
import type { Check } from './inspection/check';
import type { InspectionRecord } from './inspection/record';
import { formatInstant, type Instant } from './time';

/** Of evidence: restore tests, what was found in restored databases, and why one could not be looked into. */
const TESTS = 'restore-tests';
const FOUND = 'restored';
const UNABLE = 'restored-unable';

/** One restore test: the database that the backup is of, the region that it is restored in, when it was asked for. */
export interface TestId {
  readonly database: string;
  readonly region: string;
  readonly requested: Instant;
}

/**
 * Where the verdict of a test is kept: `restore-tests/qrosity-db/us-east-1/2026-03-01T09:00:00Z-passed.json`. The name tells
 * the verdict, so that a listing is enough to know what is due.
 */
export function testKey({ database, region, requested }: TestId, verdict: TestVerdict): string {
  return evidenceKey(TESTS, database, region, requested, verdict);
}

/** What the key of a test's verdict begins with, whatever it is. */
export function testPrefix({ database, region, requested }: TestId): string {
  return `${testSeries(database, region)}${formatInstant(requested)}-`;
}

/** What all of these keys begin with. */
export const EVERY_TEST = `${TESTS}/`;

/** What a key of `testKey` tells; null for any other key. */
export function testOfKey(key: string): (TestId & { readonly verdict: TestVerdict }) | null {
  const [, database, region, verdict] =
    /^restore-tests\/([^/]+)\/([^/]+)\/[^/]+-(passed|failed|inconclusive)\.json$/.exec(key) ?? [];
  const requested = evidenceTime(key);
  if (database === undefined || region === undefined || requested === null) return null;
  return { database, region, requested, verdict: verdict as TestVerdict };
}

export function testSeries(database: string, region: string): string {
  return evidenceSeries(TESTS, database, region);
}

/** Where `inspect-database` keeps what it found in the restored instance: once a test. */
export function foundKey({ database, region, requested }: TestId): string {
  return evidenceKey(FOUND, database, region, requested, 'inspection');
}

/** Where it keeps why it could not look: once for each kind of reason and test. */
export function unableKey({ database, region, requested }: TestId, kind: string): string {
  return evidenceKey(UNABLE, database, region, requested, kind);
}

/** The record under `unableKey`. */
export interface UnableRecord {
  readonly schema: 'holdfast.inspection-unable/1';
  /** ISO 8601: when it was tried first. */
  readonly at: string;
  /** A `RefusalKind`, and what the server or the network said. */
  readonly kind: string;
  readonly why: string;
}

/** What the keys of `unableKey` of one test begin with. */
export function unablePrefix({ database, region, requested }: TestId): string {
  return `${evidenceSeries(UNABLE, database, region)}${formatInstant(requested)}-`;
}

export type TestVerdict = 'passed' | 'failed' | 'inconclusive';

/** What a restore test leaves as evidence. Its schema's number changes when a field's meaning does. Times are ISO 8601. */
export interface TestRecord {
  readonly schema: 'holdfast.restore-test/1';
  readonly installation: string;
  readonly database: string;
  readonly region: string;
  readonly requested: string;
  readonly at: string;
  /** `inconclusive`: the test came to nothing, by a fault that is not the backup's. */
  readonly verdict: TestVerdict;
  readonly why: string;
  /** How the snapshot was chosen: `the newest in us-west-2`. */
  readonly chosen: string;
  readonly snapshot: { readonly arn: string; readonly recoveryPoint: string | null };
  readonly instance: { readonly id: string; readonly class: string; readonly sizeGiB: number } | null;
  readonly checks: readonly Check[];
  /** Key of the inspection's own record; null where nobody could look. */
  readonly inspection: string | null;
  readonly times: RestoreTimes | null;
  /** REC-2: the promised recovery time, in seconds; null where its policy is not in the file any more. */
  readonly promisedSeconds: number | null;
  /** The tests before it in this region, whatever their verdict, that were looked into. */
  readonly earlier: { readonly tests: number; readonly medianSeconds: number } | null;
  /** When growth will break the promise; null where the tests are too few to tell. */
  readonly forecast: {
    readonly secondsPerDay: number;
    readonly breaksAt: string | null;
    readonly tests: number;
  } | null;
}

/** A moment by AWS's clock, and which of its words it was taken from. */
export interface Told {
  readonly at: Instant;
  readonly by: string;
}

/** Of a restore that was looked into. Seconds count from the moment that RDS was asked. */
export interface RestoreTimes {
  readonly asked: string;
  readonly available: string;
  /** Which of AWS's words `available` was taken from. */
  readonly availableBy: string;
  readonly looked: string;
  readonly seconds: {
    readonly available: number;
    /** To the answer of the first query. */
    readonly answered: number;
    /** To the last answer of the inspection. */
    readonly validated: number;
    /** Part of the two above: an available instance waited for the next tick of inspect-database. */
    readonly waited: number;
  };
}

/** What was found in a restored instance, as it was kept; null for what is none of the schema that we know. */
export function foundRecord(kept: unknown): InspectionRecord | null {
  const { schema, checks, seconds } = (kept ?? {}) as Partial<InspectionRecord>;
  const readable = schema === 'holdfast.inspection/1' && Array.isArray(checks) && seconds !== undefined;
  return readable ? (kept as InspectionRecord) : null;
}

/** A record as it was kept; null for what is none of this schema. */
export function testRecord(kept: unknown): TestRecord | null {
  const { schema } = (kept ?? {}) as Partial<TestRecord>;
  return schema === 'holdfast.restore-test/1' ? (kept as TestRecord) : null;
}

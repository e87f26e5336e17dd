import type { InspectionRecord } from '../../domain/inspection/record';
import type { Protection } from '../../domain/policy';
import { type TestRecord, testKey } from '../../domain/restore-test';
import { forecast, type Took } from '../../domain/restore-times';
import { TIERS } from '../../domain/retention';
import { DAY, type Duration, formatInstant, type Instant, parseInstant, SECOND } from '../../domain/time';
import type { Inspected, Promised, RestoreTested, RestoreTrend } from './compliance';

export function promised(protection: Protection): Promised {
  const { name, agreed, recovery, snapshots, retention, copies, pitr, keys } = protection;
  const seconds = (rule: { readonly every: Duration } | null) => (rule === null ? null : rule.every / SECOND);
  return {
    policy: name,
    agreed,
    pointSeconds: recovery.point / SECOND,
    timeSeconds: recovery.time / SECOND,
    everySeconds: snapshots.every / SECOND,
    retention: TIERS.filter((tier) => retention[tier] > 0)
      .map((tier) => `${retention[tier]} ${tier}`)
      .join(', '),
    copies: copies.map(({ region, point }) => ({ region, pointSeconds: point / SECOND })),
    pitr: pitr === null ? null : { days: pitr.retention / DAY, window: pitr.window },
    keyRotationSeconds: keys.rotateEvery / SECOND,
    restoreTestSeconds: seconds(protection.restoreTest),
    failoverDrillSeconds: seconds(protection.failoverDrill),
  };
}

export function restoreTested(record: TestRecord): RestoreTested {
  const { database, region, requested, verdict, why, times, promisedSeconds } = record;
  const id = { database, region, requested: parseInstant(requested) ?? 0 };
  return {
    region,
    requested,
    verdict,
    why,
    seconds: times?.seconds.validated ?? null,
    availableSeconds: times?.seconds.available ?? null,
    promisedSeconds,
    evidence: testKey(id, verdict),
  };
}

/** A line that breaks the promise later than this is not drawn up to there: the tests would be a dot at its foot. */
const DRAWN: Duration = 180 * DAY;

/** The straight line through the tests of each region that were looked into, by the domain's own forecast. */
export function trends(
  tests: readonly RestoreTested[],
  promiseSeconds: number,
  now: Instant,
): RestoreTrend[] {
  return [...new Set(tests.map(({ region }) => region))].flatMap((region): RestoreTrend[] => {
    const took = tests.flatMap((test): Took[] => {
      const at = parseInstant(test.requested);
      return test.region === region && test.seconds !== null && at !== null
        ? [{ at, took: test.seconds * SECOND }]
        : [];
    });
    const told = forecast(took, promiseSeconds * SECOND, now);
    if (told === null) return [];
    // Least squares lead through the middle of what they fit.
    const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    const middle = { at: mean(took.map(({ at }) => at)), took: mean(took.map((one) => one.took)) };
    const end = Math.max(now + 30 * DAY, Math.min(told.breaksAt ?? 0, now + DRAWN));
    const onLine = (at: Instant) => ({
      at: formatInstant(at),
      seconds: Math.max(0, Math.round((middle.took + told.perDay * ((at - middle.at) / DAY)) / SECOND)),
    });
    return [
      {
        region,
        tests: told.tests,
        secondsPerDay: told.perDay / SECOND,
        breaksAt: told.breaksAt === null ? null : formatInstant(told.breaksAt),
        line: [onLine(Math.min(...took.map(({ at }) => at))), onLine(end)],
      },
    ];
  });
}

/** @param evidence the key that the record is kept under */
export function inspected(record: InspectionRecord, evidence: string | null): Inspected {
  const { at, verdict, tenants, newestChange, server, checks } = record;
  return {
    at,
    verdict,
    tenants,
    newestChange,
    server: server?.version ?? null,
    sizeBytes: server?.sizeBytes ?? null,
    problems: checks.filter((check) => check.verdict !== 'passed').map(({ id, found }) => `${id}: ${found}`),
    evidence,
  };
}

import { type Check, few } from '../../shared/domain/inspection/check';
import type { InspectionRecord } from '../../shared/domain/inspection/record';
import { tookPlace } from '../../shared/domain/inspection/took-place';
import type { Policy, Protection } from '../../shared/domain/policy';
import {
  foundKey,
  type RestoreTimes,
  type TestRecord,
  type TestVerdict,
  type Told,
} from '../../shared/domain/restore-test';
import { forecast, median, type Took } from '../../shared/domain/restore-times';
import { TAG } from '../../shared/domain/tags';
import {
  type Duration,
  formatDuration,
  formatInstant,
  type Instant,
  parseInstant,
  SECOND,
} from '../../shared/domain/time';
import type { End, Standing } from './phase';

/** Of the tests before this one, so many count: growth is judged by the last half year of weekly tests. */
export const EARLIER = 26;

/** What a verdict is made from. */
export interface Grounds {
  readonly standing: Standing;
  readonly because: End;
  /** What inspect-database found; null where it could not look. */
  readonly found: InspectionRecord | null;
  /** When the instance first stood, by AWS's word; null where AWS says nothing of it. */
  readonly stood: Told | null;
  /** What was in the way, as it was kept: `unreachable: ...`. */
  readonly obstacles: readonly string[];
  readonly earlier: readonly TestRecord[];
}

/** The verdict of a test, with all that it rests on. Pure: the same grounds give the same record. */
export function judge(
  grounds: Grounds,
  protection: Protection | null,
  policy: Policy,
  now: Instant,
): TestRecord {
  const { standing, because, found, stood, obstacles, earlier } = grounds;
  const { test, held, instance } = standing;
  const tags = instance?.tags ?? {};
  const promise = protection?.recovery.time ?? null;
  const times =
    found === null
      ? null
      : timesOf(found, stood, parseInstant(tags[TAG.restoreAsked] ?? '') ?? test.requested);
  const checks = [
    ...(found?.checks ?? []),
    ...(times === null || promise === null ? [] : [inTime(times, promise)]),
  ];
  const history = earlier.flatMap(tookOf);
  const before = median(history.map(({ took }) => took));
  const all =
    times === null ? history : [...history, { at: test.requested, took: times.seconds.validated * SECOND }];
  const line = promise === null ? null : forecast(all, promise, now);
  const point = held?.recoveryPoint ?? parseInstant(tags[TAG.recoveryPoint] ?? '');
  return {
    schema: 'holdfast.restore-test/1',
    installation: policy.name,
    database: test.database,
    region: test.region,
    requested: formatInstant(test.requested),
    at: formatInstant(now),
    ...verdictOf(because, checks, obstacles),
    chosen: tags[TAG.chosen] ?? held?.tags[TAG.chosen] ?? 'unknown',
    snapshot: {
      arn: tags[TAG.testOf] ?? held?.arn ?? 'unknown',
      recoveryPoint: point === null ? null : formatInstant(point),
    },
    instance:
      instance === null ? null : { id: instance.id, class: instance.class, sizeGiB: instance.sizeGiB },
    checks,
    inspection: found === null ? null : foundKey(test),
    times,
    promisedSeconds: promise === null ? null : promise / SECOND,
    earlier: before === null ? null : { tests: history.length, medianSeconds: before / SECOND },
    forecast:
      line === null
        ? null
        : {
            secondsPerDay: line.perDay / SECOND,
            breaksAt: line.breaksAt === null ? null : formatInstant(line.breaksAt),
            tests: line.tests,
          },
  };
}

function verdictOf(
  because: End,
  checks: readonly Check[],
  obstacles: readonly string[],
): { verdict: TestVerdict; why: string } {
  switch (because.how) {
    case 'looked': {
      const failed = checks.filter(({ verdict }) => verdict === 'failed');
      const unknown = checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
      if (failed.length > 0) {
        return { verdict: 'failed', why: failed.map(({ id, found }) => `${id}: ${found}`).join('; ') };
      }
      const passed = checks.length - unknown.length;
      if (checks.every(({ id, verdict }) => id === IN_TIME || verdict !== 'passed')) {
        const why = 'what inspect-database left behind tells nothing: no check of it passed, and none failed';
        return { verdict: 'inconclusive', why };
      }
      const unjudged = unknown.length === 0 ? '' : `, not judged: ${few(unknown)}`;
      return { verdict: 'passed', why: `${passed} checks passed${unjudged}` };
    }
    case 'unrestorable':
      return { verdict: 'failed', why: [because.why, ...obstacles].join('; ') };
    case 'broken':
      return {
        verdict: 'inconclusive',
        why: [`${because.why}, which tells nothing of the backup`, ...obstacles].join('; '),
      };
    case 'gave-up': {
      const told = obstacles.length === 0 ? '' : `; ${obstacles.join('; ')}`;
      return {
        verdict: 'inconclusive',
        why: `given up while ${because.during}, after ${formatDuration(because.after)}${told}`,
      };
    }
  }
}

/** The one check that says nothing of what is inside. */
const IN_TIME = 'recovery.time';

/** REC-2: the whole way, waits for ticks included: nobody waits less at three in the morning. */
function inTime({ seconds }: RestoreTimes, promise: Duration): Check {
  const took = seconds.validated * SECOND;
  return {
    id: IN_TIME,
    requirement: 'REC-2',
    expectation: `restored and validated within ${formatDuration(promise)}`,
    verdict: took <= promise ? 'passed' : 'failed',
    found: `${formatDuration(took)}: available after ${formatDuration(seconds.available * SECOND)}, first answer after ${formatDuration(seconds.answered * SECOND)}`,
    subjects: [],
  };
}

/** Null where nobody got as far as a query. */
function timesOf(record: InspectionRecord, stood: Told | null, asked: Instant): RestoreTimes | null {
  const { server, seconds } = record;
  if (server === null) return null;
  const looked = lookedAt(record) ?? asked;
  // Where AWS says nothing, it stood at the latest when somebody looked into it.
  const { at: available, by } = stood ?? { at: looked, by: 'the first look into it' };
  const since = (instant: Instant) => Math.max(0, (instant - asked) / SECOND);
  return {
    asked: formatInstant(asked),
    available: formatInstant(available),
    availableBy: by,
    looked: formatInstant(looked),
    seconds: {
      available: since(available),
      answered: since(looked) + seconds.answered,
      validated: since(looked) + seconds.finished,
      waited: Math.max(0, (looked - available) / SECOND),
    },
  };
}

/** A tick that waited behind another run looked later than it was meant to: the server's clock knows. */
function lookedAt({ at, connected }: InspectionRecord): Instant | null {
  const meant = parseInstant(at);
  const met = parseInstant(connected ?? '');
  return meant === null || met === null ? meant : tookPlace(meant, met);
}

function tookOf({ requested, times }: TestRecord): Took[] {
  const at = parseInstant(requested);
  return at === null || times === null ? [] : [{ at, took: times.seconds.validated * SECOND }];
}

/** The verdict in one line, for the report: what a person on call reads first. */
export function told({ verdict, why, times, earlier, forecast: line, promisedSeconds }: TestRecord): string {
  const took =
    times === null
      ? ''
      : `; ${formatDuration(times.seconds.validated * SECOND)}${promisedSeconds === null ? '' : ` of ${formatDuration(promisedSeconds * SECOND)} promised`}`;
  const before =
    earlier === null
      ? ''
      : ` (${formatDuration(earlier.medianSeconds * SECOND)} in the middle of ${earlier.tests} before)`;
  const ahead =
    line?.breaksAt == null ? '' : `; at this growth the promise breaks on ${line.breaksAt.slice(0, 10)}`;
  return `${verdict}: ${why}${took}${before}${ahead}`;
}

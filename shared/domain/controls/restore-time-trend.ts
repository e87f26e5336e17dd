import type { TestPlace } from '../policy';
import { DAY, parseInstant } from '../time';
import { describe } from './command';
import { control } from './control';
import { day, inDays, lasting } from './figures';
import { type Finding, failed, given, passed, unknown } from './finding';
import { newestWithTimes, testsOf, testsStanding, turnBy } from './restore-tests-seen';
import { ofPlaces, type Selected } from './scope';
import type { Seen } from './seen';

/** A quarter is what it takes to move an ERP to a larger class or to archive what it holds. */
const AHEAD = 90 * DAY;

/** Four tests in one region, and one that came to nothing. */
const LINE_TAKES = 5;

export const restoreTimeTrend = control(
  {
    id: 'restore-time-trend',
    title: 'Growth does not break the promised recovery time within a quarter',
    requirements: ['REC-2'],
    severity: 'low',
    rationale:
      'Restores take longer as databases grow. A straight line through the tests of a region says when the promise will not be kept any more, while there is time to act.',
    remedy: {
      text: 'Plan a larger class for restores, keep less in the database, or agree on a longer recovery time',
    },
    runbook: 'functions/test-restore/README.md#what-the-figures-mean',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-2(2)', 'NIST 800-53 CP-6(2)', 'ISO 27001 A.8.6', 'SOC 2 A1.1'],
  },
  ofPlaces(
    ({ recovery }) => `restores stay below ${lasting(recovery.time)} (recovery.time) for 90 days and more`,
    judge,
  ),
);

function judge({ database, protection }: Selected, { region }: TestPlace, seen: Seen): Finding {
  return given(testsOf(seen, database.id), (tests) => {
    const forecast = newestWithTimes(tests, region)?.record.forecast ?? null;
    if (forecast === null)
      return unknown(
        `fewer than four tests over three weeks in ${region}: no line to draw`,
        testsStanding(seen),
        turnBy(tests, protection.restoreTest, LINE_TAKES),
      );
    const line = `by the line through ${forecast.tests} tests`;
    const breaksAt = parseInstant(forecast.breaksAt ?? '');
    if (breaksAt === null) return passed(`${line} the promise is kept for two years and more`);
    const pace = `${forecast.secondsPerDay} seconds a day`;
    const found = `${line}, which grow by ${pace}, the promise breaks ${inDays(breaksAt, seen.now)}, on ${day(breaksAt)}`;
    return breaksAt - seen.now > AHEAD
      ? passed(found)
      : failed(found, {
          cost: 'nothing yet: the promise is still kept',
          command: describe(database, '--query', 'DBInstances[].[DBInstanceClass,AllocatedStorage]'),
        });
  });
}

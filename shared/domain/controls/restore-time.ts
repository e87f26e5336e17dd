import type { TestPlace } from '../policy';
import { MINUTE, SECOND } from '../time';
import { invoke } from './command';
import { control } from './control';
import { inMinutes, lasting } from './figures';
import { type Finding, given, unknown, within } from './finding';
import { newestWithTimes, testsOf, testsStanding, turnBy } from './restore-tests-seen';
import { ofPlaces, type Selected } from './scope';
import type { Seen } from './seen';

export const restoreTime = control(
  {
    id: 'restore-time',
    title: 'A restore takes no longer than promised',
    requirements: ['REC-2', 'DR-7'],
    severity: 'high',
    rationale:
      'The promised recovery time is held against what the newest restore test in each region took, from asking RDS to the last answer of the inspection. That RDS calls an instance available says less: its data is loaded when it is first read.',
    remedy: {
      text: 'Restore into a larger class, keep less in the database, or agree on a longer recovery time',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-test-restore --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE","region":"REGION"}\' /dev/stdout',
    },
    runbook: 'functions/test-restore/README.md#what-the-figures-mean',
    pass: 'daily',
    frameworks: [
      'NIST 800-53 CP-6(2)',
      'NIST 800-53 CP-10',
      'NIST 800-53 CP-10(4)',
      'ISO 27001 A.5.30',
      'SOC 2 A1.3',
    ],
  },
  ofPlaces(({ recovery }) => `no longer than ${lasting(recovery.time)} (recovery.time)`, judge),
);

function judge({ database, protection }: Selected, { region }: TestPlace, seen: Seen): Finding {
  return given(testsOf(seen, database.id), (tests) => {
    const newest = newestWithTimes(tests, region);
    if (newest === null)
      return unknown(
        `no restore in ${region} has been looked into yet`,
        testsStanding(seen),
        turnBy(tests, protection.restoreTest),
      );
    const took = newest.times.seconds.validated * SECOND;
    const promise = protection.recovery.time;
    const found = `the newest restore in ${region} took ${lasting(Math.max(took, MINUTE))}; the promise is ${lasting(promise)}`;
    return within(took <= promise, found, inMinutes(took), {
      cost: `service is back ${lasting(took - promise)} later than promised, if the instance is lost now`,
      command: invoke(seen, 'test-restore', { database: database.id, region }),
    });
  });
}

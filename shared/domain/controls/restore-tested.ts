import { newestFirst } from '../snapshot';
import { DAY, type Duration } from '../time';
import { invoke } from './command';
import { control } from './control';
import { lasting } from './figures';
import { type Finding, failed, passed, unknown } from './finding';
import { graceOf, roundOf, type Test, testsOf, testsStanding } from './restore-tests-seen';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';
import { ownSnapshots } from './snapshots-seen';

export const restoreTested = control(
  {
    id: 'restore-tested',
    title: 'A backup was restored, looked into and found whole, as often as promised',
    requirements: ['DR-7'],
    severity: 'high',
    rationale:
      'A backup counts only once it has been restored and looked into. A test that came to nothing by a fault of its own is no pass, and no failure of the backup either.',
    remedy: {
      text: 'Read the verdict and what was found; then begin a test by hand',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-test-restore --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE","region":"REGION"}\' /dev/stdout',
    },
    runbook: 'functions/test-restore/README.md#alarm-test-restore-not-passed',
    pass: 'daily',
    frameworks: [
      'NIST 800-53 CP-4',
      'NIST 800-53 CP-9(1)',
      'NIST 800-53 CP-10',
      'ISO 27001 A.5.30',
      'ISO 27001 A.8.13',
      'SOC 2 A1.3',
    ],
  },
  ofDatabases(
    ({ restoreTest }) =>
      restoreTest === null
        ? null
        : `the newest test passed, in each region that tests were in, and is no older than ${lasting(restoreTest.every)} (restoreTest.every)`,
    judge,
  ),
);

function judge(one: Selected, seen: Seen): Finding {
  const { database, protection } = one;
  const part = testsOf(seen, database.id);
  const rules = protection.restoreTest;
  if ('unseen' in part || rules === null)
    return unknown('unseen' in part ? part.unseen : 'no restore test is promised');
  const { every, places } = rules;
  const most = every + graceOf(rules);
  const testing = (region?: string) =>
    invoke(seen, 'test-restore', {
      database: database.id,
      ...(region === undefined ? { start: true } : { region }),
    });
  const command = testing();
  // What was tested where nothing is tested any more is history.
  const tests = part.seen.filter(({ record }) => places.some(({ region }) => region === record.region));
  const pass = tests.find((test) => test.record.verdict === 'passed');
  const newest = newestInEach(tests);
  const bad = newest.filter(({ record }) => record.verdict === 'failed');
  if (bad.length > 0) {
    const words = bad.map(
      (test) => `the test of ${told(test, seen)} in ${test.record.region} failed: ${test.record.why}`,
    );
    return failed(words.join('; '), {
      cost: `nobody knows whether the backups in ${regionsOf(bad)} can be restored`,
      command: testing(bad[0]?.record.region),
    });
  }
  if (pass === undefined) return never(one, most, tests.length, seen, command);
  const age = seen.now - pass.requested;
  const found = `the newest test that passed, in ${pass.record.region}, was asked for ${told(pass, seen)}`;
  const measure = { value: Math.max(0, Math.ceil(age / DAY)), unit: 'days' };
  const passedOver = newest.filter((test) => seen.now - test.requested > roundOf(rules));
  if (age <= most && passedOver.length > 0) {
    const words = passedOver.map((test) => `the newest in ${test.record.region} was ${told(test, seen)}`);
    return failed(`${found}, but ${words.join('; ')}: its turn comes within ${lasting(roundOf(rules))}`, {
      cost: `nobody knows whether the backups in ${regionsOf(passedOver)} can be restored`,
      command: testing(passedOver[0]?.record.region),
    });
  }
  if (age <= most) return passed(found, measure);
  return failed(`${found}; the promise is ${lasting(every)}`, {
    cost: 'nobody knows whether the backups since then can be restored',
    command,
    measure,
  });
}

/**
 * The newest verdict in each region: tests take turns between home and the copies, so that a pass at home would hide, a
 * week later, that the copies are bad.
 */
function newestInEach(tests: readonly Test[]): Test[] {
  const verdicts = tests.filter(({ record }) => record.verdict !== 'inconclusive');
  return [...new Set(verdicts.map(({ record }) => record.region))].flatMap(
    (region) => verdicts.find(({ record }) => record.region === region) ?? [],
  );
}

/** None yet is no failure before one period has gone by since there was something to test. */
function never({ database }: Selected, most: Duration, tried: number, seen: Seen, command: string): Finding {
  const part = ownSnapshots(seen, seen.policy.home, database);
  if ('unseen' in part) return unknown(`no test has passed yet, and ${part.unseen}`);
  const first = [...part.seen]
    .filter(({ recoveryPoint }) => recoveryPoint !== null)
    .sort(newestFirst)
    .at(-1);
  if (first?.recoveryPoint == null)
    return unknown(
      'there is no backup yet to be tested',
      invoke(seen, 'create-snapshot', { database: database.id }),
    );
  const age = seen.now - first.recoveryPoint;
  const found = `no test has passed yet${tried > 0 ? `, ${tried} came to nothing` : ''}; the first backup is ${lasting(age)} old`;
  return age <= most
    ? unknown(found, testsStanding(seen))
    : failed(found, { cost: 'nobody knows whether the backups can be restored', command });
}

function regionsOf(tests: readonly Test[]): string {
  return tests.map(({ record }) => record.region).join(' and ');
}

function told({ requested }: Test, { now }: Seen): string {
  return `${lasting(now - requested)} ago`;
}

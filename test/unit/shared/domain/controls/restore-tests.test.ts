import type { Part } from '../../../../../shared/domain/controls/part';
import { restoreTested } from '../../../../../shared/domain/controls/restore-tested';
import { restoreTime } from '../../../../../shared/domain/controls/restore-time';
import { restoreTimeTrend } from '../../../../../shared/domain/controls/restore-time-trend';
import type { TestRecord } from '../../../../../shared/domain/restore-test';
import { DAY, formatInstant, HOUR, SECOND } from '../../../../../shared/domain/time';
import { AWAY, HOME, slotSnapshot } from '../../../../support/builders';
import { complete, judged, NOW, restored, seen } from '../../../../support/seen';

const world = (tests: Part<readonly TestRecord[]> | undefined, home = seen()) => ({
  ...home,
  restoreTests: new Map(tests === undefined ? [] : [['qrosity-db', tests]]),
});
const tested = (...tests: TestRecord[]) => judged(restoreTested, world({ seen: tests }));
// A week, a day for one that came to nothing, and 8 hours until one is given up.
const MOST = 7 * DAY + DAY + 8 * HOUR;

describe('the newest restore test', () => {
  it('passes up to a period and what a test may last, and fails a second later', () => {
    expect(tested(restored({ asked: NOW - MOST }))).toMatchObject({
      verdict: 'passed',
      expected:
        'the newest test passed, in each region that tests were in, and is no older than 7d (restoreTest.every)',
    });
    expect(tested(restored({ asked: NOW - MOST - SECOND }))).toMatchObject({
      verdict: 'failed',
      found: 'the newest test that passed, in us-east-1, was asked for 8d9h ago; the promise is 7d',
      measure: { value: 9, unit: 'days' },
      command: expect.stringContaining(`'{"database":"qrosity-db","start":true}'`),
    });
  });

  it('fails at once where the newest verdict is that the backup is bad, in whichever region', () => {
    const bad = restored({ asked: NOW - HOUR, region: AWAY, verdict: 'failed', why: 'tenant_x is missing' });
    expect(tested(restored(), bad)).toMatchObject({
      verdict: 'failed',
      found: 'the test of 60 minutes ago in us-west-2 failed: tenant_x is missing',
      cost: 'nobody knows whether the backups in us-west-2 can be restored',
    });
  });

  it('is not made good by a later pass in another region', () => {
    const bad = restored({
      asked: NOW - 2 * DAY,
      region: AWAY,
      verdict: 'failed',
      why: 'tenant_x is missing',
    });
    const atHome = restored({ asked: NOW - DAY });
    expect(tested(atHome, bad)).toMatchObject({ verdict: 'failed', found: expect.stringContaining(AWAY) });
    expect(tested(restored({ asked: NOW - HOUR, region: AWAY }), atHome, bad).verdict).toBe('passed');
  });

  it('is history where nothing is tested any more', () => {
    const bad = restored({ asked: NOW - 30 * DAY, region: 'eu-west-1', verdict: 'failed' });
    expect(tested(restored(), bad).verdict).toBe('passed');
  });

  it('leads to a test in the very region that is in doubt', () => {
    const bad = restored({ asked: NOW - HOUR, region: AWAY, verdict: 'failed' });
    expect(tested(restored(), bad).command).toContain(`'{"database":"qrosity-db","region":"${AWAY}"}'`);
  });

  // Three turns of a week for two places, a day for one that came to nothing, 8 hours until one is given up.
  it('fails where a region has not had its turn, whatever passed elsewhere', () => {
    const long = 3 * 7 * DAY + DAY + 8 * HOUR;
    const away = (age: number) => tested(restored(), restored({ asked: NOW - age, region: AWAY }));
    expect(away(long).verdict).toBe('passed');
    expect(away(long + SECOND)).toMatchObject({
      verdict: 'failed',
      found: expect.stringMatching(
        /but the newest in us-west-2 was 22d\d+h ago: its turn comes within 22d8h$/,
      ),
      command: expect.stringContaining(`"region":"${AWAY}"`),
    });
  });

  it('takes a later pass for what it is', () => {
    const bad = restored({ asked: NOW - 2 * DAY, verdict: 'failed' });
    expect(tested(restored({ asked: NOW - DAY }), bad).verdict).toBe('passed');
  });

  it('takes one that came to nothing for neither', () => {
    const nothing = restored({ asked: NOW - HOUR, verdict: 'inconclusive' });
    expect(tested(restored(), nothing).verdict).toBe('passed');
    expect(tested(restored({ asked: NOW - MOST - DAY }), nothing).verdict).toBe('failed');
  });

  it('is missed only once a period has gone by since the first backup', () => {
    const since = (age: number) => seen({ home: [slotSnapshot(NOW - HOUR, { recoveryPoint: NOW - age })] });
    expect(judged(restoreTested, world({ seen: [] }, since(MOST)))).toMatchObject({
      verdict: 'unknown',
      found: 'no test has passed yet; the first backup is 8d8h old',
    });
    const nothing = restored({ verdict: 'inconclusive' });
    expect(judged(restoreTested, world({ seen: [nothing] }, since(MOST + SECOND)))).toMatchObject({
      verdict: 'failed',
      found: 'no test has passed yet, 1 came to nothing; the first backup is 8d9h old',
    });
    expect(judged(restoreTested, world({ seen: [] }, seen({ home: [] }))).verdict).toBe('unknown');
  });

  it.each([
    ['the record was not looked at', undefined, 'the record of restore tests was not looked at'],
    ['the store did not answer', { unseen: 'S3: denied' }, 'S3: denied'],
  ])('is unknown where %s', (_, tests, found) => {
    expect(judged(restoreTested, world(tests))).toMatchObject({ verdict: 'unknown', found });
  });

  it('is not spoken of where none is promised', () => {
    expect(restoreTested.judge(seen({}, { policy: complete({ restoreTest: null }) }))).toEqual([]);
  });
});

describe('the time of a restore', () => {
  const judge = (region: string, ...tests: TestRecord[]) =>
    judged(restoreTime, world({ seen: tests }), { region });

  it('is within the promise on the very second, and too long a second later', () => {
    expect(judge(HOME, restored({ took: 4 * HOUR }))).toMatchObject({
      verdict: 'passed',
      found: 'the newest restore in us-east-1 took 240 minutes; the promise is 240 minutes',
      measure: { value: 240, unit: 'minutes' },
    });
    expect(judge(HOME, restored({ took: 4 * HOUR + SECOND }))).toMatchObject({
      verdict: 'failed',
      cost: 'service is back 1 minute later than promised, if the instance is lost now',
    });
  });

  it('is that of the newest test in the region, whatever its verdict', () => {
    const slow = restored({ asked: NOW - HOUR, took: 5 * HOUR, verdict: 'failed' });
    expect(judge(HOME, restored(), slow).verdict).toBe('failed');
    expect(judge(AWAY, restored({ region: AWAY }), slow).verdict).toBe('passed');
  });

  it('is unknown in a region where nothing has been looked into', () => {
    expect(judge(AWAY, restored(), restored({ region: AWAY, times: null }))).toMatchObject({
      verdict: 'unknown',
      found: 'no restore in us-west-2 has been looked into yet',
    });
    expect(judged(restoreTime, world({ unseen: 'denied' }), { region: HOME }).verdict).toBe('unknown');
  });

  // Three turns of a week, a day and 8 hours after the first test anywhere; a line takes five rounds of that.
  it('is not awaited before each region has had its turn, nor a line before there can be four tests', () => {
    const [first, round] = [NOW - 3 * DAY, 3 * 7 * DAY + DAY + 8 * HOUR];
    const tests = world({ seen: [restored({ asked: NOW - DAY }), restored({ asked: first })] });
    expect(judged(restoreTime, tests, { region: AWAY }).awaited).toBe(first + round);
    expect(judged(restoreTimeTrend, tests, { region: AWAY }).awaited).toBe(first + 5 * round);
    expect(judged(restoreTime, world({ seen: [] }), { region: AWAY }).awaited).toBeUndefined();
  });
});

describe('the growth of restore times', () => {
  const judge = (forecast: TestRecord['forecast']) =>
    judged(restoreTimeTrend, world({ seen: [restored({ forecast })] }), { region: HOME });
  const breaking = (after: number) => ({ secondsPerDay: 40, breaksAt: formatInstant(NOW + after), tests: 6 });

  it('warns a quarter ahead', () => {
    expect(judge(breaking(90 * DAY + SECOND)).verdict).toBe('passed');
    expect(judge(breaking(90 * DAY))).toMatchObject({
      verdict: 'failed',
      found:
        'by the line through 6 tests, which grow by 40 seconds a day, the promise breaks in 90 days, on 2026-06-08',
    });
  });

  it('passes where no end is in sight, and is unknown while there is no line', () => {
    expect(judge({ secondsPerDay: 0, breaksAt: null, tests: 4 }).verdict).toBe('passed');
    expect(judge(null).verdict).toBe('unknown');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { matches, reachesHome, readTriggers, timesOf } from '../../local/schedules';
import { at } from '../support/builders';

it.each([
  ['cron(0/10 * * * ? *)', '2026-03-01 09:00', '2026-03-01 09:10'],
  ['cron(0/10 * * * ? *)', '2026-03-01 23:59:59.999', '2026-03-02 00:00'],
  ['cron(5 * * * ? *)', '2024-02-29 23:05', '2024-03-01 00:05'],
  ['cron(0 3 ? * 1 *)', '2026-03-02 00:00', '2026-03-08 03:00'],
  ['rate(10 minutes)', '2026-03-01 09:00', '2026-03-01 09:10'],
  ['rate(1 hour)', '2026-03-01 09:01', '2026-03-01 10:00'],
])('%s after %s comes at %s', (expression, after, next) => {
  expect(timesOf(expression)(at(after))).toBe(at(next));
});

it('answers the same whatever it was asked before', () => {
  const next = timesOf('cron(0/10 * * * ? *)');
  const asked = ['09:05', '09:00', '09:09:59', '09:10', '08:59:59', '09:05'];
  expect(asked.map((time) => next(at(`2026-03-01 ${time}`)))).toEqual(
    ['09:10', '09:10', '09:10', '09:20', '09:00', '09:10'].map((time) => at(`2026-03-01 ${time}`)),
  );
});

it.each(['every 10 minutes', 'rate(ten minutes)', 'cron(* *)'])('refuses %s', (expression) => {
  expect(() => timesOf(expression)).toThrow();
});

it('matches events as EventBridge does, by exact values', () => {
  const pattern = { source: ['aws.rds'], detail: { EventID: ['RDS-EVENT-0042', 'RDS-EVENT-0091'] } };
  expect(matches(pattern, { source: 'aws.rds', detail: { EventID: 'RDS-EVENT-0042' } })).toBe(true);
  expect(matches(pattern, { source: 'aws.rds', detail: { EventID: 'RDS-EVENT-0040' } })).toBe(false);
  expect(matches(pattern, { source: 'aws.rds' })).toBe(false);
  expect(() => matches({ source: [{ prefix: 'aws' }] }, { source: 'aws.rds' })).toThrow('only exact values');
});

describe('an event of another region', () => {
  const reaches = reachesHome('us-east-1', resolve(__dirname, '..', '..', 'deploy', 'copy-region.yml'));
  const trail = (eventName: string, region: string) => ({
    region,
    source: 'aws.kms',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventSource: 'kms.amazonaws.com', eventName },
  });

  it('reaches home when the stack of the copy region passes it on', () => {
    expect(reaches(trail('ScheduleKeyDeletion', 'us-west-2'))).toBe(true);
    expect(reaches(trail('CreateKey', 'us-west-2'))).toBe(false);
    expect(reaches(trail('CreateKey', 'us-east-1'))).toBe(true);
  });

  it('stays there when it is of RDS: nobody passes that on', () => {
    const created = { region: 'us-west-2', source: 'aws.rds', detail: { EventID: 'RDS-EVENT-0042' } };
    expect(reaches(created)).toBe(false);
    expect(reaches({ ...created, region: 'us-east-1' })).toBe(true);
  });
});

describe('the triggers of a function', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-triggers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function read(events: string) {
    const file = join(folder, 'serverless.yml');
    writeFileSync(file, `functions:\n  look:\n    events:\n${events}`);
    return readTriggers(file);
  }

  it('can be two schedules, each with its own input', () => {
    const { schedules } = read(`
      - schedule: { method: scheduler, rate: cron(45 5 * * ? *), input: { time: <aws.scheduler.scheduled-time> } }
      - schedule:
          method: scheduler
          rate: [cron(0/5 * * * ? *)]
          input: { time: <aws.scheduler.scheduled-time>, restored: true }
`);
    const now = at('2026-03-01 05:42');
    expect(schedules.map(({ function: name, next, event }) => [name, event(next(now))])).toEqual([
      ['look', { time: '2026-03-01T05:45:00Z' }],
      ['look', { time: '2026-03-01T05:45:00Z', restored: true }],
    ]);
  });

  const event = { source: 'aws.rds', time: '2026-03-01T09:00:01Z', detail: { SourceIdentifier: 'one' } };
  const rule = (input: string) => {
    const [found] = read(`      - eventBridge: { pattern: { source: [aws.rds] }, ${input} }\n`).rules;
    if (found === undefined) throw new Error('no rule');
    return found;
  };

  it.each([
    ['the event itself', '', event],
    ['a constant', 'input: { restored: true }', { restored: true }],
    [
      'parts of the event in a template',
      `inputTransformer: { inputPathsMap: { at: $.time, id: $.detail.SourceIdentifier, no: $.detail.No.thing }, inputTemplate: '{"time": <at>, "id": "<id>", "no": <no>, "restored": true}' }`,
      { time: '2026-03-01T09:00:01Z', id: 'one', no: null, restored: true },
    ],
  ])('can be a rule that hands on %s', (_, input, expected) => {
    const { matches: hit, event: handed } = rule(input);
    expect(hit(event)).toBe(true);
    expect(handed(event)).toEqual(expected);
  });

  it.each([
    ['inputPath: $.detail', 'inputPath'],
    [`inputTransformer: { inputTemplate: '{"time": <at>}' }`, 'no path for <at>'],
    [
      `inputTransformer: { inputPathsMap: { at: "$.x[0]" }, inputTemplate: '{"time": <at>}' }`,
      'only $.field',
    ],
  ])('is refused where it is not known here: %s', (input, message) => {
    expect(() => rule(input).event(event)).toThrow(message);
  });

  it('of this repository are all known here', () => {
    const { schedules, rules } = readTriggers(resolve(__dirname, '..', '..', 'serverless.yml'));
    expect(schedules.length).toBeGreaterThan(3);
    expect(rules.length).toBeGreaterThan(1);
  });
});

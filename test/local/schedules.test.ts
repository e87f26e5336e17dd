import { resolve } from 'node:path';
import { matches, reachesHome, timesOf } from '../../local/schedules';
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

import { matches, timesOf } from '../../local/schedules';
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

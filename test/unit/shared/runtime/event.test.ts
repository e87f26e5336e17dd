import * as z from 'zod/mini';
import {
  commonFields,
  durationField,
  parseEvent,
  shareField,
  textField,
} from '../../../../shared/runtime/event';
import { at } from '../../../support/builders';

const schema = z.strictObject({
  ...commonFields,
  keep: z.optional(durationField),
  reason: z.optional(textField),
  share: z.optional(shareField),
});
const message = (event: unknown) => {
  try {
    parseEvent(schema, event);
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

it('takes the time that the schedule sends', () => {
  expect(parseEvent(schema, { time: '2026-03-01T09:00:00Z' })).toEqual({ time: at('2026-03-01 09:00') });
});

it('takes from an event of EventBridge nothing but its time', () => {
  const event = {
    version: '0',
    id: 'x',
    source: 'aws.rds',
    'detail-type': 'RDS DB Snapshot Event',
    time: '2026-03-01T09:03:20Z',
    detail: { EventID: 'RDS-EVENT-0042' },
  };
  expect(parseEvent(schema, event)).toEqual({ time: at('2026-03-01 09:03:20') });
});

it('takes no field of the envelope for a wish, whatever a function calls its own', () => {
  const regional = z.strictObject({ ...commonFields, region: z.optional(textField) });
  const event = {
    source: 'aws.rds',
    'detail-type': 'RDS DB Instance Event',
    time: '2026-03-01T09:03:20Z',
    region: 'us-west-2',
  };
  expect(parseEvent(regional, event)).toEqual({ time: at('2026-03-01 09:03:20') });
  expect(() => parseEvent(regional, { ...event, database: 'qrosity-db' })).toThrow('not heeded');
});

it.each([[undefined], [null], [{}]])('runs as scheduled on %j', (event) => {
  expect(parseEvent(schema, event)).toEqual({});
});

it.each([
  [
    { databse: 'x' },
    'invalid event: databse: unknown key (hint: this function knows time, dryRun, database, keep, reason, share)',
  ],
  [
    { keep: '7 days' },
    'invalid event: keep: "7 days" is not a duration (hint: a whole number and s, m, h or d, as in 45m, 1h or 7d)',
  ],
  [
    { keep: '' },
    'invalid event: keep: "" is not a duration (hint: a whole number and s, m, h or d, as in 45m, 1h or 7d)',
  ],
  [{ reason: '  ' }, 'invalid event: reason: "  " is blank (hint: give a text, or leave the field out)'],
  [{ dryRun: 'yes' }, 'invalid event: dryRun: "yes" is neither true nor false (hint: without quotes)'],
  [
    { time: 'now' },
    'invalid event: time: "now" is not an ISO 8601 instant (hint: as in 2026-03-01T09:00:00Z)',
  ],
  [
    { share: '150%' },
    'invalid event: share: "150%" is not a share (hint: a whole percentage in quotes, from 0% to 100%, as in "60%")',
  ],
  [{ keep: '', share: 1 }, expect.stringMatching(/keep: "" is not a duration.*; share: 1 /)],
  [
    { keep: 7 },
    'invalid event: keep: 7 is not a duration (hint: a whole number and s, m, h or d, as in 45m, 1h or 7d)',
  ],
  [
    { time: 1772355600000 },
    'invalid event: time: 1772355600000 is not an ISO 8601 instant (hint: as in 2026-03-01T09:00:00Z)',
  ],
  [{ database: { id: 'x' } }, 'invalid event: database: {"id":"x"} is not a text (hint: put it in quotes)'],
  [
    { source: 'aws.rds', 'detail-type': 'x', time: '2026-03-01T09:00:00Z', dryRun: true },
    'invalid event: dryRun: not heeded in an event of EventBridge (hint: send {"dryRun":true} alone)',
  ],
  ['now', 'invalid event: "now" is not an object (hint: send {} to run as scheduled)'],
  [[], 'invalid event: [] is not an object (hint: send {} to run as scheduled)'],
])('says of %j what is wrong and the way out', (event, text) => {
  expect(message(event)).toEqual(text);
});

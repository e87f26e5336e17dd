import type {
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { WireError } from '../../wire/service';
import type { CloudEvent } from '../events';
import type { Publisher } from './publisher';

const MOST_ENTRIES = 10;

/** "The total entry size must be less than 1MB" (EventBridge: PutEvents); older pages have 256 KB. */
const SIZE_END = 1_048_576;

/**
 * Each entry is judged by itself, and one that is not right fails alone: the call succeeds. The API reference has a call
 * refused when none of its entries is complete; answers recorded from AWS show it succeed, with every entry failed.
 */
export function putEvents(
  publisher: Publisher,
  { Entries: entries = [], EndpointId }: PutEventsRequest,
): PutEventsResponse {
  if (EndpointId !== undefined) throw new WireError('NotImplemented', 'EndpointId is not spoken here', 501);
  if (entries.length === 0) throw wrongLength('greater than or equal to 1');
  if (entries.length > MOST_ENTRIES) throw wrongLength(`less than or equal to ${MOST_ENTRIES}`);
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) >= SIZE_END) {
    throw new WireError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const results = entries.map((entry) => failureOf(entry) ?? { EventId: put(publisher, entry) });
  return {
    FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    Entries: results,
  };
}

function wrongLength(bound: string): WireError {
  return new WireError(
    'ValidationException',
    `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

/** EventBridge's own sum: 14 bytes for a time, and all that is text (EventBridge: calculating entry size). */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsRequestEntry) {
  return (
    (Time === undefined ? 0 : 14) +
    [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  );
}

function failureOf(entry: PutEventsRequestEntry): PutEventsResultEntry | null {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) return argument(name, `${name} is a required argument.`);
  }
  const { Source = '', DetailType = '', Detail = '' } = entry;
  if (/^aws\./i.test(Source)) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
  }
  if (DetailType.length > 128) return argument('DetailType', 'DetailType has more than 128 characters.');
  if (objectIn(Detail) === null) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  return null;
}

function argument(name: string, reason: string): PutEventsResultEntry {
  return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${reason}` };
}

function objectIn(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** An event for a bus that is not there gets an id as well, and goes nowhere. There is only the default bus. */
function put(
  publisher: Publisher,
  { Time, Source = '', DetailType = '', Detail = '', Resources = [], EventBusName }: PutEventsRequestEntry,
): string {
  const { account, region } = publisher.place;
  const event: CloudEvent = {
    version: '0',
    id: publisher.newId(),
    'detail-type': DetailType,
    source: Source,
    account,
    time: `${(Time ?? new Date(publisher.now())).toISOString().slice(0, 19)}Z`,
    region,
    resources: Resources,
    detail: objectIn(Detail) ?? {},
  };
  const bus = `arn:aws:events:${region}:${account}:event-bus/default`;
  if ([undefined, 'default', bus].includes(EventBusName)) publisher.send(event);
  return event.id;
}

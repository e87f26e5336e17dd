import type {
  PublishBatchInput,
  PublishBatchResponse,
  PublishInput,
  PublishResponse,
} from '@aws-sdk/client-sns';
import { WireError } from '../../wire/service';
import { deliver } from './deliver';
import { type Message, readMessage, type Said, sizeOf } from './message';
import type { Publication } from './outbox';
import { invalid, unspoken } from './refusals';
import { found, sizeLimit, type Topic, type TopicStore } from './topic';

/** To a topic, which may be named as the target as well; phones and apps are not known here. */
export function publish(store: TopicStore, input: PublishInput): PublishResponse {
  if (input.PhoneNumber !== undefined) throw unspoken('PhoneNumber');
  const arn = input.TopicArn ?? input.TargetArn;
  if (arn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  const topic = found(store, arn);
  const message = readMessage(topic, input);
  mustEncrypt(store, topic);
  return { MessageId: send(store, topic, message, input) };
}

const MOST_ENTRIES = 10;

/** One entry that is not right has the whole batch refused; none of it is sent then. */
export function publishBatch(
  store: TopicStore,
  { TopicArn, PublishBatchRequestEntries: entries = [] }: PublishBatchInput,
): PublishBatchResponse {
  const topic = found(store, TopicArn);
  if (entries.length === 0) {
    throw new WireError('EmptyBatchRequest', 'The batch request does not contain any entries.');
  }
  if (entries.length > MOST_ENTRIES) {
    throw new WireError(
      'TooManyEntriesInBatchRequest',
      'The batch request contains more entries than permissible.',
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new WireError(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
  for (const { Id = '' } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) {
      throw new WireError('InvalidBatchEntryId', `The Id of a batch entry is not permissible: ${Id}`);
    }
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > sizeLimit(topic)) {
    throw new WireError(
      'BatchRequestTooLong',
      'The length of all the messages put together is more than the limit.',
    );
  }
  const messages = entries.map((entry) => ({ entry, message: readMessage(topic, entry) }));
  mustEncrypt(store, topic);
  return {
    Successful: messages.map(({ entry, message }) => ({
      Id: entry.Id,
      MessageId: send(store, topic, message, entry),
    })),
    Failed: [],
  };
}

/**
 * A topic with a key needs it for every message. AWS holds a data key for up to 5 minutes and may still take for so long
 * what is refused here; nobody can count on it.
 */
function mustEncrypt({ keys }: TopicStore, { attributes }: Topic): void {
  const reference = attributes.get('KmsMasterKeyId');
  if (reference === undefined) return;
  const key = keys.find(reference);
  if (key === null) throw new WireError('KMSNotFound', `Key '${reference}' does not exist`);
  if (key.state === 'Disabled') throw new WireError('KMSDisabled', `${key.arn} is disabled.`);
  if (key.state !== 'Enabled') throw new WireError('KMSInvalidState', `${key.arn} is ${key.state}.`);
}

function send(store: TopicStore, topic: Topic, message: Message, { Message: text = '' }: Said): string {
  const sent: Publication = {
    at: store.keys.world.clock.now(),
    id: store.newId('message'),
    topic: topic.arn,
    subject: message.subject,
    message: text,
    attributes: message.attributes,
  };
  store.outbox.published.push(sent);
  for (const subscription of topic.subscriptions.values()) {
    store.outbox.deliveries.push(deliver(subscription, message, sent));
  }
  return sent.id;
}

import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import { passes } from './filter-policy';
import type { Message } from './message';
import type { Delivery, Publication } from './outbox';
import { isRaw, type Subscription } from './subscription';

/** Above this a queue that takes messages raw gets none of it, and nobody is told (SNS: message attributes). */
const MOST_RAW_ATTRIBUTES = 10;

/** How one subscriber gets a message. It arrives at once; a footer of mails and the signatures are left out. */
export function deliver(subscription: Subscription, message: Message, sent: Publication): Delivery {
  const { protocol, endpoint, policy, token } = subscription;
  const names = Object.keys(message.attributes);
  const rawToQueue = protocol === 'sqs' && isRaw(subscription);
  const { at, id, topic } = sent;
  const nothing = {
    at,
    id,
    topic,
    subscription: subscription.arn,
    protocol,
    endpoint,
    subject: null,
    body: null,
    attributes: {},
  };
  if (token !== null) return { ...nothing, outcome: 'unconfirmed' };
  if (policy !== null && !passes(policy, message.values)) return { ...nothing, outcome: 'filtered' };
  if (rawToQueue && names.length > MOST_RAW_ATTRIBUTES) return { ...nothing, outcome: 'discarded' };
  return {
    ...nothing,
    outcome: 'delivered',
    subject: protocol === 'email' ? (message.subject ?? 'AWS Notification Message') : null,
    body: bodyFor(subscription, message, sent),
    attributes: rawToQueue ? carried(message) : {},
  };
}

/** "Message attributes are sent only when the message structure is String, not JSON"; filters see them all the same. */
function carried({ structured, attributes }: Message): Message['attributes'] {
  return structured ? {} : attributes;
}

function bodyFor(subscription: Subscription, message: Message, sent: Publication): string {
  const { protocol } = subscription;
  const text = message.textFor(protocol);
  if (protocol === 'email' || isRaw(subscription)) return text;
  const envelope = {
    Type: 'Notification',
    MessageId: sent.id,
    TopicArn: sent.topic,
    Message: text,
    Timestamp: new Date(sent.at).toISOString(),
  };
  const attributes = Object.entries(carried(message)).map(([name, value]) => [name, told(value)]);
  if (protocol === 'lambda') {
    const Sns = {
      ...envelope,
      Subject: message.subject,
      MessageAttributes: Object.fromEntries(attributes),
    };
    const record = {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: subscription.arn,
      Sns,
    };
    return JSON.stringify({ Records: [record] });
  }
  return JSON.stringify({
    ...envelope,
    ...(message.subject !== null && { Subject: message.subject }),
    ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) }),
  });
}

function told({ DataType, StringValue, BinaryValue }: MessageAttributeValue) {
  const bytes = BinaryValue === undefined ? undefined : Buffer.from(BinaryValue).toString('base64');
  return { Type: DataType, Value: StringValue ?? bytes };
}

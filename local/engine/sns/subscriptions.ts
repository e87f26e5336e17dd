import type {
  ConfirmSubscriptionInput,
  ConfirmSubscriptionResponse,
  GetSubscriptionAttributesInput,
  GetSubscriptionAttributesResponse,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  SetSubscriptionAttributesInput,
  SubscribeInput,
  SubscribeResponse,
  UnsubscribeInput,
} from '@aws-sdk/client-sns';
import { DAY } from '../../../shared/domain/time';
import { WireError } from '../../wire/service';
import { keyOf, takePage } from '../paging';
import { invalid } from './refusals';
import { mustConfirm, protocolOf, type Subscription, setAttribute } from './subscription';
import { found, type Topic, type TopicStore } from './topic';

const IN_SUBSCRIBE = 'Attributes Reason: ';

/** "Confirmation tokens are valid for two days" (SNS: Subscribe). */
const TOKEN_LIVES = 2 * DAY;

const PAGE = 100;

/** The same endpoint has one subscription to a topic; what it is asked with must then be what it has. */
export function subscribe(
  store: TopicStore,
  {
    TopicArn,
    Protocol = '',
    Endpoint: endpoint = '',
    Attributes = {},
    ReturnSubscriptionArn: arnWanted = false,
  }: SubscribeInput,
): SubscribeResponse {
  const topic = found(store, TopicArn);
  const protocol = protocolOf(Protocol, endpoint);
  const { clock, chance } = store.keys.world;
  const id = store.newId('subscription');
  const arn = `${topic.arn}:${id}`;
  const token = mustConfirm(protocol, endpoint, store.place.account)
    ? chance.hex(64, 'sns token', arn)
    : null;
  const asked = clock.now();
  const made: Subscription = {
    arn,
    protocol,
    endpoint,
    asked,
    token,
    attributes: new Map(),
    policy: null,
  };
  for (const [name, value] of Object.entries(Attributes)) setAttribute(made, name, value, IN_SUBSCRIBE);
  const known = [...topic.subscriptions.values()].find((one) => one.endpoint === endpoint);
  if (known === undefined) {
    topic.subscriptions.set(id, made);
    askToConfirm(store, topic, made);
    return answered(made, arnWanted);
  }
  for (const [name, value] of made.attributes) {
    if (known.attributes.get(name) !== value) {
      throw invalid(`${IN_SUBSCRIBE}Subscription already exists with different attributes`);
    }
  }
  return answered(known, arnWanted);
}

function answered({ arn, token }: Subscription, arnWanted: boolean): SubscribeResponse {
  return { SubscriptionArn: token === null || arnWanted ? arn : 'pending confirmation' };
}

function askToConfirm(store: TopicStore, topic: Topic, subscription: Subscription): void {
  const { token, protocol, endpoint } = subscription;
  if (token === null) return;
  store.outbox.confirmations.push({
    topic: topic.arn,
    protocol,
    endpoint,
    token,
    confirm: () => {
      confirmSubscription(store, { TopicArn: topic.arn, Token: token });
    },
  });
}

export function confirmSubscription(
  store: TopicStore,
  { TopicArn, Token }: ConfirmSubscriptionInput,
): ConfirmSubscriptionResponse {
  const topic = found(store, TopicArn);
  const { clock, chance } = store.keys.world;
  for (const subscription of topic.subscriptions.values()) {
    // A token still names its subscription after it was used, and answers the same again.
    if (Token !== chance.hex(64, 'sns token', subscription.arn)) continue;
    if (subscription.token !== null && clock.now() > subscription.asked + TOKEN_LIVES) break;
    subscription.token = null;
    return { SubscriptionArn: subscription.arn };
  }
  throw invalid('Token');
}

/** Where a subscription's ARN leads: `null` as its subscription where there is none. */
function located(
  store: TopicStore,
  arn: string | undefined,
): { topic: Topic; id: string; subscription: Subscription | null } | null {
  const parts = (arn ?? '').split(':');
  if (parts.length < 6) {
    throw invalid(`SubscriptionArn Reason: An ARN must have at least 6 elements, not ${parts.length}`);
  }
  const id = parts[6];
  if (id === undefined) throw invalid('SubscriptionId');
  const { account, region } = store.place;
  const topic = store.topics.get(parts[5] ?? '');
  if (topic?.arn !== `arn:aws:sns:${region}:${account}:${parts[5]}`) return null;
  return { topic, id, subscription: topic.subscriptions.get(id) ?? null };
}

function foundSubscription(store: TopicStore, arn: string | undefined): { topic: Topic; one: Subscription } {
  const place = located(store, arn);
  if (place?.subscription == null) throw new WireError('NotFound', 'Subscription does not exist', 404);
  return { topic: place.topic, one: place.subscription };
}

/** A subscription that is not there is as good as ended. */
export function unsubscribe(store: TopicStore, { SubscriptionArn }: UnsubscribeInput): Record<string, never> {
  const place = located(store, SubscriptionArn);
  if (place?.topic.subscriptions.delete(place.id)) place.topic.deleted += 1;
  return {};
}

export function setSubscriptionAttributes(
  store: TopicStore,
  { SubscriptionArn, AttributeName = '', AttributeValue = '' }: SetSubscriptionAttributesInput,
): Record<string, never> {
  setAttribute(foundSubscription(store, SubscriptionArn).one, AttributeName, AttributeValue, '');
  return {};
}

export function getSubscriptionAttributes(
  store: TopicStore,
  { SubscriptionArn }: GetSubscriptionAttributesInput,
): GetSubscriptionAttributesResponse {
  const { topic, one } = foundSubscription(store, SubscriptionArn);
  return {
    Attributes: {
      SubscriptionArn: one.arn,
      TopicArn: topic.arn,
      Owner: store.place.account,
      Protocol: one.protocol,
      Endpoint: one.endpoint,
      PendingConfirmation: String(one.token !== null),
      ConfirmationWasAuthenticated: String(one.token === null),
      RawMessageDelivery: 'false',
      ...(one.policy !== null && { FilterPolicyScope: 'MessageAttributes' }),
      ...Object.fromEntries(one.attributes),
    },
  };
}

/** One that waits for its endpoint's word is listed without its ARN. */
export function listSubscriptionsByTopic(
  store: TopicStore,
  { TopicArn, NextToken }: ListSubscriptionsByTopicInput,
): ListSubscriptionsByTopicResponse {
  const topic = found(store, TopicArn);
  const after = keyOf(NextToken, () => invalid('NextToken'));
  const rest = [...topic.subscriptions]
    .filter(([id]) => after === null || id > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { items, marker } = takePage(rest, PAGE);
  return {
    Subscriptions: items.map(({ arn, token, protocol, endpoint }) => ({
      SubscriptionArn: token === null ? arn : 'PendingConfirmation',
      Owner: store.place.account,
      Protocol: protocol,
      Endpoint: endpoint,
      TopicArn: topic.arn,
    })),
    ...(marker !== undefined && { NextToken: marker }),
  };
}

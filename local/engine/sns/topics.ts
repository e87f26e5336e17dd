import { isDeepStrictEqual } from 'node:util';
import type {
  CreateTopicInput,
  CreateTopicResponse,
  DeleteTopicInput,
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListTopicsInput,
  ListTopicsResponse,
  SetTopicAttributesInput,
  Tag,
} from '@aws-sdk/client-sns';
import { keyOf, takePage } from '../paging';
import { invalid, unspoken } from './refusals';
import { found, nameIn, type Topic, type TopicStore, USUAL_SIZE } from './topic';

/** What a caller may set, of the attributes of a standard topic (SNS: SetTopicAttributes). */
const SETTABLE = [
  'DeliveryPolicy',
  'DisplayName',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'Policy',
  'SignatureVersion',
  'TracingConfig',
];

/** ListTopics takes no size: a page holds this many. */
const PAGE = 100;

/** SNS looks at no key when it is named, but one that AWS manages appears with its first use. An empty value takes away. */
function set(
  store: TopicStore,
  { attributes }: Pick<Topic, 'attributes'>,
  name: string,
  value: string,
): void {
  if (!SETTABLE.includes(name)) throw invalid('AttributeName');
  if (name === 'MaximumMessageSize') checkSize(value);
  if (value === '') attributes.delete(name);
  else attributes.set(name, value);
  if (name === 'KmsMasterKeyId' && value !== '') store.keys.ask(value);
}

/** From 1 KiB to 1 MiB; a topic for more than 256 KiB takes no mail addresses and more of the like. */
function checkSize(value: string): void {
  const bytes = Number(value);
  if (!/^\d{4,7}$/.test(value) || bytes < 1024 || bytes > 1_048_576) throw invalid('MaximumMessageSize');
  if (bytes > USUAL_SIZE) throw unspoken('a MaximumMessageSize above 256 KiB');
}

function tagsOf(tags: readonly Tag[] | undefined): Map<string, string> {
  return new Map((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** The same name answers the same ARN; what it is asked with must then be what it has. */
export function createTopic(
  store: TopicStore,
  { Name = '', Attributes = {}, Tags }: CreateTopicInput,
): CreateTopicResponse {
  if (!/^[\w-]{1,256}$/.test(Name)) throw invalid('Topic Name');
  const { account, region } = store.place;
  const topic: Topic = {
    arn: `arn:aws:sns:${region}:${account}:${Name}`,
    attributes: new Map(),
    tags: tagsOf(Tags),
    subscriptions: new Map(),
    deleted: 0,
  };
  for (const [name, value] of Object.entries(Attributes)) set(store, topic, name, value);
  const known = store.topics.get(Name);
  if (known === undefined) {
    store.topics.set(Name, topic);
    return { TopicArn: topic.arn };
  }
  for (const [name, value] of topic.attributes) {
    if (known.attributes.get(name) !== value) {
      throw invalid('Attributes Reason: Topic already exists with different attributes');
    }
  }
  if (Tags !== undefined && !isDeepStrictEqual(known.tags, topic.tags)) {
    throw invalid('Tags Reason: Topic already exists with different tags');
  }
  return { TopicArn: known.arn };
}

/** Without the policies, which nothing here reads: `Policy` and `DeliveryPolicy` as far as they were set. */
export function getTopicAttributes(
  store: TopicStore,
  { TopicArn }: GetTopicAttributesInput,
): GetTopicAttributesResponse {
  const { arn, attributes, subscriptions, deleted } = found(store, TopicArn);
  const pending = [...subscriptions.values()].filter(({ token }) => token !== null).length;
  return {
    Attributes: {
      TopicArn: arn,
      Owner: store.place.account,
      DisplayName: '',
      SubscriptionsConfirmed: String(subscriptions.size - pending),
      SubscriptionsPending: String(pending),
      SubscriptionsDeleted: String(deleted),
      ...Object.fromEntries(attributes),
    },
  };
}

export function setTopicAttributes(
  store: TopicStore,
  { TopicArn, AttributeName = '', AttributeValue = '' }: SetTopicAttributesInput,
): Record<string, never> {
  set(store, found(store, TopicArn), AttributeName, AttributeValue);
  return {};
}

/** Its subscriptions go with it. A topic that is not there is as good as deleted. */
export function deleteTopic(store: TopicStore, { TopicArn }: DeleteTopicInput): Record<string, never> {
  store.topics.delete(nameIn(store, TopicArn));
  return {};
}

export function listTopics({ topics }: TopicStore, { NextToken }: ListTopicsInput): ListTopicsResponse {
  const after = keyOf(NextToken, () => invalid('NextToken'));
  const rest = [...topics]
    .filter(([name]) => after === null || name > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { items, marker } = takePage(rest, PAGE);
  return {
    Topics: items.map(({ arn }) => ({ TopicArn: arn })),
    ...(marker !== undefined && { NextToken: marker }),
  };
}

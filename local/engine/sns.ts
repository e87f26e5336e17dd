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
import { type Call, type Operations, WireError } from '../wire/service';
import type { Place } from './arn';
import type { KeyStore } from './kms/keys';
import { keyOf, takePage } from './paging';

interface Topic {
  readonly arn: string;
  readonly attributes: Map<string, string>;
  readonly tags: ReadonlyMap<string, string>;
}

/** The topics of one account in one region, by name. Messages, subscriptions and FIFO topics are not kept here. */
export class TopicStore {
  readonly topics = new Map<string, Topic>();

  constructor(
    readonly place: Place,
    readonly keys: KeyStore,
  ) {}
}

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

function invalid(what: string): WireError {
  return new WireError('InvalidParameter', `Invalid parameter: ${what}`);
}

/** SNS looks at no key when it is named, but one that AWS manages appears with its first use. An empty value takes away. */
function set(
  store: TopicStore,
  { attributes }: Pick<Topic, 'attributes'>,
  name: string,
  value: string,
): void {
  if (!SETTABLE.includes(name)) throw invalid('AttributeName');
  if (value === '') attributes.delete(name);
  else attributes.set(name, value);
  if (name === 'KmsMasterKeyId' && value !== '') store.keys.ask(value);
}

/** The name in a topic's ARN of this place; an ARN of another one is as good as none. */
function nameIn({ place: { account, region } }: TopicStore, arn: string | undefined): string {
  const [, where, whose, name] = /^arn:aws:sns:([a-z0-9-]+):(\d{12}):([\w-]{1,256})$/.exec(arn ?? '') ?? [];
  if (name === undefined || where !== region || whose !== account) throw invalid('TopicArn');
  return name;
}

function found(store: TopicStore, arn: string | undefined): Topic {
  const topic = store.topics.get(nameIn(store, arn));
  if (topic === undefined) throw new WireError('NotFound', 'Topic does not exist', 404);
  return topic;
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
  const { arn, attributes } = found(store, TopicArn);
  return {
    Attributes: {
      TopicArn: arn,
      Owner: store.place.account,
      DisplayName: '',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
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

/** A topic that is not there is as good as deleted. */
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

/** SNS by its operations, as far as it takes to see whether topics are there and under which key. */
export function snsOperations(topics: (place: Place) => TopicStore, isLost: (region: string) => boolean) {
  const on =
    <Input, Output>(operation: (store: TopicStore, input: Input) => Output) =>
    async (input: Input, call: Pick<Call, 'account' | 'region'>): Promise<Output> => {
      if (isLost(call.region)) throw new WireError('InternalError', `${call.region} does not answer.`, 500);
      return operation(topics(call), input);
    };
  return {
    CreateTopic: on(createTopic),
    DeleteTopic: on(deleteTopic),
    GetTopicAttributes: on(getTopicAttributes),
    ListTopics: on(listTopics),
    SetTopicAttributes: on(setTopicAttributes),
  } satisfies Operations;
}

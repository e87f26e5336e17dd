import { type Call, type Operations, WireError } from '../../wire/service';
import type { Place } from '../arn';
import { publish, publishBatch } from './publish';
import {
  confirmSubscription,
  getSubscriptionAttributes,
  listSubscriptionsByTopic,
  setSubscriptionAttributes,
  subscribe,
  unsubscribe,
} from './subscriptions';
import type { TopicStore } from './topic';
import { createTopic, deleteTopic, getTopicAttributes, listTopics, setTopicAttributes } from './topics';

/** SNS by its operations, as far as notices need it: topics, who hears of them, and what each of them gets. */
export function snsOperations(topics: (place: Place) => TopicStore, isLost: (region: string) => boolean) {
  const on =
    <Input, Output>(operation: (store: TopicStore, input: Input) => Output) =>
    async (input: Input, call: Pick<Call, 'account' | 'region'>): Promise<Output> => {
      if (isLost(call.region)) throw new WireError('InternalError', `${call.region} does not answer.`, 500);
      return operation(topics(call), input);
    };
  return {
    ConfirmSubscription: on(confirmSubscription),
    CreateTopic: on(createTopic),
    DeleteTopic: on(deleteTopic),
    GetSubscriptionAttributes: on(getSubscriptionAttributes),
    GetTopicAttributes: on(getTopicAttributes),
    ListSubscriptionsByTopic: on(listSubscriptionsByTopic),
    ListTopics: on(listTopics),
    Publish: on(publish),
    PublishBatch: on(publishBatch),
    SetSubscriptionAttributes: on(setSubscriptionAttributes),
    SetTopicAttributes: on(setTopicAttributes),
    Subscribe: on(subscribe),
    Unsubscribe: on(unsubscribe),
  } satisfies Operations;
}

import { type MessageAttributeValue, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Attributes, Notices, NoticeText } from '../ports/notices';
import { type ClientOptions, once } from './clients';
import { calling } from './errors';

/** Publishes in the region of each topic; tries again as often as the SDK is set to. */
export class SnsNotices implements Notices {
  readonly #clients = new Map<string, SNSClient>();

  constructor(private readonly options: ClientOptions = {}) {}

  async publish(topic: string, { subject, texts, attributes }: NoticeText): Promise<void> {
    const region = topic.split(':')[3] ?? '';
    const client = once(this.#clients, region, () => new SNSClient({ ...this.options, region }));
    await calling(`publish to ${topic}: ${subject}`, () =>
      client.send(
        new PublishCommand({
          TopicArn: topic,
          Subject: subject,
          MessageStructure: 'json',
          Message: JSON.stringify(texts),
          MessageAttributes: attributesOf(attributes),
        }),
      ),
    );
  }
}

function attributesOf(attributes: Attributes): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? { DataType: 'String', StringValue: value }
        : { DataType: 'String.Array', StringValue: JSON.stringify(value) },
    ]),
  );
}

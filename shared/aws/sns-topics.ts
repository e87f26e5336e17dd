import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Topic } from '../domain/key-use';
import type { Topics } from '../ports/topics';
import { type ClientOptions, once } from './clients';
import { translate } from './errors';

/** Makes its own clients: only the functions that look at topics carry SNS's in their bundle. */
export class SnsTopics implements Topics {
  readonly #clients = new Map<string, SNSClient>();

  constructor(private readonly options: ClientOptions = {}) {}

  async find(arn: string): Promise<Topic | null> {
    const region = arn.split(':')[3] ?? '';
    const client = once(this.#clients, region, () => new SNSClient({ ...this.options, region }));
    try {
      const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: arn }));
      return { arn, key: Attributes?.KmsMasterKeyId || null };
    } catch (error) {
      const refusal = translate(error, `look at topic ${arn}`);
      if (refusal.kind === 'gone') return null;
      throw refusal;
    }
  }
}

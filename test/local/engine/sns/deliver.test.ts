import {
  CreateTopicCommand,
  type MessageAttributeValue,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import type { Cloud } from '../../../../local/cloud';
import { ACCOUNT, cloudAt, HOME } from '../world';
import { to } from './sdk';

const TopicArn = `arn:aws:sns:${HOME}:${ACCOUNT}:notices`;
const MAIL = 'on-call@example.com';
const HOOK = 'https://example.com/hook';
const QUEUE = `arn:aws:sqs:${HOME}:${ACCOUNT}:notices`;
const RAW_QUEUE = `${QUEUE}-raw`;
const FUNCTION = `arn:aws:lambda:${HOME}:${ACCOUNT}:function:notices`;

describe('what a subscriber gets', () => {
  let cloud: Cloud;
  let sns: SNSClient;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    sns = new SNSClient(to(cloud));
    await sns.send(new CreateTopicCommand({ Name: 'notices' }));
  });

  const outbox = () => cloud.region(HOME).outbox;
  const subscribe = async (Protocol: string, Endpoint: string, Attributes?: Record<string, string>) => {
    await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }));
    outbox().confirm(Endpoint);
  };
  const publish = (input: Partial<PublishCommandInput>) =>
    sns.send(new PublishCommand({ TopicArn, Message: 'plain', ...input }));
  const bodyAt = (endpoint: string): string => outbox().to(endpoint).at(-1)?.body ?? '';
  const jsonAt = (endpoint: string) => JSON.parse(bodyAt(endpoint));
  const severity: Record<string, MessageAttributeValue> = {
    severity: { DataType: 'String', StringValue: 'high' },
  };

  it('by mail is the text, under its subject', async () => {
    await subscribe('email', MAIL);
    await publish({ Subject: 'Snapshot late', MessageAttributes: severity });
    await publish({});
    expect(outbox().to(MAIL)).toMatchObject([
      { subject: 'Snapshot late', body: 'plain', attributes: {} },
      { subject: 'AWS Notification Message', body: 'plain' },
    ]);
  });

  it('in a queue is an envelope around it', async () => {
    await subscribe('sqs', QUEUE);
    const { MessageId } = await publish({ Subject: 'Snapshot late', MessageAttributes: severity });
    expect(jsonAt(QUEUE)).toEqual({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'Snapshot late',
      Message: 'plain',
      Timestamp: '2026-03-01T09:00:00.000Z',
      MessageAttributes: { severity: { Type: 'String', Value: 'high' } },
    });
    await publish({});
    expect(Object.keys(jsonAt(QUEUE))).not.toContain('Subject');
    expect(Object.keys(jsonAt(QUEUE))).not.toContain('MessageAttributes');
  });

  it('in a queue that takes messages raw is the text, with the attributes beside it', async () => {
    await subscribe('sqs', RAW_QUEUE, { RawMessageDelivery: 'true' });
    await publish({ Subject: 'lost', MessageAttributes: severity });
    expect(outbox().to(RAW_QUEUE)).toMatchObject([{ body: 'plain', subject: null, attributes: severity }]);
  });

  it('at a web server is an envelope, or raw the text alone', async () => {
    await subscribe('https', HOOK);
    await subscribe('https', `${HOOK}/raw`, { RawMessageDelivery: 'true' });
    await publish({ MessageAttributes: severity });
    expect(jsonAt(HOOK)).toMatchObject({
      Message: 'plain',
      MessageAttributes: { severity: { Value: 'high' } },
    });
    expect(outbox().to(`${HOOK}/raw`)).toMatchObject([{ body: 'plain', attributes: {} }]);
  });

  it('as a function is an event with one record', async () => {
    await subscribe('lambda', FUNCTION);
    const bytes = { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) };
    await publish({ MessageAttributes: { ...severity, bytes } });
    expect(jsonAt(FUNCTION)).toMatchObject({
      Records: [
        {
          EventSource: 'aws:sns',
          EventSubscriptionArn: expect.stringContaining(TopicArn),
          Sns: {
            Message: 'plain',
            Subject: null,
            MessageAttributes: {
              severity: { Type: 'String', Value: 'high' },
              bytes: { Type: 'Binary', Value: 'AP8=' },
            },
          },
        },
      ],
    });
  });

  it('of the structure json is the text for its protocol, or else the default', async () => {
    for (const [protocol, endpoint] of [
      ['email', MAIL],
      ['sqs', QUEUE],
      ['https', HOOK],
    ] as const) {
      await subscribe(protocol, endpoint);
    }
    const Message = JSON.stringify({ default: 'short', email: 'long', sqs: '{"id":1}', https: { id: 1 } });
    await publish({ Message, MessageStructure: 'json' });
    expect([bodyAt(MAIL), jsonAt(QUEUE).Message, jsonAt(HOOK).Message]).toEqual([
      'long',
      '{"id":1}',
      'short',
    ]);
  });

  it('of the structure json has no attributes, though filters see them', async () => {
    const FilterPolicy = '{"severity":["high"]}';
    await subscribe('sqs', QUEUE, { FilterPolicy });
    await subscribe('sqs', RAW_QUEUE, { FilterPolicy, RawMessageDelivery: 'true' });
    const json = { Message: '{"default":"a"}', MessageStructure: 'json' };
    await publish({ ...json, MessageAttributes: severity });
    await publish(json);
    expect(outbox().to(QUEUE)).toHaveLength(1);
    expect(jsonAt(QUEUE)).not.toHaveProperty('MessageAttributes');
    expect(outbox().to(RAW_QUEUE)).toMatchObject([{ body: 'a', attributes: {} }]);
  });

  it('is nothing where its filter says so', async () => {
    await subscribe('email', MAIL, { FilterPolicy: '{"severity":["low"]}' });
    await publish({ MessageAttributes: severity });
    expect(outbox().deliveries).toMatchObject([
      { endpoint: MAIL, outcome: 'filtered', subject: null, body: null },
    ]);
  });

  it('is nothing in a raw queue above ten attributes, and elsewhere all of them', async () => {
    await subscribe('sqs', QUEUE);
    await subscribe('sqs', RAW_QUEUE, { RawMessageDelivery: 'true' });
    const attributes = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`a${n}`, { DataType: 'String', StringValue: 'x' }]),
      );
    await publish({ MessageAttributes: attributes(10) });
    await publish({ MessageAttributes: attributes(11) });
    const outcomes = (endpoint: string) =>
      outbox()
        .deliveries.filter((one) => one.endpoint === endpoint)
        .map(({ outcome }) => outcome);
    expect(outcomes(RAW_QUEUE)).toEqual(['delivered', 'discarded']);
    expect(outcomes(QUEUE)).toEqual(['delivered', 'delivered']);
    expect(Object.keys(jsonAt(QUEUE).MessageAttributes)).toHaveLength(11);
  });
});

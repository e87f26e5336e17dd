import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  type SubscribeCommandInput,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import type { Cloud } from '../../../../local/cloud';
import { DAY } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, cloudAt, HOME, STRANGER } from '../world';
import { answer, to } from './sdk';

const TopicArn = `arn:aws:sns:${HOME}:${ACCOUNT}:notices`;
const QUEUE = `arn:aws:sqs:${HOME}:${ACCOUNT}:notices`;
const MAIL = 'on-call@example.com';

describe('a subscription', () => {
  let cloud: Cloud;
  let sns: SNSClient;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    sns = new SNSClient(to(cloud));
    await sns.send(new CreateTopicCommand({ Name: 'notices' }));
  });

  const outbox = () => cloud.region(HOME).outbox;
  const subscribe = (Protocol: string, Endpoint: string, input: Partial<SubscribeCommandInput> = {}) =>
    sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, ...input }));
  const attributes = async (SubscriptionArn: string | undefined) =>
    (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes;
  const listed = async () =>
    (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions;
  const counted = async () => {
    const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    const { SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted } = Attributes;
    return [SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted];
  };

  it("of the account's own queue stands at once", async () => {
    const { SubscriptionArn } = await subscribe('sqs', QUEUE);
    expect(SubscriptionArn).toMatch(new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
    expect(await attributes(SubscriptionArn)).toEqual({
      SubscriptionArn,
      TopicArn,
      Owner: ACCOUNT,
      Protocol: 'sqs',
      Endpoint: QUEUE,
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'true',
      RawMessageDelivery: 'false',
    });
    expect(await listed()).toEqual([
      { SubscriptionArn, Owner: ACCOUNT, Protocol: 'sqs', Endpoint: QUEUE, TopicArn },
    ]);
    expect(outbox().confirmations).toEqual([]);
  });

  it.each([
    ['a mail address', 'email', MAIL],
    ['a web server', 'https', 'https://example.com/hook'],
    ["another account's queue", 'sqs', QUEUE.replace(ACCOUNT, STRANGER)],
    ["another account's function", 'lambda', `arn:aws:lambda:${HOME}:${STRANGER}:function:on-call`],
  ])('of %s waits until it is confirmed', async (_what, protocol, endpoint) => {
    expect((await subscribe(protocol, endpoint)).SubscriptionArn).toBe('pending confirmation');
    expect(await listed()).toMatchObject([{ SubscriptionArn: 'PendingConfirmation' }]);
    await sns.send(new PublishCommand({ TopicArn, Message: 'too early' }));
    expect(outbox().deliveries).toMatchObject([{ endpoint, outcome: 'unconfirmed', body: null }]);
    expect(outbox().confirm(endpoint)).toBe(1);
    await sns.send(new PublishCommand({ TopicArn, Message: 'now' }));
    expect(outbox().to(endpoint)).toHaveLength(1);
    expect(await counted()).toEqual(['1', '0', '0']);
  });

  it('is confirmed with the token that its endpoint was sent, for two days', async () => {
    const asked = { ReturnSubscriptionArn: true };
    const { SubscriptionArn } = await subscribe('email', MAIL, asked);
    expect(await attributes(SubscriptionArn)).toMatchObject({ PendingConfirmation: 'true' });
    await subscribe('email', 'late@example.com');
    expect(await counted()).toEqual(['0', '2', '0']);
    const [first, late] = outbox().confirmations;
    const confirm = (Token: string | undefined) =>
      sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    expect(await answer(confirm('0'.repeat(64)))).toBe('InvalidParameterException: Invalid parameter: Token');
    await cloud.clock.advance(2 * DAY);
    expect((await confirm(first?.token)).SubscriptionArn).toBe(SubscriptionArn);
    expect((await confirm(first?.token)).SubscriptionArn).toBe(SubscriptionArn);
    await cloud.clock.advance(1);
    expect(await answer(confirm(late?.token))).toBe('InvalidParameterException: Invalid parameter: Token');
    expect(await answer(confirm(first?.token))).toBe('ok');
    expect(await counted()).toEqual(['1', '1', '0']);
  });

  it('is the same when it is asked for again, unless with other attributes', async () => {
    const raw = { Attributes: { RawMessageDelivery: 'true' } };
    const { SubscriptionArn } = await subscribe('sqs', QUEUE, raw);
    expect((await subscribe('sqs', QUEUE, raw)).SubscriptionArn).toBe(SubscriptionArn);
    expect((await subscribe('sqs', QUEUE)).SubscriptionArn).toBe(SubscriptionArn);
    expect(await answer(subscribe('sqs', QUEUE, { Attributes: { RawMessageDelivery: 'false' } }))).toBe(
      'InvalidParameterException: Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
    expect(await attributes(SubscriptionArn)).toMatchObject({ RawMessageDelivery: 'true' });
    expect(await listed()).toHaveLength(1);
  });

  it.each([
    ['fax', '1234', 'Amazon SNS does not support this protocol string: fax'],
    ['sqs', 'https://sqs.us-east-1.amazonaws.com/111122223333/notices', 'SQS endpoint ARN'],
    ['lambda', 'on-call', 'Lambda endpoint ARN'],
    ['email', 'on-call', 'Email address'],
    ['https', 'http://example.com', 'Endpoint must match the specified protocol'],
  ])('by %s to %s is refused', async (protocol, endpoint, why) => {
    expect(await answer(subscribe(protocol, endpoint))).toBe(
      `InvalidParameterException: Invalid parameter: ${why}`,
    );
  });

  it('by a protocol that nothing here delivers by is refused as such', async () => {
    expect(await answer(subscribe('sms', '+15551234567'))).toBe(
      'NotImplemented: the protocol sms is not spoken here',
    );
  });

  it('needs a topic that is there', async () => {
    const at = (arn: string) => answer(subscribe('sqs', QUEUE, { TopicArn: arn }));
    expect(await at(`${TopicArn}-2`)).toBe('NotFoundException: Topic does not exist');
    expect(await at(TopicArn.replace(HOME, AWAY))).toBe(
      'InvalidParameterException: Invalid parameter: TopicArn',
    );
  });

  it('is set by attributes that SNS knows, to values that it takes', async () => {
    const { SubscriptionArn } = await subscribe('sqs', QUEUE);
    const set = (AttributeName: string, AttributeValue: string, arn = SubscriptionArn) =>
      answer(
        sns.send(
          new SetSubscriptionAttributesCommand({ SubscriptionArn: arn, AttributeName, AttributeValue }),
        ),
      );
    expect(await set('RawMessageDelivery', 'true')).toBe('ok');
    expect(await set('FilterPolicy', '{"severity":["high"]}')).toBe('ok');
    expect(await set('FilterPolicyScope', 'MessageAttributes')).toBe('ok');
    expect(await attributes(SubscriptionArn)).toMatchObject({
      RawMessageDelivery: 'true',
      FilterPolicy: '{"severity":["high"]}',
      FilterPolicyScope: 'MessageAttributes',
    });
    expect(await set('RawMessageDelivery', 'yes')).toBe(
      'InvalidParameterException: Invalid parameter: RawMessageDelivery: Invalid value [yes]. Must be true or false.',
    );
    expect(await set('FilterPolicyScope', 'Subject')).toBe(
      'InvalidParameterException: Invalid parameter: FilterPolicyScope: Invalid value [Subject]. Please use either MessageBody or MessageAttributes',
    );
    expect(await set('FilterPolicyScope', 'MessageBody')).toMatch(/^NotImplemented/);
    expect(await set('RedrivePolicy', '{}')).toMatch(/^NotImplemented/);
    expect(await set('Color', 'red')).toBe('InvalidParameterException: Invalid parameter: AttributeName');
    expect(await set('RawMessageDelivery', 'true', `${TopicArn}:0`)).toBe(
      'NotFoundException: Subscription does not exist',
    );
    expect(await set('RawMessageDelivery', 'true', 'PendingConfirmation')).toBe(
      'InvalidParameterException: Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1',
    );
  });

  it('of a mail address cannot be raw', async () => {
    expect(await answer(subscribe('email', MAIL, { Attributes: { RawMessageDelivery: 'true' } }))).toBe(
      'InvalidParameterException: Invalid parameter: Attributes Reason: Delivery protocol [email] does not support raw message delivery.',
    );
    expect(await answer(subscribe('email', MAIL, { Attributes: { RawMessageDelivery: 'false' } }))).toBe(
      'ok',
    );
  });

  it('ends, and may be ended again', async () => {
    const { SubscriptionArn } = await subscribe('sqs', QUEUE);
    const end = (arn: string | undefined) =>
      answer(sns.send(new UnsubscribeCommand({ SubscriptionArn: arn })));
    expect(await end(SubscriptionArn)).toBe('ok');
    expect(await end(SubscriptionArn)).toBe('ok');
    expect(await counted()).toEqual(['0', '0', '1']);
    await sns.send(new PublishCommand({ TopicArn, Message: 'nobody hears' }));
    expect(outbox().deliveries).toEqual([]);
    expect(await end(TopicArn)).toBe('InvalidParameterException: Invalid parameter: SubscriptionId');
  });

  it('goes with its topic', async () => {
    await subscribe('sqs', QUEUE);
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    await sns.send(new CreateTopicCommand({ Name: 'notices' }));
    expect(await listed()).toEqual([]);
  });

  it('is one of 100 on a page', async () => {
    for (let n = 0; n < 101; n += 1) await subscribe('sqs', `${QUEUE}-${n}`);
    const sizes: number[] = [];
    for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn })) {
      sizes.push(page.Subscriptions?.length ?? 0);
    }
    expect(sizes).toEqual([100, 1]);
    expect(await answer(sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken: 'x' })))).toBe(
      'InvalidParameterException: Invalid parameter: NextToken',
    );
  });
});

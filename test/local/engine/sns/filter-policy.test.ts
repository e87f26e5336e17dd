import {
  CreateTopicCommand,
  type MessageAttributeValue,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import type { Cloud } from '../../../../local/cloud';
import { ACCOUNT, cloudAt, HOME } from '../world';
import { answer, to } from './sdk';

const TopicArn = `arn:aws:sns:${HOME}:${ACCOUNT}:notices`;
const Endpoint = `arn:aws:sqs:${HOME}:${ACCOUNT}:notices`;

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const number = (StringValue: string) => ({ DataType: 'Number', StringValue });
const list = (...values: unknown[]) => ({ DataType: 'String.Array', StringValue: JSON.stringify(values) });
const bytes = { DataType: 'Binary', BinaryValue: Buffer.from('high') };

describe('a filter policy', () => {
  let cloud: Cloud;
  let sns: SNSClient;
  let SubscriptionArn: string | undefined;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    sns = new SNSClient(to(cloud));
    await sns.send(new CreateTopicCommand({ Name: 'notices' }));
    const queue = new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint });
    SubscriptionArn = (await sns.send(queue)).SubscriptionArn;
  });

  const set = (policy: unknown) =>
    answer(
      sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: 'FilterPolicy',
          AttributeValue: typeof policy === 'string' ? policy : JSON.stringify(policy),
        }),
      ),
    );
  const lets = async (MessageAttributes: Record<string, MessageAttributeValue>): Promise<boolean> => {
    await sns.send(new PublishCommand({ TopicArn, Message: 'a', MessageAttributes }));
    return cloud.region(HOME).outbox.deliveries.at(-1)?.outcome === 'delivered';
  };

  // By what the policy has for an attribute: the attributes that pass it, and those that do not. `null` is none at all.
  it.each<[unknown[], (MessageAttributeValue | null)[], (MessageAttributeValue | null)[]]>([
    [
      ['high'],
      [text('high'), list('low', 'high')],
      [text('High'), text('higher'), list('low'), list(), bytes, null],
    ],
    [['high', 'low'], [text('high'), text('low')], [text('lowest')]],
    [[5], [number('5'), number('5.0'), list(5)], [text('5'), number('5.1')]],
    [['5'], [text('5')], [number('5')]],
    [
      [true, null],
      [list(true), list(null)],
      [text('true'), list(false)],
    ],
    [[{ prefix: 'RDS' }], [text('RDS.1')], [text('rds.1'), text('KMS.1'), number('1'), null]],
    [[{ suffix: '-db' }], [text('qrosity-db')], [text('qrosity-db2')]],
    [[{ 'equals-ignore-case': 'High' }], [text('hIGH')], [text('highest')]],
    [
      [{ 'anything-but': ['high', 'low'] }],
      [text('medium'), list('high', 'medium'), number('1')],
      [text('high'), list('high', 'low'), null],
    ],
    [[{ 'anything-but': 'high' }], [text('low')], [text('high')]],
    [[{ 'anything-but': [100, 500] }], [number('100.1')], [number('100')]],
    [[{ 'anything-but': { prefix: 'RDS' } }], [text('KMS.1')], [text('RDS.1'), null]],
    [[{ numeric: ['=', 301.5] }], [number('301.5'), number('3.015e2')], [number('301'), text('301.5')]],
    [[{ numeric: ['<', 0] }], [number('-0.1')], [number('0')]],
    [[{ numeric: ['>=', 0] }], [number('0')], [number('-1')]],
    [[{ numeric: ['>', 0, '<=', 150] }], [number('150'), list(0, 1)], [number('0'), number('150.1'), null]],
    [[{ exists: true }], [text('x'), number('0')], [null, bytes]],
    [[{ exists: false }], [null, bytes], [text('x')]],
    [['high', { exists: false }], [text('high'), null], [text('low')]],
  ])('of %j', async (values, passing, others) => {
    expect(await set({ a: values })).toBe('ok');
    const result = async (attribute: MessageAttributeValue | null) => [
      attribute,
      await lets(attribute === null ? { b: text('x') } : { a: attribute, b: text('x') }),
    ];
    for (const one of passing) expect(await result(one)).toEqual([one, true]);
    for (const one of others) expect(await result(one)).toEqual([one, false]);
  });

  it('lets pass what all of its attributes let pass', async () => {
    await set({ severity: ['high'], control: [{ prefix: 'RDS' }] });
    expect(await lets({ severity: text('high'), control: text('RDS.1') })).toBe(true);
    expect(await lets({ severity: text('high'), control: text('KMS.1') })).toBe(false);
    expect(await lets({ severity: text('high') })).toBe(false);
  });

  it('can be changed, and emptied', async () => {
    await set({ a: ['x'] });
    expect(await lets({ a: text('y') })).toBe(false);
    await set({ a: ['y'] });
    expect(await lets({ a: text('y') })).toBe(true);
    await set({});
    expect(await lets({})).toBe(true);
  });

  it.each<[unknown, string]>([
    ['{', 'FilterPolicy: failed to parse JSON.'],
    ['[]', 'FilterPolicy: failed to parse JSON.'],
    [{ a: 'x' }, 'FilterPolicy: "a" must be an object or an array'],
    [{ a: [] }, 'FilterPolicy: Empty arrays are not allowed'],
    [{ a: { b: ['x'] } }, 'Filter policy scope MessageAttributes does not support nested filter policy'],
    [{ a: [['x']] }, 'FilterPolicy: Match value must be String, number, true, false, or null'],
    [{ a: [{ like: 'x' }] }, 'FilterPolicy: Unrecognized match type like'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'FilterPolicy: Only one key allowed in match expression'],
    [{ a: [{ prefix: 1 }] }, 'FilterPolicy: prefix match pattern must be a string'],
    [{ a: [{ exists: 'no' }] }, 'FilterPolicy: exists match pattern must be either true or false.'],
    [{ a: [{ 'anything-but': { suffix: 'x' } }] }, 'FilterPolicy: Unsupported anything-but pattern: suffix'],
    [{ a: [{ numeric: [] }] }, 'FilterPolicy: Invalid member in numeric match: ]'],
    [{ a: [{ numeric: ['!', 1] }] }, 'FilterPolicy: Unrecognized numeric range operator: !'],
    [{ a: [{ numeric: ['=', '1'] }] }, 'FilterPolicy: Value of = must be numeric'],
    [{ a: [{ numeric: ['<', 100, '>', 10] }] }, 'FilterPolicy: Too many elements in numeric expression'],
    [{ a: [{ numeric: ['>=', 1, '>', 2] }] }, 'FilterPolicy: Bad numeric range operator: >'],
    [{ a: [{ numeric: ['>', 3, '<', 1] }] }, 'FilterPolicy: Bottom must be less than top'],
    [{ a: [{ numeric: ['>=', 3, '<=', 3] }] }, 'FilterPolicy: Bottom must be less than top'],
    [{ a: [{ numeric: ['>', 20, 30] }] }, 'FilterPolicy: Bad value in numeric range: 30'],
  ])('%j is refused', async (policy, why) => {
    expect(await set(policy)).toBe(`InvalidParameterException: Invalid parameter: ${why}`);
  });

  it('has at most 5 attributes and 150 combinations', async () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, ['x']]));
    expect(await set(keys(5))).toBe('ok');
    expect(await set(keys(6))).toMatch(/Filter policy can not have more than 5 keys$/);
    const values = (count: number) => Array.from({ length: count }, (_, n) => `v${n}`);
    expect(await set({ a: values(15), b: values(10) })).toBe('ok');
    expect(await set({ a: values(151) })).toMatch(/Filter policy is too complex$/);
  });

  it('is refused in a new subscription in the same words, behind those of its parameter', async () => {
    const subscribe = new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `${Endpoint}-2`,
      Attributes: { FilterPolicy: '{"a":[]}' },
    });
    expect(await answer(sns.send(subscribe))).toBe(
      'InvalidParameterException: Invalid parameter: Attributes Reason: FilterPolicy: Empty arrays are not allowed',
    );
  });

  it('with operators of AWS that are not known here is refused as such', async () => {
    expect(await set({ a: [{ cidr: '10.0.0.0/24' }] })).toMatch(/^NotImplemented/);
    expect(await set({ $or: [{ a: ['x'] }, { b: ['x'] }] })).toMatch(/^NotImplemented/);
  });
});

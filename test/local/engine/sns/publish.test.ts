import {
  CreateTopicCommand,
  type MessageAttributeValue,
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  PublishCommand,
  type PublishCommandInput,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import type { Cloud } from '../../../../local/cloud';
import { ACCOUNT, AWAY, at, cloudAt, HOME, newKey } from '../world';
import { answer, to } from './sdk';

const TopicArn = `arn:aws:sns:${HOME}:${ACCOUNT}:notices`;
const MOST = 262_144;

function text(StringValue: string, DataType = 'String'): MessageAttributeValue {
  return { DataType, StringValue };
}

describe('a message', () => {
  let cloud: Cloud;
  let sns: SNSClient;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    sns = new SNSClient(to(cloud));
    await sns.send(new CreateTopicCommand({ Name: 'notices' }));
  });

  const outbox = () => cloud.region(HOME).outbox;
  const publish = (input: Partial<PublishCommandInput> = {}) =>
    sns.send(new PublishCommand({ TopicArn, Message: 'a', ...input }));
  const told = (input: Partial<PublishCommandInput>) => answer(publish(input));

  it('is remembered as it was sent', async () => {
    const MessageAttributes = {
      severity: text('high'),
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
    };
    const { MessageId } = await publish({
      Subject: 'Snapshot late',
      Message: 'qrosity-db',
      MessageAttributes,
    });
    const again = await publish();
    expect(MessageId).not.toBe(again.MessageId);
    expect(outbox().published).toEqual([
      {
        at: at('2026-03-01 09:00'),
        id: MessageId,
        topic: TopicArn,
        subject: 'Snapshot late',
        message: 'qrosity-db',
        attributes: { severity: text('high'), bytes: { DataType: 'Binary', BinaryValue: expect.anything() } },
      },
      expect.objectContaining({ id: again.MessageId, subject: null, attributes: {} }),
    ]);
    const [bytes] = outbox().published.map(({ attributes }) => attributes.bytes?.BinaryValue ?? []);
    expect([...(bytes ?? [])]).toEqual([0, 255]);
  });

  it('goes to a topic that is there, which may be named as the target', async () => {
    expect(await told({ TopicArn: undefined, TargetArn: TopicArn })).toBe('ok');
    expect(await told({ TopicArn: `${TopicArn}-2` })).toBe('NotFoundException: Topic does not exist');
    expect(await told({ TopicArn: TopicArn.replace(HOME, AWAY) })).toBe(
      'InvalidParameterException: Invalid parameter: TopicArn',
    );
    expect(await told({ TopicArn: undefined })).toBe(
      'InvalidParameterException: Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
    );
    expect(await told({ TopicArn: undefined, PhoneNumber: '+15551234567' })).toMatch(/^NotImplemented/);
    expect(outbox().published).toHaveLength(1);
  });

  it('has 262,144 bytes at most, with its attributes and without its subject', async () => {
    const TOO_LONG = 'InvalidParameterException: Invalid parameter: Message too long';
    expect(await told({ Message: 'a'.repeat(MOST), Subject: 's' })).toBe('ok');
    expect(await told({ Message: 'a'.repeat(MOST + 1) })).toBe(TOO_LONG);
    expect(await told({ Message: 'é'.repeat(MOST / 2) })).toBe('ok');
    expect(await told({ Message: `é${'é'.repeat(MOST / 2)}` })).toBe(TOO_LONG);
    // Name, type and value: 8 + 6 + 4 bytes.
    const MessageAttributes = { severity: text('high') };
    expect(await told({ Message: 'a'.repeat(MOST - 18), MessageAttributes })).toBe('ok');
    expect(await told({ Message: 'a'.repeat(MOST - 17), MessageAttributes })).toBe(TOO_LONG);
    expect(await told({ Message: '' })).toBe('InvalidParameterException: Invalid parameter: Empty message');
  });

  it('has at most what its topic says, where that is less', async () => {
    const set = (AttributeValue: string) =>
      answer(
        sns.send(
          new SetTopicAttributesCommand({ TopicArn, AttributeName: 'MaximumMessageSize', AttributeValue }),
        ),
      );
    expect(await set('1024')).toBe('ok');
    expect(await told({ Message: 'a'.repeat(1024) })).toBe('ok');
    expect(await told({ Message: 'a'.repeat(1025) })).toMatch(/Message too long$/);
    expect(await set('1023')).toMatch(/^InvalidParameterException/);
    expect(await set('1048577')).toMatch(/^InvalidParameterException/);
    expect(await set('1048576')).toMatch(/^NotImplemented/);
  });

  it.each([
    ['of 99 characters', 's'.repeat(99), true],
    ['of 100 characters', 's'.repeat(100), false],
    ['that is empty', '', false],
    ['in UTF-8', '„Wiederherstellung“ überfällig', true],
    ['of two lines', 'a\nb', false],
    ['with a tab', 'a\tb', false],
  ])('with a subject %s', async (_what, Subject, fits) => {
    expect(await told({ Subject })).toBe(
      fits ? 'ok' : 'InvalidParameterException: Invalid parameter: Subject',
    );
  });

  it('of the structure json needs a default that is text', async () => {
    const json = (value: unknown) =>
      told({ MessageStructure: 'json', Message: typeof value === 'string' ? value : JSON.stringify(value) });
    const NO_DEFAULT =
      'InvalidParameterException: Invalid parameter: Message Structure - No default entry in JSON message body';
    expect(await json({ default: 'a', email: 'b' })).toBe('ok');
    expect(await json({ default: '' })).toBe('ok');
    expect(await json({ email: 'b' })).toBe(NO_DEFAULT);
    expect(await json({ default: { a: 1 } })).toBe(NO_DEFAULT);
    expect(await json('[]')).toBe(NO_DEFAULT);
    expect(await json('null')).toBe(NO_DEFAULT);
    expect(await json('{"default":')).toBe(
      'InvalidParameterException: Invalid parameter: Message Structure - JSON message body failed to parse',
    );
    expect(await told({ MessageStructure: 'xml' })).toBe(
      'InvalidParameterException: Invalid parameter: MessageStructure',
    );
  });

  it('of a topic that keeps no order has no word against repetition', async () => {
    expect(await told({ MessageDeduplicationId: '1' })).toMatch(
      /^InvalidParameterException: .*not valid for this topic type$/,
    );
    expect(await told({ MessageGroupId: '1' })).toMatch(/^NotImplemented/);
  });

  it.each([
    ['severity.of-it_1', text('high'), null],
    ['n'.repeat(256), text('high'), null],
    ['n'.repeat(257), text('high'), 'Length of message attribute name must be less than 256 bytes.'],
    [
      'a^b',
      text('high'),
      "Invalid non-alphanumeric character '#x5E' was found in the message attribute name.",
    ],
    ['.a', text('high'), "Invalid message attribute name starting with character '.' was found."],
    ['a.', text('high'), "Invalid message attribute name ending with character '.' was found."],
    ['a..b', text('high'), "Message attribute name can not have successive '.' character."],
    ['a', text(''), "The message attribute 'a' must contain non-empty message attribute value"],
    ['a', { DataType: 'String' }, "The message attribute 'a' must contain non-empty message attribute value"],
    ['a', { DataType: 'Binary' }, "The message attribute 'a' must contain non-empty message attribute value"],
    ['a', text('x', 'Text'), "The message attribute 'a' has an invalid message attribute type"],
    ['a', text('x', 'string'), "The message attribute 'a' has an invalid message attribute type"],
    ['a', text('x', 'String.mine'), null],
    ['a', text('x', 'Binary'), "The message attribute 'a' with type 'Binary' must use field 'Binary'."],
    ['a', text('-1.5e3', 'Number'), null],
    ['a', text('many', 'Number'), "Could not cast message attribute 'a' value to number."],
    ['a', text('["x",1,null]', 'String.Array'), null],
    ['a', text('é'), null],
    ['a', text('\u{1f525}'), "Invalid attribute value was passed in for message attribute 'a'."],
  ])('with the attribute %p of %p', async (name, attribute, why) => {
    const told = await answer(publish({ MessageAttributes: { [name]: attribute } }));
    if (why === null) expect(told).toBe('ok');
    else expect(told).toContain(`InvalidParameterValueException: ${why}`);
  });

  it('under a key is taken while the key can be used', async () => {
    const home = cloud.region(HOME);
    const KeyId = await newKey(home, { Tags: [{ TagKey: 'a', TagValue: '1' }] });
    await home.kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: KeyId });
    const under = (AttributeValue: string) =>
      sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'KmsMasterKeyId', AttributeValue }));
    for (const reference of [KeyId, 'alias/holdfast', 'alias/aws/sns']) {
      await under(reference);
      expect([reference, await told({})]).toEqual([reference, 'ok']);
    }
    await under('alias/holdfast');
    await home.kms.DisableKey({ KeyId });
    expect(await told({})).toBe(`KMSDisabledException: ${KeyId} is disabled.`);
    await home.kms.EnableKey({ KeyId });
    expect(await told({})).toBe('ok');
    await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(await told({})).toBe(`KMSInvalidStateException: ${KeyId} is PendingDeletion.`);
    await under('alias/none');
    expect(await told({})).toBe("KMSNotFoundException: Key 'alias/none' does not exist");
    await under('');
    expect(await told({})).toBe('ok');
    expect(outbox().published).toHaveLength(5);
  });

  describe('in a batch', () => {
    const batch = (entries: PublishBatchRequestEntry[]) =>
      sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
    const entries = (count: number, Message = 'a') =>
      Array.from({ length: count }, (_, n) => ({ Id: `m-${n}`, Message }));

    it('is one of ten at most, each with an id of its own', async () => {
      const { Successful, Failed } = await batch(entries(10));
      expect(Successful?.map(({ Id }) => Id)).toEqual(entries(10).map(({ Id }) => Id));
      expect(Failed).toEqual([]);
      expect(outbox().published.map(({ id }) => id)).toEqual(Successful?.map(({ MessageId }) => MessageId));
      expect(await answer(batch(entries(11)))).toMatch(/^TooManyEntriesInBatchRequestException/);
      expect(await answer(batch([]))).toMatch(/^EmptyBatchRequestException/);
      expect(await answer(batch([...entries(1), ...entries(1)]))).toMatch(
        /^BatchEntryIdsNotDistinctException/,
      );
      expect(await answer(batch([{ Id: 'a.b', Message: 'a' }]))).toMatch(/^InvalidBatchEntryIdException/);
      expect(await answer(batch([{ Id: 'i'.repeat(81), Message: 'a' }]))).toMatch(/^InvalidBatchEntryId/);
      expect(await answer(batch([{ Id: 'i'.repeat(80), Message: 'a' }]))).toBe('ok');
    });

    it('shares 262,144 bytes with the others', async () => {
      expect(await answer(batch(entries(2, 'a'.repeat(MOST / 2))))).toBe('ok');
      expect(await answer(batch([...entries(2, 'a'.repeat(MOST / 2)), { Id: 'x', Message: 'a' }]))).toMatch(
        /^BatchRequestTooLongException/,
      );
    });

    it('that is not right has all of them refused', async () => {
      expect(await answer(batch([...entries(2), { Id: 'x', Message: 'a', Subject: 'a\nb' }]))).toBe(
        'InvalidParameterException: Invalid parameter: Subject',
      );
      expect(outbox().published).toEqual([]);
    });
  });
});

import {
  CreateTopicCommand,
  ListSubscriptionsCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import type { Cloud } from '../../../../local/cloud';
import { Faults } from '../../../../local/faults';
import { listen } from '../../../../local/wire/listen';
import { Router } from '../../../../local/wire/router';
import { ACCOUNT, cloudAt, HOME } from '../world';

const TopicArn = `arn:aws:sns:${HOME}:${ACCOUNT}:notices`;
const Endpoint = `arn:aws:sqs:${HOME}:${ACCOUNT}:notices`;

describe("notices through the SDK's client, over HTTP", () => {
  let cloud: Cloud;
  let faults: Faults;
  let server: Awaited<ReturnType<typeof listen>>;
  let sns: SNSClient;

  const client = (maxAttempts = 1) =>
    new SNSClient({
      region: HOME,
      endpoint: server.url,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      maxAttempts,
    });

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    faults = new Faults();
    server = await listen(new Router(cloud.services, { account: cloud.account, faults }));
    sns = client();
    await sns.send(new CreateTopicCommand({ Name: 'notices' }));
  });

  afterEach(async () => {
    sns.destroy();
    await server.close();
  });

  const outbox = () => cloud.region(HOME).outbox;

  it('keep texts, attributes and bytes', async () => {
    const Attributes = { FilterPolicy: '{"severity":["high"]}', RawMessageDelivery: 'true' };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
    const MessageAttributes = {
      severity: { DataType: 'String', StringValue: 'high' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 128, 255) },
    };
    const Message = 'é <script> & "x"\n+1 %20';
    await sns.send(new PublishCommand({ TopicArn, Message, Subject: 'é & <b>', MessageAttributes }));
    const PublishBatchRequestEntries = [{ Id: 'a', Message, MessageAttributes }];
    const batch = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
    expect(batch).toMatchObject({ Successful: [{ Id: 'a', MessageId: expect.any(String) }], Failed: [] });
    const arrived = outbox().to(Endpoint);
    expect(arrived.map(({ body }) => body)).toEqual([Message, Message]);
    for (const { attributes } of arrived) {
      expect(attributes.severity).toEqual(MessageAttributes.severity);
      expect([...(attributes.bytes?.BinaryValue ?? [])]).toEqual([0, 128, 255]);
    }
    expect(outbox().published[0]?.subject).toBe('é & <b>');
  });

  it('are refused by the names and statuses that the SDK knows', async () => {
    const failure = (input: object) =>
      sns.send(new PublishCommand({ TopicArn, Message: 'a', ...input })).then(
        () => null,
        ({ name, Code, $metadata }) => [name, Code, $metadata.httpStatusCode],
      );
    expect(await failure({ TopicArn: `${TopicArn}-2` })).toEqual(['NotFoundException', 'NotFound', 404]);
    expect(await failure({ Subject: 'a\nb' })).toEqual([
      'InvalidParameterException',
      'InvalidParameter',
      400,
    ]);
    expect(await failure({ MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } })).toEqual([
      'InvalidParameterValueException',
      'ParameterValueInvalid',
      400,
    ]);
    await expect(sns.send(new ListSubscriptionsCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
  });

  it('are sent once by a caller that is throttled, and once by one that did not live to hear so', async () => {
    faults.throttle({ service: 'sns', operation: 'Publish', times: 1 });
    const patient = client(2);
    await patient.send(new PublishCommand({ TopicArn, Message: 'a' }));
    patient.destroy();
    faults.kill({ service: 'sns', operation: 'Publish', at: 1, moment: 'after' });
    await expect(sns.send(new PublishCommand({ TopicArn, Message: 'b' }))).rejects.toThrow();
    expect(outbox().published.map(({ message }) => message)).toEqual(['a', 'b']);
  });
});

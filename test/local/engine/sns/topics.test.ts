import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  paginateListTopics,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import type { Cloud } from '../../../../local/cloud';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { ACCOUNT, AWAY, cloudAt, codeOf, HOME, type Region, STRANGER } from '../world';

const ARN = `arn:aws:sns:${HOME}:${ACCOUNT}:notices`;

describe('a topic', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
  });

  const attributes = async (TopicArn = ARN) => (await home.sns.GetTopicAttributes({ TopicArn })).Attributes;

  it('is made once under its name, and described', async () => {
    expect(await home.sns.CreateTopic({ Name: 'notices' })).toEqual({ TopicArn: ARN });
    expect(await home.sns.CreateTopic({ Name: 'notices' })).toEqual({ TopicArn: ARN });
    expect(await attributes()).toEqual({
      TopicArn: ARN,
      Owner: ACCOUNT,
      DisplayName: '',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
    });
    expect((await home.sns.ListTopics({})).Topics).toEqual([{ TopicArn: ARN }]);
  });

  it('is encrypted from the start, or later, or no more', async () => {
    await home.sns.CreateTopic({ Name: 'notices', Attributes: { KmsMasterKeyId: 'alias/holdfast' } });
    expect((await attributes())?.KmsMasterKeyId).toBe('alias/holdfast');
    const set = (AttributeValue?: string) =>
      home.sns.SetTopicAttributes({
        TopicArn: ARN,
        AttributeName: 'KmsMasterKeyId',
        ...(AttributeValue !== undefined && { AttributeValue }),
      });
    await set('alias/other');
    expect((await attributes())?.KmsMasterKeyId).toBe('alias/other');
    await set('');
    expect(await attributes()).not.toHaveProperty('KmsMasterKeyId');
  });

  it('under the key that AWS manages brings that key about', async () => {
    await home.sns.CreateTopic({ Name: 'notices', Attributes: { KmsMasterKeyId: 'alias/aws/sns' } });
    expect((await home.kms.ListAliases({})).Aliases).toMatchObject([{ AliasName: 'alias/aws/sns' }]);
  });

  it('is not made again with other attributes or tags', async () => {
    const make = (input = {}) => codeOf(home.sns.CreateTopic({ Name: 'notices', ...input }));
    const Tags = [{ Key: 'a', Value: '1' }];
    expect(await make({ Tags })).toBe('ok');
    expect(await make({ Attributes: { KmsMasterKeyId: 'alias/holdfast' } })).toBe('InvalidParameter');
    expect(await make({ Tags: [{ Key: 'a', Value: '2' }] })).toBe('InvalidParameter');
    expect(await make({ Tags })).toBe('ok');
    expect(await attributes()).not.toHaveProperty('KmsMasterKeyId');
  });

  it('needs a name and attributes that SNS knows', async () => {
    for (const Name of ['', 'a b', 'orders.fifo', 'x'.repeat(257)]) {
      expect([Name, await codeOf(home.sns.CreateTopic({ Name }))]).toEqual([Name, 'InvalidParameter']);
    }
    await home.sns.CreateTopic({ Name: 'notices' });
    const set = home.sns.SetTopicAttributes({ TopicArn: ARN, AttributeName: 'Owner', AttributeValue: 'me' });
    expect(await codeOf(set)).toBe('InvalidParameter');
  });

  it('is found by the ARN of its own place only', async () => {
    await home.sns.CreateTopic({ Name: 'notices' });
    expect(await codeOf(attributes(`${ARN}-2`))).toBe('NotFound');
    for (const arn of ['notices', '', ARN.replace(HOME, AWAY), ARN.replace(ACCOUNT, STRANGER)]) {
      expect([arn, await codeOf(attributes(arn))]).toEqual([arn, 'InvalidParameter']);
    }
    expect((await cloud.region(AWAY).sns.ListTopics({})).Topics).toEqual([]);
    expect((await cloud.region(HOME, STRANGER).sns.ListTopics({})).Topics).toEqual([]);
  });

  it('is deleted, and may be deleted again', async () => {
    await home.sns.CreateTopic({ Name: 'notices' });
    await home.sns.DeleteTopic({ TopicArn: ARN });
    expect(await codeOf(attributes())).toBe('NotFound');
    expect(await codeOf(home.sns.DeleteTopic({ TopicArn: ARN }))).toBe('ok');
    expect(await codeOf(home.sns.DeleteTopic({ TopicArn: 'notices' }))).toBe('InvalidParameter');
  });

  it('is one of 100 on a page', async () => {
    for (let n = 0; n < 201; n += 1) await home.sns.CreateTopic({ Name: `t${n}` });
    const sizes: (number | undefined)[] = [];
    const found = new Set<string | undefined>();
    let NextToken: string | undefined;
    do {
      const page = await home.sns.ListTopics(NextToken === undefined ? {} : { NextToken });
      sizes.push(page.Topics?.length);
      for (const { TopicArn } of page.Topics ?? []) found.add(TopicArn);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect([sizes, found.size]).toEqual([[100, 100, 1], 201]);
    expect(await codeOf(home.sns.ListTopics({ NextToken: 'x' }))).toBe('InvalidParameter');
  });

  it('of a lost region does not answer', async () => {
    await home.sns.CreateTopic({ Name: 'notices' });
    await cloud.loseRegion(HOME);
    expect(await codeOf(attributes())).toBe('InternalError');
  });
});

describe("SNS through the SDK's client", () => {
  it('keeps attributes, pages and the names of refusals', async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const bugs: unknown[] = [];
    const router = new Router(cloud.services, {
      account: cloud.account,
      onError: (error) => bugs.push(error),
    });
    const client = new SNSClient({
      region: HOME,
      requestHandler: inProcess(router),
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const Attributes = { KmsMasterKeyId: 'alias/holdfast', DisplayName: 'Holdfast' };
    const Tags = [{ Key: 'holdfast:owner', Value: 'notices' }];
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'notices', Attributes, Tags }));
    expect(TopicArn).toBe(ARN);
    const read = () => client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect((await read()).Attributes).toMatchObject({ ...Attributes, Owner: ACCOUNT });
    const none = { TopicArn, AttributeName: 'KmsMasterKeyId', AttributeValue: '' };
    await client.send(new SetTopicAttributesCommand(none));
    expect((await read()).Attributes).not.toHaveProperty('KmsMasterKeyId');
    for (let n = 0; n < 100; n += 1) await client.send(new CreateTopicCommand({ Name: `t${n}` }));
    const sizes: number[] = [];
    for await (const page of paginateListTopics({ client }, {})) sizes.push(page.Topics?.length ?? 0);
    expect(sizes).toEqual([100, 1]);
    const refused = (arn: string) =>
      client
        .send(new GetTopicAttributesCommand({ TopicArn: arn }))
        .catch(({ name, $metadata }) => [name, $metadata.httpStatusCode]);
    expect(await refused(`${ARN}-2`)).toEqual(['NotFoundException', 404]);
    expect(await refused('notices')).toEqual(['InvalidParameterException', 400]);
    await cloud.loseRegion(HOME);
    expect(await refused(ARN)).toEqual(['InternalErrorException', 500]);
    expect(bugs).toEqual([]);
  });
});

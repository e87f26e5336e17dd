import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Cloud, createCloud } from '../../local/cloud';
import { makeAlarms, makeTopic } from '../../local/furnish-alarms';
import { logical, type Resource } from '../deploy/service';
import { ACCOUNT, AWAY, HOME } from './engine/world';

const topic = (name: string) => `arn:aws:sns:${HOME}:${ACCOUNT}:holdfast-prod-${name}`;
const TOPIC = topic('notices');
/** What the framework calls each function. */
const FUNCTIONS = readdirSync('functions').map((name) => [`${logical(name)}LambdaFunction`, name] as const);

/** The alarms that stand in deploy/, by name, with all that they refer to written out. */
function declared(): Map<string, Resource['Properties']> {
  const files = readdirSync('deploy').filter((file) => file.endsWith('.yml'));
  const found = new Map<string, Resource['Properties']>();
  for (const file of files) {
    const text = FUNCTIONS.reduce(
      (so, [spelled, name]) => so.replaceAll(`{ Ref: ${spelled} }`, `holdfast-prod-${name}`),
      readFileSync(join('deploy', file), 'utf8'),
    )
      .replaceAll(/\$\{self:service\}-\$\{sls:stage\}/g, 'holdfast-prod')
      .replaceAll('{ Ref: Alarms }', topic('alarms'));
    const { Resources } = parse(text, { logLevel: 'error' }) as { Resources: Record<string, Resource> };
    for (const { Type, Properties } of Object.values(Resources)) {
      if (Type === 'AWS::CloudWatch::Alarm') found.set(Properties.AlarmName, Properties);
    }
  }
  return found;
}

let cloud: Cloud;
beforeEach(() => {
  cloud = createCloud({ account: ACCOUNT });
});

describe('the alarms of the stack', () => {
  const described = async (region: string) => {
    const { MetricAlarms = [] } = await cloud.region(region).cloudwatch.DescribeAlarms({ MaxRecords: 100 });
    return MetricAlarms;
  };

  it('are all there, number for number', async () => {
    await makeAlarms(cloud, HOME);
    const expected = declared();
    expect(expected.size).toBeGreaterThanOrEqual(14);
    const found = await described(HOME);
    expect(found.map(({ AlarmName }) => AlarmName)).toEqual([...expected.keys()].sort());
    for (const alarm of found) expect(alarm).toMatchObject(expected.get(alarm.AlarmName ?? '') ?? {});
    expect(await described(AWAY)).toEqual([]);
  });

  it('ring where a run fails, and where none comes', async () => {
    await makeAlarms(cloud, HOME);
    const { metrics } = cloud.region(HOME);
    const report = (name: string, value: number) =>
      metrics.put({
        namespace: 'AWS/Lambda',
        name,
        dimensions: { FunctionName: 'holdfast-prod-copy-snapshot' },
        value,
      });
    report('Invocations', 1);
    report('Errors', 1);
    await cloud.clock.advance(60_000);
    const ringing = (await described(HOME)).filter(({ StateValue }) => StateValue === 'ALARM');
    const names = ringing.map(({ AlarmName }) => AlarmName);
    expect(names).toContain('holdfast-prod-copy-snapshot-failures');
    expect(names).not.toContain('holdfast-prod-copy-snapshot-not-running');
    expect(names).toContain('holdfast-prod-create-snapshot-not-running');
    expect(names).not.toContain('holdfast-prod-create-snapshot-failures');
  });

  describe('in a folder', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'holdfast-deploy-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const made = (text: string) => {
      writeFileSync(join(folder, 'alarms.yml'), text);
      return makeAlarms(cloud, HOME, folder);
    };
    const alarm = (rest: string) =>
      `Resources: { One: { Type: AWS::CloudWatch::Alarm, Properties: { AlarmName: one, MetricName: m, Namespace: n,
        Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: LessThanThreshold, ${rest} } } }`;

    it.each([
      ['AlarmActions: [{ Ref: Nobody }]', 'One.AlarmActions: nothing here fills in Nobody'],
      [
        'AlarmActions: [{ Fn::GetAtt: [Notices, Arn] }]',
        'One.AlarmActions: nothing here fills in Fn::GetAtt',
      ],
      [
        `AlarmDescription: "\${self:custom.text}"`,
        `One.AlarmDescription: nothing here fills in \${self:custom.text}`,
      ],
    ])('are not made with a guess: %s', async (rest, why) => {
      await expect(made(alarm(rest))).rejects.toThrow(why);
      expect(await described(HOME)).toEqual([]);
    });

    it('of a stack of its own are left to that stack', async () => {
      await made(`AWSTemplateFormatVersion: "2010-09-09"\n${alarm('AlarmDescription: !Sub "x"')}`);
      expect(await described(HOME)).toEqual([]);
    });
  });
});

describe('the topic for notices', () => {
  it('has the name that the stack gives it, the key, and subscribers who said yes', async () => {
    const { sns, outbox } = cloud.region(HOME);
    const subscribers = [
      { protocol: 'email', endpoint: 'on-call@example.com' },
      { protocol: 'sqs', endpoint: `arn:aws:sqs:${HOME}:${ACCOUNT}:pager` },
    ] as const;
    expect(await makeTopic(cloud, HOME, 'deploy/notices.yml', 'alias/holdfast', subscribers)).toBe(TOPIC);
    expect((await sns.GetTopicAttributes({ TopicArn: TOPIC })).Attributes).toMatchObject({
      KmsMasterKeyId: 'alias/holdfast',
      SubscriptionsConfirmed: '2',
      SubscriptionsPending: '0',
    });
    await sns.SetTopicAttributes({
      TopicArn: TOPIC,
      AttributeName: 'KmsMasterKeyId',
      AttributeValue: '',
    });
    await sns.Publish({ TopicArn: TOPIC, Message: 'it rings' });
    expect(outbox.to('on-call@example.com').map(({ body }) => body)).toEqual(['it rings']);
  });

  it('has neither unless asked', async () => {
    await makeTopic(cloud, HOME, 'deploy/notices.yml', null);
    const { Attributes } = await cloud.region(HOME).sns.GetTopicAttributes({ TopicArn: TOPIC });
    expect(Attributes).toMatchObject({ SubscriptionsConfirmed: '0', SubscriptionsPending: '0' });
    expect(Attributes).not.toHaveProperty('KmsMasterKeyId');
  });
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from './cloud';
import type { Protocol } from './engine/sns/subscription';
import { DEPLOYMENT, HomeStack } from './stack';

/** Whom a topic tells. */
export interface Subscriber {
  readonly protocol: Protocol;
  readonly endpoint: string;
}

/**
 * The topic for notices, under the name that the stack gives it. Answers its ARN.
 *
 * @param stack deploy/notices.yml
 * @param key alias of the key that messages are put under, the stack's own on AWS; null for none
 * @param subscribers all of them have said yes, as who clicks on the link in SNS's mail does
 */
export async function makeTopic(
  cloud: Cloud,
  home: string,
  stack: string,
  key: string | null,
  subscribers: readonly Subscriber[] = [],
): Promise<string> {
  const { sns, outbox } = cloud.region(home);
  const notices = new HomeStack([stack], { region: home, account: cloud.account });
  const { TopicArn = '' } = await sns.CreateTopic({
    Name: String(notices.of('Notices', 'TopicName')),
    ...(key !== null && { Attributes: { KmsMasterKeyId: key } }),
  });
  for (const { protocol, endpoint } of subscribers) {
    await sns.Subscribe({ TopicArn, Protocol: protocol, Endpoint: endpoint });
    outbox.confirm(endpoint);
  }
  return TopicArn;
}

/**
 * Every alarm of the stack, whatever function it watches: CloudFormation's properties are PutMetricAlarm's members.
 *
 * @param folder deploy/
 */
export async function makeAlarms(cloud: Cloud, home: string, folder = 'deploy'): Promise<void> {
  const { cloudwatch } = cloud.region(home);
  const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));
  const paths = files.sort().map((file) => join(folder, file));
  const stack = new HomeStack(paths, { region: home, account: cloud.account });
  for (const alarm of stack.all('AWS::CloudWatch::Alarm')) {
    await cloudwatch.PutMetricAlarm(alarm as unknown as PutMetricAlarmInput);
  }
}

/** Whether an alarm of the stack rings at this moment: `rotate-keys-key-in-danger`. */
export async function rings(cloud: Cloud, home: string, alarm: string): Promise<boolean> {
  const name = `${DEPLOYMENT}-${alarm}`;
  const { MetricAlarms } = await cloud.region(home).cloudwatch.DescribeAlarms({ AlarmNames: [name] });
  return MetricAlarms?.[0]?.StateValue === 'ALARM';
}

import { SCHEDULED } from '../../shared/domain/controls/alarms-of';
import type { Policy } from '../../shared/domain/policy';
import { ACCOUNT, HOME } from './builders';
import { complete } from './seen';
import { EVIDENCE, World, type WorldOptions } from './world';

/** Where notices of these worlds go. */
export const MAIL = 'on-call@example.com';
export const QUEUE = `arn:aws:sqs:${HOME}:${ACCOUNT}:findings`;
export const TOPIC = `arn:aws:sns:${HOME}:${ACCOUNT}:holdfast-prod-notices`;

export interface ComplianceOptions extends WorldOptions {
  readonly databases?: readonly string[];
  readonly policy?: Policy;
}

/**
 * A world in which the switches stand right: instances as they should be, keys that rotate, the bucket of evidence locked,
 * a topic with two subscribers, and every alarm quiet. Backups, tests and looks inside are for the functions to bring about.
 */
export async function complianceWorld({
  databases = ['qrosity-db'],
  policy = complete(),
  ...options
}: ComplianceOptions = {}): Promise<World> {
  const world = new World({ policy, ...options });
  await world.keys();
  for (const region of world.cloud.regions) {
    const { kms } = world.region(region);
    await kms.EnableKeyRotation({ KeyId: await keyIn(world, region), RotationPeriodInDays: 365 });
  }
  await makeBucket(world);
  await makeTopic(world);
  for (const id of databases) makeInstance(world, id);
  await quietAlarms(world);
  world.topics = [TOPIC];
  return world;
}

async function keyIn(world: World, region: string): Promise<string> {
  const { KeyMetadata } = await world.region(region).kms.DescribeKey({ KeyId: 'alias/holdfast' });
  return KeyMetadata?.KeyId ?? '';
}

async function makeBucket(world: World): Promise<void> {
  await world.bucket();
  const { s3 } = world.region();
  await s3.PutObjectLockConfiguration({
    Bucket: EVIDENCE,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
    },
  });
  await s3.PutBucketEncryption({
    Bucket: EVIDENCE,
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/holdfast' },
          BucketKeyEnabled: true,
        },
      ],
    },
  });
}

async function makeTopic(world: World): Promise<void> {
  const { sns, outbox } = world.region();
  await sns.CreateTopic({
    Name: 'holdfast-prod-notices',
    Attributes: { KmsMasterKeyId: await keyIn(world, HOME) },
  });
  for (const [Protocol, Endpoint] of [
    ['email', MAIL],
    ['sqs', QUEUE],
  ]) {
    await sns.Subscribe({ TopicArn: TOPIC, Protocol, Endpoint });
    outbox.confirm(Endpoint as string);
  }
}

/** An instance as it should be. */
export function makeInstance(world: World, id: string): void {
  world.region().stage.instance({
    id,
    key: 'alias/holdfast',
    backupRetention: 30,
    multiAz: true,
    copyTagsToSnapshot: true,
    deletionProtection: true,
    performanceInsights: true,
    iamAuthentication: true,
  });
}

/** CloudWatch's word on our functions, as it is when all of them run. */
export async function quietAlarms(world: World): Promise<void> {
  for (const name of SCHEDULED)
    for (const kind of ['not-running', 'failures']) await ring(world, `${name}-${kind}`, 'OK');
}

export async function ring(world: World, alarm: string, state: 'OK' | 'ALARM'): Promise<void> {
  const { cloudwatch } = world.region();
  const AlarmName = `holdfast-prod-${alarm}`;
  await cloudwatch.PutMetricAlarm({
    AlarmName,
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  });
  await cloudwatch.SetAlarmState({ AlarmName, StateValue: state, StateReason: 'a test says so' });
}

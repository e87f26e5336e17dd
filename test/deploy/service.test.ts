import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTriggers } from '../../local/schedules';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../shared/domain/time';
import { loadPolicy } from '../../shared/runtime/policy-file';
import { at } from '../support/builders';
import { copyRegion, ROOT, service } from './service';

const deployed = service();
const resources = deployed.resources.Resources;
const policy = loadPolicy(resolve(ROOT, 'policy.yml'));
const triggers = readTriggers(resolve(ROOT, 'serverless.yml'));

const NAMES = readdirSync(resolve(ROOT, 'functions')).sort();

/** `create-snapshot` as CloudFormation's logical names spell it: `CreateSnapshot`. */
const spelled = (name: string) =>
  name.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());

/** The times of a function's schedules within one day. */
function day(name: string): Instant[] {
  const start = at('2026-03-01 00:00');
  return triggers.schedules
    .filter((schedule) => schedule.function === name)
    .flatMap(({ next }) => {
      const times: Instant[] = [];
      for (let time = next(start - 1); time < start + DAY; time = next(time)) times.push(time);
      return times;
    });
}

it('deploys every folder in functions/, and nothing else', () => {
  expect(Object.keys(deployed.functions).sort()).toEqual(NAMES);
});

describe.each(NAMES)('%s', (name) => {
  const declared = deployed.functions[name];
  if (declared === undefined) throw new Error(`${name} stands in functions/, but not in serverless.yml`);
  const alarm = (kind: string) => resources[`${spelled(name)}${kind}`]?.Properties ?? {};
  const every = (day(name)[1] ?? 0) - (day(name)[0] ?? 0);

  it('runs the bundle of its own folder, with the policy beside it', () => {
    expect(existsSync(resolve(ROOT, 'functions', name, 'handler.ts'))).toBe(true);
    expect(declared.handler).toBe(`dist/functions/${name}/handler.handler`);
    expect(declared.package.patterns).toEqual([`dist/functions/${name}/**`]);
  });

  it('has a role of its own', () => {
    expect(declared.role).toBe(`${spelled(name)}Role`);
    expect(resources[declared.role]?.Type).toBe('AWS::IAM::Role');
    expect(Object.values(deployed.functions).filter(({ role }) => role === declared.role)).toHaveLength(1);
  });

  it('runs once at a time, and leaves a failed run to the next tick', () => {
    expect(declared).toMatchObject({
      reservedConcurrency: 1,
      maximumRetryAttempts: 0,
      destinations: { onFailure: { type: 'sqs', arn: { 'Fn::GetAtt': ['FailedRuns', 'Arn'] } } },
    });
    // One that waited longer than a period would only repeat what the next one does.
    expect(declared.maximumEventAge * SECOND).toBe(every);
  });

  it('is sent the scheduled time through EventBridge Scheduler, in UTC', () => {
    const schedules = declared.events.filter((event) => 'schedule' in event);
    expect(schedules).toHaveLength(1);
    expect(schedules[0]?.schedule).toMatchObject({
      method: 'scheduler',
      name: `holdfast-prod-${name}`,
      timezone: 'UTC',
      groupName: { Ref: 'Schedules' },
      roleArn: { 'Fn::GetAtt': ['SchedulesRole', 'Arn'] },
      input: { time: '<aws.scheduler.scheduled-time>' },
    });
    const schedule = triggers.schedules.find((one) => one.function === name);
    expect(schedule?.event(at('2026-03-01 09:00'))).toEqual({ time: '2026-03-01T09:00:00Z' });
  });

  it('has an alarm for failed runs', () => {
    expect(alarm('Failures')).toMatchObject({
      AlarmName: `holdfast-prod-${name}-failures`,
      MetricName: 'Errors',
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'Notices' }],
    });
    expect(alarm('Failures').Period * SECOND).toBe(every);
  });

  it('has an alarm for three schedules in a row without a run', () => {
    expect(alarm('NotRunning')).toMatchObject({
      AlarmName: `holdfast-prod-${name}-not-running`,
      MetricName: 'Invocations',
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'breaching',
      AlarmActions: [{ Ref: 'Notices' }],
    });
    expect(alarm('NotRunning').Period * SECOND).toBe(every);
  });

  it.each(['Failures', 'NotRunning'])('watches itself with %s, and names a runbook that is there', (kind) => {
    const { AlarmName, AlarmDescription, Dimensions } = alarm(kind);
    expect(Dimensions).toEqual([
      {
        Name: 'FunctionName',
        Value: { Ref: `${spelled(name).replace('Snapshot', 'Dashsnapshot')}LambdaFunction` },
      },
    ]);
    const heading = `Alarm: ${AlarmName.replace('holdfast-prod-', '')}`;
    const anchor = heading.toLowerCase().replace(':', '').replaceAll(' ', '-');
    expect(AlarmDescription).toMatch(new RegExp(` functions/${name}/README\\.md#${anchor}$`));
    const runbook = readFileSync(resolve(ROOT, 'functions', name, 'README.md'), 'utf8');
    const article = runbook.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
    for (const part of ['Description', 'Investigation', 'Resolution'])
      expect(article).toContain(`**${part}.**`);
  });
});

it('creates and copies every 10 minutes, prunes each hour, and never prunes at a tick of theirs', () => {
  const [create, copy, prune] = ['create-snapshot', 'copy-snapshot', 'prune-snapshots'].map(day);
  const expected = (every: number, from: number) =>
    Array.from({ length: DAY / every }, (_none, tick) => at('2026-03-01 00:00') + from + tick * every);
  expect(create).toEqual(expected(10 * MINUTE, 0));
  expect(copy).toEqual(expected(10 * MINUTE, 0));
  expect(prune).toEqual(expected(HOUR, 5 * MINUTE));
});

it('wakes copy-snapshot, and nothing else, when RDS has finished a manual snapshot', () => {
  const event = (id: string) => ({
    source: 'aws.rds',
    'detail-type': 'RDS DB Snapshot Event',
    detail: { EventID: id, SourceType: 'SNAPSHOT' },
  });
  const woken = (id: string) =>
    triggers.rules.filter(({ matches }) => matches(event(id))).map((rule) => rule.function);
  expect(woken('RDS-EVENT-0042')).toEqual(['copy-snapshot']);
  // 0040: a manual snapshot is being created; 0091: an automated one was (aws-facts: Events).
  expect(woken('RDS-EVENT-0040')).toEqual([]);
  expect(woken('RDS-EVENT-0091')).toEqual([]);
});

it('gives up a tick that did not get through when the next one comes, and keeps its record', () => {
  for (const name of NAMES) {
    const logical = `${spelled(name).replace('Snapshot', 'Dashsnapshot')}SchedulerSchedule1`;
    const { RetryPolicy, DeadLetterConfig } = resources[logical]?.Properties.Target ?? {};
    const [first = 0, second = 0] = day(name);
    expect([name, RetryPolicy.MaximumEventAgeInSeconds * SECOND]).toEqual([name, second - first]);
    expect(DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': ['FailedRuns', 'Arn'] } });
  }
});

it("lies in the policy's home region, on Lambda's own terms", () => {
  expect(deployed.provider).toMatchObject({
    region: policy.home,
    stage: 'prod',
    runtime: 'nodejs22.x',
    architecture: 'arm64',
    timeout: (15 * MINUTE) / SECOND,
    environment: { POLICY_FILE: 'policy.yml', NODE_OPTIONS: '--enable-source-maps' },
  });
});

it('lets CloudWatch publish alarms under the key of the topic', () => {
  expect(resources.Notices?.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
  const [publish] = resources.NoticesPolicy?.Properties.PolicyDocument.Statement ?? [];
  expect(publish).toMatchObject({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });
  const forAlarms = resources.Key?.Properties.KeyPolicy.Statement.find(
    ({ Principal }: { Principal: { Service?: string } }) => Principal.Service === 'cloudwatch.amazonaws.com',
  );
  expect(forAlarms).toMatchObject({ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] });
});

it('keeps the key when the stack goes, and rotates it', () => {
  expect(resources.Key).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { EnableKeyRotation: true },
  });
  expect(resources.KeyAlias?.Properties.AliasName).toBe('alias/holdfast');
});

it('makes the key that the policy names in a copy region, to stay and to be rotated', () => {
  const { Parameters, Resources } = copyRegion();
  const keys = Object.values(policy.policies).flatMap(({ copies }) => copies.map(({ key }) => key));
  expect(keys).toContain(Parameters.Alias?.Default);
  expect(Resources.KeyAlias?.Properties.AliasName).toEqual({ Ref: 'Alias' });
  expect(Resources.Key?.Properties).toMatchObject({
    EnableKeyRotation: true,
    RotationPeriodInDays: { Ref: 'RotationDays' },
  });
  for (const kept of [Resources.Key, Resources.KeyAlias]) {
    expect(kept).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }
  // SEC-2: no period longer than what the policy promises.
  const promised = Object.values(policy.policies).flatMap(({ keys }) =>
    keys === null ? [] : [keys.rotateEvery],
  );
  expect(Number(Parameters.RotationDays?.Default) * DAY).toBeLessThanOrEqual(Math.min(...promised));
});

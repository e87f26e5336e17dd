import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { readTriggers, type Schedule } from '../../local/schedules';
import { CLAIM_HOLDS } from '../../shared/domain/findings/rules';
import { TAG } from '../../shared/domain/tags';
import { DAY, type Duration, HOUR, type Instant, MINUTE, SECOND } from '../../shared/domain/time';
import { loadPolicy } from '../../shared/runtime/policy-file';
import { at } from '../support/builders';
import { copyRegion, filledIn, logical, PLACE, ROOT, service, serviceWith, spelled } from './service';

const deployed = service();
const resources = deployed.resources.Resources;
const policy = loadPolicy(resolve(ROOT, 'policy.yml'));
const triggers = readTriggers(resolve(ROOT, 'serverless.yml'));

const NAMES = readdirSync(resolve(ROOT, 'functions')).sort();

/** The schedules of a function, in the order of serverless.yml. */
const schedulesOf = (name: string): Schedule[] =>
  triggers.schedules.filter((schedule) => schedule.function === name);

/** The times of a schedule on one day. */
function day({ next }: Schedule): Instant[] {
  const start = at('2026-03-01 00:00');
  const found: Instant[] = [];
  for (let time = next(start - 1); time < start + DAY; time = next(time)) found.push(time);
  return found;
}

/** From one scheduled run to the next. */
function period({ next }: Schedule): Duration {
  const first = next(at('2026-03-01 00:00'));
  return next(first) - first;
}

/** Whose next run, by whatever schedule, does what the last one left undone; only a report waits for its own. */
const CATCHES_UP = ['report-compliance'];

/** For how long alarms have to remember what went wrong: as a rule, the longest period of a function's schedules. */
function remembered(name: string): Duration {
  const periods = schedulesOf(name).map(period);
  return CATCHES_UP.includes(name) ? Math.min(...periods) : Math.max(...periods);
}

/** What a schedule is called, and sends beside its time. */
const SCHEDULES: Readonly<Record<string, readonly { readonly name: string; readonly sends: object }[]>> = {
  'inspect-database': [
    { name: 'inspect-database', sends: {} },
    { name: 'inspect-database-restored', sends: { restored: true } },
  ],
  'report-compliance': [
    { name: 'report-compliance', sends: { pass: 'light' } },
    { name: 'report-compliance-daily', sends: { pass: 'daily' } },
  ],
};
const scheduled = (name: string) => SCHEDULES[name] ?? [{ name, sends: {} }];

/** The longest that Lambda lets an event wait. */
const LAMBDAS_MOST = 6 * HOUR;

/**
 * What a late look at a live database finds is of another time than the backups that are held against it; a late report
 * takes the scheduled time for now.
 */
const SOONER: Readonly<Record<string, Duration>> = { 'inspect-database': HOUR, 'report-compliance': HOUR };

it('deploys every folder in functions/, and nothing else', () => {
  expect(Object.keys(deployed.functions).sort()).toEqual(NAMES);
});

describe.each(NAMES)('%s', (name) => {
  const declared = deployed.functions[name];
  if (declared === undefined) throw new Error(`${name} stands in functions/, but not in serverless.yml`);
  const alarm = (kind: string) => resources[`${spelled(name)}${kind}`]?.Properties ?? {};
  const every = remembered(name);

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
    expect(declared.maximumEventAge * SECOND).toBe(Math.min(every, SOONER[name] ?? LAMBDAS_MOST));
  });

  it('is sent the scheduled time through EventBridge Scheduler, in UTC', () => {
    const schedules = declared.events.filter((event) => 'schedule' in event);
    expect(schedules.map(({ schedule }) => schedule)).toEqual(
      scheduled(name).map((one) => ({
        method: 'scheduler',
        rate: expect.any(Array),
        name: `holdfast-prod-${one.name}`,
        timezone: 'UTC',
        groupName: { Ref: 'Schedules' },
        roleArn: { 'Fn::GetAtt': ['SchedulesRole', 'Arn'] },
        input: { time: '<aws.scheduler.scheduled-time>', ...one.sends },
      })),
    );
    expect(schedulesOf(name).map(({ event }) => event(at('2026-03-01 09:00')))).toEqual(
      scheduled(name).map(({ sends }) => ({ time: '2026-03-01T09:00:00Z', ...sends })),
    );
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
      AlarmActions: [{ Ref: 'Alarms' }],
    });
    expect(alarm('Failures').Period * SECOND).toBe(every);
  });

  it('has an alarm for three schedules in a row without a run', () => {
    expect(alarm('NotRunning')).toMatchObject({
      AlarmName: `holdfast-prod-${name}-not-running`,
      // Of two schedules, the more frequent one's runs would hide that the other's are missing.
      ...(schedulesOf(name).length === 1 || CATCHES_UP.includes(name)
        ? { Namespace: 'AWS/Lambda', MetricName: 'Invocations' }
        : { Namespace: 'Holdfast', MetricName: 'liveRuns' }),
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'breaching',
      AlarmActions: [{ Ref: 'Alarms' }],
    });
    expect(alarm('NotRunning').Period * SECOND).toBe(every);
  });

  it.each(['Failures', 'NotRunning'])('watches itself with %s', (kind) => {
    expect(alarm(kind).Dimensions).toEqual([
      alarm(kind).Namespace === 'Holdfast'
        ? { Name: 'service', Value: name }
        : { Name: 'FunctionName', Value: { Ref: `${logical(name)}LambdaFunction` } },
    ]);
  });

  it('names a runbook that is there in every alarm of its own', () => {
    const alarms = Object.entries(resources).filter(
      ([key, { Type }]) => Type === 'AWS::CloudWatch::Alarm' && key.startsWith(spelled(name)),
    );
    for (const [, { Properties }] of alarms) {
      const { AlarmName, AlarmDescription } = Properties;
      const heading = `Alarm: ${AlarmName.replace('holdfast-prod-', '')}`;
      const anchor = heading.toLowerCase().replace(':', '').replaceAll(' ', '-');
      expect(AlarmDescription).toMatch(new RegExp(` functions/${name}/README\\.md#${anchor}$`));
      const runbook = readFileSync(resolve(ROOT, 'functions', name, 'README.md'), 'utf8');
      const article = runbook.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
      for (const part of ['Description', 'Investigation', 'Resolution'])
        expect(article).toContain(`**${part}.**`);
    }
  });
});

it('creates and copies every 10 minutes, prunes each hour, and the rest daily, each at minutes of its own', () => {
  const expected = (every: number, from: number) =>
    Array.from({ length: DAY / every }, (_none, tick) => at('2026-03-01 00:00') + from + tick * every);
  const days = (name: string) => schedulesOf(name).map(day);
  expect(days('create-snapshot')).toEqual([expected(10 * MINUTE, 0)]);
  expect(days('copy-snapshot')).toEqual([expected(10 * MINUTE, 0)]);
  expect(days('prune-snapshots')).toEqual([expected(HOUR, 5 * MINUTE)]);
  expect(days('rotate-keys')).toEqual([[at('2026-03-01 06:25')]]);
});

it('looks into live databases once a day, and every 5 minutes into what a restore test waits for', () => {
  const [live, restored] = schedulesOf('inspect-database').map(day);
  expect(live).toEqual([at('2026-03-01 05:45')]);
  expect(restored).toEqual(
    Array.from({ length: DAY / (5 * MINUTE) }, (_none, tick) => at('2026-03-01 00:00') + tick * 5 * MINUTE),
  );
});

it('judges every 10 minutes what the others began, and everything once a day after them, at minutes of its own', () => {
  const [light, daily] = schedulesOf('report-compliance').map(day);
  const begun = schedulesOf('create-snapshot').flatMap(day);
  expect(light).toEqual(begun.map((tick) => tick + 2 * MINUTE));
  expect(daily).toEqual([at('2026-03-01 06:34')]);
  const before = ['inspect-database', 'rotate-keys'].flatMap((name) => schedulesOf(name).map(day)[0] ?? []);
  for (const time of before) expect(time).toBeLessThan(at('2026-03-01 06:34'));
  const others = NAMES.filter((name) => name !== 'report-compliance')
    .flatMap(schedulesOf)
    .flatMap(day);
  const own = [...(light ?? []), ...(daily ?? [])];
  expect(own.filter((time) => others.includes(time))).toEqual([]);
  expect(new Set(own).size).toBe(own.length);
});

it('ends a run of report-compliance before its claim on what it tells ends, and before the next light pass', () => {
  const { timeout = 0 } = deployed.functions['report-compliance'] ?? {};
  expect(timeout * SECOND).toBe(5 * MINUTE);
  expect(timeout * SECOND).toBeLessThan(CLAIM_HOLDS);
  const [light] = schedulesOf('report-compliance');
  const daily = at('2026-03-01 06:34');
  expect((light?.next(daily) ?? 0) - daily).toBeGreaterThan(timeout * SECOND);
});

it('leaves the others the time that Lambda grants', () => {
  const shorter = Object.entries(deployed.functions).filter(([, { timeout }]) => timeout !== undefined);
  expect(shorter.map(([name]) => name)).toEqual(['report-compliance']);
});

it('has no alarm on what report-compliance finds: that it tells by itself', () => {
  const alarms = Object.entries(resources).filter(
    ([name, { Type }]) => Type === 'AWS::CloudWatch::Alarm' && name.startsWith('ReportCompliance'),
  );
  expect(alarms.map(([name]) => name)).toEqual(['ReportComplianceFailures', 'ReportComplianceNotRunning']);
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

const fromKms = (type: string, detail: object = {}) => ({
  source: 'aws.kms',
  'detail-type': type,
  detail,
});
const call = (eventName: string, eventSource = 'kms.amazonaws.com') =>
  fromKms('AWS API Call via CloudTrail', { eventSource, eventName });
const wokenBy = (event: unknown) =>
  triggers.rules.filter(({ matches }) => matches(event)).map((rule) => rule.function);

it.each([
  ['ScheduleKeyDeletion', call('ScheduleKeyDeletion')],
  ['DisableKey', call('DisableKey')],
  ['DisableKeyRotation', call('DisableKeyRotation')],
  ['DeleteImportedKeyMaterial', call('DeleteImportedKeyMaterial')],
  ['DisconnectCustomKeyStore', call('DisconnectCustomKeyStore')],
  ['PutKeyPolicy', call('PutKeyPolicy')],
  ['DeleteAlias', call('DeleteAlias')],
  ['UpdateAlias', call('UpdateAlias')],
  ['a rotation', fromKms('KMS CMK Rotation')],
  ['a deletion', fromKms('KMS CMK Deletion')],
  ['imported material that has expired', fromKms('KMS Imported Key Material Expiration')],
])('wakes rotate-keys, and nothing else, when KMS tells of %s', (_what, event) => {
  expect(wokenBy(event)).toEqual(['rotate-keys']);
});

it('is not woken by what it does itself: a refused call, which CloudTrail reports too, would never end', () => {
  for (const name of ['EnableKeyRotation', 'RotateKeyOnDemand', 'CancelKeyDeletion', 'EnableKey'])
    expect(wokenBy(call(name))).toEqual([]);
  expect(wokenBy(call('Decrypt'))).toEqual([]);
  expect(wokenBy(call('DisableKey', 'elsewhere.amazonaws.com'))).toEqual([]);
});

it('is not woken by grants that end: RDS retires its own all the time', () => {
  for (const name of ['CreateGrant', 'RetireGrant', 'RevokeGrant']) expect(wokenBy(call(name))).toEqual([]);
});

it('tells each function what it needs to know beside the policy, and no more', () => {
  const told = (name: string) => deployed.functions[name]?.environment;
  for (const name of ['create-snapshot', 'copy-snapshot', 'prune-snapshots'])
    expect(told(name)).toBeUndefined();
  expect(told('rotate-keys')).toEqual({
    NOTICES_TOPIC: { Ref: 'Notices' },
    EVIDENCE_BUCKET: { Ref: 'EvidenceBucket' },
  });
  expect(told('inspect-database')).toEqual({
    EVIDENCE_BUCKET: { Ref: 'EvidenceBucket' },
    NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
  });
  expect(told('test-restore')).toEqual({ EVIDENCE_BUCKET: { Ref: 'EvidenceBucket' } });
  expect(told('report-compliance')).toEqual({
    NOTICES_TOPIC: { Ref: 'Notices' },
    EVIDENCE_BUCKET: { Ref: 'EvidenceBucket' },
    DEPLOYMENT: 'holdfast-prod',
  });
});

it('puts inspect-database, and nothing else, into the network that the policy names', () => {
  const { network } = policy;
  const inside = Object.entries(deployed.functions).filter(([, { vpc }]) => vpc != null);
  expect(inside.map(([name, { vpc }]) => [name, vpc])).toEqual([
    ['inspect-database', { subnetIds: network?.subnets, securityGroupIds: network?.securityGroups }],
  ]);
});

it('leaves it outside of any network where the policy names none, and lets nobody make interfaces', () => {
  const document = parseDocument(readFileSync(resolve(ROOT, 'policy.yml'), 'utf8'));
  document.delete('network');
  const { functions, resources: other } = serviceWith(document.toString());
  expect(functions['inspect-database']?.vpc ?? null).toBeNull();
  const [{ PolicyDocument }] = other.Resources.InspectDatabaseRole?.Properties.Policies ?? [];
  const sids = (PolicyDocument.Statement as { Sid: string; Effect: string }[]).map((one) => [
    one.Sid,
    one.Effect,
  ]);
  expect(sids).toContainEqual(['NetworkInterfaces', 'Deny']);
});

it('rings at once when a run finds a key in danger, until a run finds none', () => {
  expect(resources.RotateKeysKeyInDanger?.Properties).toMatchObject({
    AlarmName: 'holdfast-prod-rotate-keys-key-in-danger',
    Namespace: 'Holdfast',
    MetricName: 'keysInDanger',
    Dimensions: [{ Name: 'service', Value: 'rotate-keys' }],
    Statistic: 'Maximum',
    Period: (5 * MINUTE) / SECOND,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'ignore',
    AlarmActions: [{ Ref: 'Alarms' }],
    OKActions: [{ Ref: 'Alarms' }],
  });
});

it('looks back no longer than CloudWatch does: seven days, one where a period is shorter than an hour', () => {
  for (const [name, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== 'AWS::CloudWatch::Alarm') continue;
    const most = Properties.Period * SECOND < HOUR ? DAY : 7 * DAY;
    expect([name, Properties.Period * Properties.EvaluationPeriods * SECOND <= most]).toEqual([name, true]);
  }
});

it('gives up a tick that did not get through when the next one comes, and keeps its record', () => {
  for (const name of NAMES) {
    for (const [index, schedule] of schedulesOf(name).entries()) {
      const merged = resources[`${logical(name)}SchedulerSchedule${index + 1}`];
      const { RetryPolicy, DeadLetterConfig } = merged?.Properties.Target ?? {};
      const longest = Math.min(period(schedule), SOONER[name] ?? Number.POSITIVE_INFINITY);
      expect([name, RetryPolicy?.MaximumEventAgeInSeconds * SECOND]).toEqual([name, longest]);
      expect(DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': ['FailedRuns', 'Arn'] } });
    }
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

it('sends notices under the key, and alarms without it, so that they ring where the key is out of use', () => {
  expect(resources.Notices?.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
  expect(resources.Alarms?.Properties).not.toHaveProperty('KmsMasterKeyId');
  const [publish, ...others] = resources.AlarmsPolicy?.Properties.PolicyDocument.Statement ?? [];
  expect(others).toEqual([]);
  expect(publish).toMatchObject({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: { Ref: 'Alarms' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });
  const services = resources.Key?.Properties.KeyPolicy.Statement.filter(
    ({ Principal }: { Principal: { Service?: string } }) => Principal.Service !== undefined,
  );
  expect(services).toEqual([]);
});

it('sends every alarm to the topic of alarms, its end too', () => {
  const alarms = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  expect(alarms.length).toBeGreaterThanOrEqual(2 * NAMES.length);
  for (const { Properties } of alarms) {
    expect(Properties.AlarmActions).toEqual([{ Ref: 'Alarms' }]);
    expect(Properties.OKActions).toEqual([{ Ref: 'Alarms' }]);
  }
});

/** SEC-2: the shortest period that any policy promises. */
const promised = Math.min(...Object.values(policy.policies).map(({ keys }) => keys.rotateEvery));

it('keeps the key when the stack goes, and lets it be rotated as promised', () => {
  expect(resources.Key).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      EnableKeyRotation: true,
      RotationPeriodInDays: promised / DAY,
      Tags: [{ Key: TAG.owner, Value: policy.name }],
    },
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
  expect(Resources.Key?.Properties.Tags).toContainEqual({ Key: TAG.owner, Value: { Ref: 'Owner' } });
  expect(Parameters.Owner?.Default).toBe(policy.name);
  for (const kept of [Resources.Key, Resources.KeyAlias]) {
    expect(kept).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }
  // No period longer than what the policy promises.
  expect(Number(Parameters.RotationDays?.Default) * DAY).toBeLessThanOrEqual(promised);
});

it('passes on from a copy region what wakes rotate-keys and test-restore at home, by the same patterns', () => {
  const { Parameters, Conditions, Resources } = copyRegion();
  const rules = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Events::Rule');
  const atHome = ['rotate-keys', 'test-restore'].flatMap((name) =>
    (deployed.functions[name]?.events ?? []).flatMap(({ eventBridge }) =>
      eventBridge === undefined ? [] : [eventBridge.pattern],
    ),
  );
  expect(rules.map(({ Properties }) => Properties.EventPattern)).toEqual(atHome);
  const inPlace = (value: unknown) => filledIn(value, 'us-west-2', { HomeRegion: policy.home });
  const bus = `arn:${PLACE.partition}:events:${policy.home}:${PLACE.account}:event-bus/default`;
  for (const { Properties } of rules) {
    expect(Properties.State).toBe('ENABLED');
    expect(inPlace(Properties.Targets)).toEqual([
      { Id: 'home', Arn: bus, RoleArn: inPlace({ 'Fn::GetAtt': ['PassOnRole', 'Arn'] }) },
    ]);
  }
  const { Policies, AssumeRolePolicyDocument } = Resources.PassOnRole?.Properties ?? {};
  expect(AssumeRolePolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ]);
  expect(inPlace(Policies)).toEqual([
    {
      PolicyName: 'pass-on',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Sid: 'TellHome', Effect: 'Allow', Action: 'events:PutEvents', Resource: bus }],
      },
    },
  ]);
  // Nothing of it without a home, nor at home itself, where it would never end.
  expect(Parameters.HomeRegion?.Default).toBe('');
  const home = { Ref: 'HomeRegion' };
  expect(Conditions.PassOn).toEqual({
    'Fn::Not': [
      { 'Fn::Or': [{ 'Fn::Equals': [home, ''] }, { 'Fn::Equals': [home, { Ref: 'AWS::Region' }] }] },
    ],
  });
  for (const part of [...rules, Resources.PassOnRole]) expect(part?.Condition).toBe('PassOn');
});

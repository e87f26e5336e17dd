import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
  type SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../../../local/cloud';
import { HOUR, MINUTE } from '../../../../shared/domain/time';
import { answer, to } from '../sns/sdk';
import { ACCOUNT, AWAY, at, cloudAt, codeOf, HOME } from '../world';

const TOPIC = `arn:aws:sns:${HOME}:${ACCOUNT}:notices`;
const AlarmName = 'holdfast-take-snapshot-Failures';
const CONFIG = {
  MetricName: 'Errors',
  Namespace: 'AWS/Lambda',
  Dimensions: [{ Name: 'FunctionName', Value: 'take-snapshot' }],
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
} satisfies Partial<PutMetricAlarmCommandInput>;

describe('an alarm', () => {
  let cloud: Cloud;
  let cloudwatch: CloudWatchClient;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    cloudwatch = new CloudWatchClient(to(cloud));
  });

  const put = (input: Partial<PutMetricAlarmCommandInput> = {}) =>
    cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...CONFIG, ...input }));
  const set = (input: Partial<SetAlarmStateCommandInput>) =>
    cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'rehearsed', ...input }),
    );
  const described = async (input: DescribeAlarmsCommandInput = {}) =>
    (await cloudwatch.send(new DescribeAlarmsCommand(input))).MetricAlarms ?? [];
  const named = async (input: DescribeAlarmsCommandInput = {}) =>
    (await described(input)).map(({ AlarmName }) => AlarmName);

  it('is there as it was put, without data yet', async () => {
    await put({ AlarmDescription: 'it failed', AlarmActions: [TOPIC], TreatMissingData: 'notBreaching' });
    const now = new Date(at('2026-03-01 09:00'));
    expect(await described()).toEqual([
      {
        AlarmName,
        AlarmArn: `arn:aws:cloudwatch:${HOME}:${ACCOUNT}:alarm:${AlarmName}`,
        AlarmDescription: 'it failed',
        AlarmConfigurationUpdatedTimestamp: now,
        ActionsEnabled: true,
        OKActions: [],
        AlarmActions: [TOPIC],
        InsufficientDataActions: [],
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: now,
        StateTransitionedTimestamp: now,
        TreatMissingData: 'notBreaching',
        ...CONFIG,
      },
    ]);
    expect((await cloud.region(AWAY).cloudwatch.DescribeAlarms({})).MetricAlarms).toEqual([]);
  });

  it('has the state that it is set to, since the moment that it is', async () => {
    await put();
    await cloud.clock.advance(HOUR);
    await set({ StateReasonData: '{"by":"rehearsal"}' });
    const rung = new Date(at('2026-03-01 10:00'));
    expect(await described()).toMatchObject([
      {
        StateValue: 'ALARM',
        StateReason: 'rehearsed',
        StateReasonData: '{"by":"rehearsal"}',
        StateUpdatedTimestamp: rung,
        StateTransitionedTimestamp: rung,
      },
    ]);
    await cloud.clock.advance(MINUTE);
    await set({ StateReason: 'again' });
    const [again] = await described();
    expect(again).toMatchObject({
      StateReason: 'again',
      StateUpdatedTimestamp: new Date(at('2026-03-01 10:01')),
      StateTransitionedTimestamp: rung,
    });
    expect(again).not.toHaveProperty('StateReasonData');
  });

  it('that is put again keeps its state and nothing else', async () => {
    await put({ AlarmDescription: 'it failed', AlarmActions: [TOPIC] });
    await set({});
    await cloud.clock.advance(HOUR);
    await put({ Threshold: 2 });
    const [alarm] = await described();
    expect(alarm).toMatchObject({
      StateValue: 'ALARM',
      StateReason: 'rehearsed',
      StateUpdatedTimestamp: new Date(at('2026-03-01 09:00')),
      AlarmConfigurationUpdatedTimestamp: new Date(at('2026-03-01 10:00')),
      Threshold: 2,
      AlarmActions: [],
    });
    expect(alarm).not.toHaveProperty('AlarmDescription');
  });

  it('takes the states that there are, and JSON for data', async () => {
    await put();
    for (const StateValue of ['OK', 'INSUFFICIENT_DATA', 'ALARM'] as const) {
      expect(await answer(set({ StateValue }))).toBe('ok');
    }
    expect(await answer(set({ StateValue: 'RED' as 'OK' }))).toBe(
      "ValidationException: 1 validation error detected: Value 'RED' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    );
    expect(await answer(set({ StateReasonData: '{' }))).toMatch(/^InvalidFormatFault/);
    expect(await answer(set({ StateReason: 'r'.repeat(1023) }))).toBe('ok');
    expect(await answer(set({ StateReason: 'r'.repeat(1024) }))).toMatch(/^ValidationException/);
    expect(await answer(set({ StateReason: undefined }))).toMatch(/^ValidationException: .*'stateReason'/);
    expect(await answer(set({ AlarmName: 'none' }))).toMatch(/^ResourceNotFound:/);
  });

  it.each<[string, Partial<PutMetricAlarmCommandInput>, string | null]>([
    ['no metric', { MetricName: undefined }, 'MetricName must not be null'],
    ['no namespace', { Namespace: undefined }, 'Namespace must not be null'],
    [
      'no statistic',
      { Statistic: undefined },
      'Exactly one element of Statistic or ExtendedStatistic is required',
    ],
    [
      'two statistics',
      { ExtendedStatistic: 'p99' },
      'Exactly one element of Statistic or ExtendedStatistic is required',
    ],
    ['a percentile', { Statistic: undefined, ExtendedStatistic: 'p99' }, null],
    ['no period', { Period: undefined }, 'Period must not be null'],
    ['a period of 10 s', { Period: 10 }, null],
    ['a period of 45 s', { Period: 45 }, 'Period must be 10, 20, 30 or a multiple of 60'],
    ['a period of 90 s', { Period: 90 }, 'Period must be 10, 20, 30 or a multiple of 60'],
    ['a day of minutes', { Period: 60, EvaluationPeriods: 1440 }, null],
    [
      'a day and a minute',
      { Period: 60, EvaluationPeriods: 1441 },
      'cannot be checked across more than a day',
    ],
    ['a week of hours', { Period: 3600, EvaluationPeriods: 168 }, null],
    [
      'a week and an hour',
      { Period: 3600, EvaluationPeriods: 169 },
      'cannot be checked across more than a week',
    ],
    ['missing data ignored', { TreatMissingData: 'ignore' }, null],
    ['missing data in other words', { TreatMissingData: 'Ignore' }, 'Unsupported TreatMissingData: Ignore'],
    ['no periods to evaluate', { EvaluationPeriods: undefined }, 'EvaluationPeriods must not be null'],
    ['no operator', { ComparisonOperator: undefined }, 'ComparisonOperator must not be null'],
    ['no threshold', { Threshold: undefined }, 'Threshold must not be null'],
    ['a threshold of 0', { Threshold: 0 }, null],
    ['two thresholds', { ThresholdMetricId: 'm' }, 'Threshold and ThresholdMetricId cannot both be set'],
    ['one datapoint of one', { DatapointsToAlarm: 1 }, null],
    [
      'two datapoints of one',
      { DatapointsToAlarm: 2 },
      'DatapointsToAlarm must be less than or equal to EvaluationPeriods',
    ],
    ['five actions', { AlarmActions: Array(5).fill(TOPIC) }, null],
    ['six actions', { AlarmActions: Array(6).fill(TOPIC) }, 'failed to satisfy constraint'],
    ['an action that is no ARN', { OKActions: ['notices'] }, 'Invalid arn syntax: notices'],
    ['a name of 255 characters', { AlarmName: 'a'.repeat(255) }, null],
    ['a name of 256 characters', { AlarmName: 'a'.repeat(256) }, 'failed to satisfy constraint'],
  ])('with %s', async (_what, input, why) => {
    const told = await answer(put(input));
    if (why === null) expect(told).toBe('ok');
    else expect(told).toMatch(new RegExp(`^ValidationException: .*${why}`));
    expect(await described()).toHaveLength(why === null ? 1 : 0);
  });

  it('on several metrics says everything with them', async () => {
    const { EvaluationPeriods, Threshold, ComparisonOperator } = CONFIG;
    const Metrics = [{ Id: 'e1', Expression: 'SUM(METRICS())', ReturnData: true, Period: 60 }];
    const math = { AlarmName, Metrics, EvaluationPeriods, Threshold, ComparisonOperator };
    await cloudwatch.send(new PutMetricAlarmCommand(math as PutMetricAlarmCommandInput));
    expect(await described()).toMatchObject([{ Metrics }]);
    expect(await answer(put({ Metrics }))).toBe(
      'ValidationException: MetricName should not be set if list of Metrics is set.',
    );
  });

  it('on what is not spoken here is refused, and not evaluated by other terms', async () => {
    expect(await answer(put({ EvaluationWindow: { WallClockWindow: { Timezone: 'UTC' } } }))).toMatch(
      /^NotImplemented: WallClockWindow/,
    );
    expect(await answer(put({ EvaluationWindow: { SlidingWindow: {} } }))).toBe('ok');
    expect(await answer(put({ WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 5 } }))).toMatch(
      /^NotImplemented: WarmUp/,
    );
  });

  it('is found by name, prefix, state and action', async () => {
    await put({ AlarmName: 'a-1', AlarmActions: [TOPIC] });
    await put({ AlarmName: 'a-2', OKActions: [`${TOPIC}-2`] });
    await put({ AlarmName: 'b-1' });
    await set({ AlarmName: 'a-2' });
    expect(await named()).toEqual(['a-1', 'a-2', 'b-1']);
    expect(await named({ AlarmNames: ['b-1', 'a-1', 'none'] })).toEqual(['a-1', 'b-1']);
    expect(await named({ AlarmNames: [] })).toEqual([]);
    expect(await named({ AlarmNamePrefix: 'a-' })).toEqual(['a-1', 'a-2']);
    expect(await named({ StateValue: 'ALARM' })).toEqual(['a-2']);
    expect(await named({ StateValue: 'OK' })).toEqual([]);
    expect(await named({ ActionPrefix: TOPIC })).toEqual(['a-1', 'a-2']);
    expect(await named({ ActionPrefix: `${TOPIC}-` })).toEqual(['a-2']);
    expect(await named({ AlarmTypes: ['MetricAlarm'] })).toHaveLength(3);
    expect(await named({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
    expect(await answer(named({ AlarmNames: ['a-1'], AlarmNamePrefix: 'a' }))).toMatch(
      /^ValidationException/,
    );
    expect(await answer(named({ StateValue: 'RED' as 'OK' }))).toMatch(/^ValidationException/);
    expect(await answer(named({ ChildrenOfAlarmName: 'a-1' }))).toMatch(/^NotImplemented/);
  });

  it('comes on a page of 50 unless asked, and of 100 at most', async () => {
    for (let n = 0; n < 101; n += 1) await put({ AlarmName: `a-${String(n).padStart(3, '0')}` });
    const pages = async (pageSize?: number) => {
      const sizes: number[] = [];
      const found = new Set<string | undefined>();
      for await (const page of paginateDescribeAlarms(
        { client: cloudwatch, ...(pageSize !== undefined && { pageSize }) },
        {},
      )) {
        sizes.push(page.MetricAlarms?.length ?? 0);
        for (const { AlarmName } of page.MetricAlarms ?? []) found.add(AlarmName);
      }
      expect(found.size).toBe(101);
      return sizes;
    };
    expect(await pages()).toEqual([50, 50, 1]);
    expect(await pages(100)).toEqual([100, 1]);
    expect(await answer(described({ MaxRecords: 101 }))).toMatch(/^ValidationException/);
    expect(await answer(described({ MaxRecords: 0 }))).toMatch(/^ValidationException/);
    expect(await answer(described({ NextToken: 'x' }))).toMatch(/^InvalidNextToken/);
    const names = Array.from({ length: 101 }, (_, n) => `a-${n}`);
    expect(await answer(described({ AlarmNames: names }))).toMatch(/^ValidationException/);
    expect(await answer(described({ AlarmNames: names.slice(1) }))).toBe('ok');
  });

  it('is deleted, whatever else is named', async () => {
    await put();
    await put({ AlarmName: 'other' });
    const remove = (...AlarmNames: string[]) =>
      answer(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames })));
    expect(await remove(AlarmName, 'none')).toBe('ok');
    expect(await named()).toEqual(['other']);
    expect(await remove(...Array.from({ length: 101 }, () => 'other'))).toMatch(/^ValidationException/);
    expect(await named()).toEqual(['other']);
  });

  it('of a lost region does not answer', async () => {
    await cloud.loseRegion(HOME);
    expect(await codeOf(cloud.region(HOME).cloudwatch.DescribeAlarms({}))).toBe('InternalServiceError');
    expect(await answer(described())).toMatch(/^InternalServiceFault/);
  });
});

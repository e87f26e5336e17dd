import type { MetricAlarm, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../../../local/cloud';
import { DAY, MINUTE, SECOND } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, at, cloudAt, HOME, STRANGER } from '../world';

const AlarmName = 'holdfast-prod-test-restore-failures';
const ERRORS = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'test-restore' } };
const CONFIG = {
  AlarmName,
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Dimensions: [{ Name: 'FunctionName', Value: 'test-restore' }],
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
} satisfies PutMetricAlarmInput;
/** As deploy/ has it for each function: three periods in a row without a run. */
const NOT_RUNNING = {
  ...CONFIG,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 3,
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'breaching',
} satisfies PutMetricAlarmInput;

let cloud: Cloud;
beforeEach(() => {
  cloud = cloudAt('2026-03-01 09:00');
});

const put = (input: Partial<PutMetricAlarmInput> = {}) =>
  cloud.region(HOME).cloudwatch.PutMetricAlarm({ ...CONFIG, ...input });
const report = (value: number) => cloud.region(HOME).metrics.put({ ...ERRORS, value });
/** Reports a value at a time of the day. */
const reportAt = async (time: string, value: number) => {
  await cloud.clock.advanceTo(at(`2026-03-01 ${time}`));
  report(value);
};
const described = async (): Promise<MetricAlarm> => {
  const { MetricAlarms = [] } = await cloud.region(HOME).cloudwatch.DescribeAlarms({});
  return MetricAlarms[0] ?? {};
};
/** The state at a moment of the day, and since when. */
const stateAt = async (time: string): Promise<string> => {
  await cloud.clock.advanceTo(at(`2026-03-01 ${time}`));
  const { StateValue, StateTransitionedTimestamp: since } = await described();
  return `${StateValue} since ${since?.toISOString().slice(11, 19)}`;
};

describe('an alarm on what a function reports', () => {
  it('rings at the whole minute after, and ends when the period has slid past it', async () => {
    await put();
    await reportAt('09:02:30', 0);
    await reportAt('09:07:30', 1);
    expect(await stateAt('09:07:59')).toBe('OK since 09:03:00');
    expect(await stateAt('09:08:00')).toBe('ALARM since 09:08:00');
    await reportAt('09:12:30', 0);
    expect(await stateAt('09:12:59')).toBe('ALARM since 09:08:00');
    expect(await stateAt('09:13:00')).toBe('OK since 09:13:00');
  });

  it('tells each change at its own moment, however late it is asked', async () => {
    await put();
    await reportAt('09:02:30', 0);
    await reportAt('09:07:30', 1);
    await reportAt('09:12:30', 0);
    expect(await stateAt('23:00')).toBe('OK since 09:13:00');
  });

  it('stands for two periods more where nothing is reported any longer', async () => {
    await put();
    await reportAt('09:07:30', 1);
    expect(await stateAt('09:22:59')).toBe('ALARM since 09:08:00');
    expect(await stateAt('09:23:00')).toBe('OK since 09:23:00');
  });

  it('rings after five periods without a run, where three are evaluated', async () => {
    await put(NOT_RUNNING);
    await reportAt('09:07:30', 1);
    expect(await stateAt('09:08:00')).toBe('OK since 09:08:00');
    expect(await stateAt('09:32:59')).toBe('OK since 09:08:00');
    expect(await stateAt('09:33:00')).toBe('ALARM since 09:33:00');
  });

  it('adds up nothing where the last word counts: of two runs soon after each other it is the second', async () => {
    await put({ Statistic: 'Maximum', TreatMissingData: 'ignore' });
    await reportAt('09:00:10', 1);
    await reportAt('09:01:10', 0);
    expect(await stateAt('09:05:00')).toBe('ALARM since 09:01:00');
    expect(await stateAt('09:06:00')).toBe('OK since 09:06:00');
    await reportAt('09:30:10', 1);
    // Without data it stays, for as long as that takes.
    expect(await stateAt('23:00')).toBe('ALARM since 09:31:00');
  });

  it.each<[NonNullable<PutMetricAlarmInput['Statistic']>, number]>([
    ['Sum', 9],
    ['Maximum', 5],
    ['Minimum', 1],
    ['Average', 3],
    ['SampleCount', 3],
  ])('takes the %s of a period', async (Statistic, value) => {
    await put({ Statistic, Threshold: value });
    await put({ AlarmName: `${AlarmName}-above`, Statistic, Threshold: value + 0.5 });
    for (const one of [1, 5, 3]) report(one);
    await cloud.clock.advance(MINUTE);
    const { MetricAlarms = [] } = await cloud.region(HOME).cloudwatch.DescribeAlarms({});
    expect(MetricAlarms.map(({ StateValue }) => StateValue)).toEqual(['ALARM', 'OK']);
  });

  it('of ten seconds is looked at every ten', async () => {
    await put({ Period: 10 });
    await reportAt('09:00:13', 1);
    expect(await stateAt('09:00:19')).toBe('INSUFFICIENT_DATA since 09:00:00');
    expect(await stateAt('09:00:20')).toBe('ALARM since 09:00:20');
    expect(await stateAt('09:00:50')).toBe('OK since 09:00:50');
  });

  it('of a day is looked at every minute too', async () => {
    await put({ Period: 86_400 });
    await reportAt('09:07:30', 1);
    await cloud.clock.advance(DAY);
    report(0);
    expect(await described()).toMatchObject({ StateValue: 'ALARM' });
    await cloud.clock.advance(30 * SECOND);
    expect(await described()).toMatchObject({
      StateValue: 'OK',
      StateTransitionedTimestamp: new Date(at('2026-03-02 09:08')),
    });
  });

  it('sees what was reported before it was made', async () => {
    report(1);
    await cloud.clock.advance(3 * MINUTE);
    await put();
    expect(await stateAt('09:04')).toBe('ALARM since 09:04:00');
  });

  it('hears nothing of other regions and accounts', async () => {
    await put();
    cloud.region(AWAY).metrics.put({ ...ERRORS, value: 1 });
    cloud.region(HOME, STRANGER).metrics.put({ ...ERRORS, value: 1 });
    expect(await stateAt('09:10')).toBe('INSUFFICIENT_DATA since 09:00:00');
    cloud.region(HOME, ACCOUNT).metrics.put({ ...ERRORS, value: 1 });
    expect(await stateAt('09:11')).toBe('ALARM since 09:11:00');
  });

  it('remembers a year in which nobody asked', async () => {
    await put(NOT_RUNNING);
    for (let day = 0; day < 365; day += 1) {
      report(1);
      await cloud.clock.advance(DAY);
    }
    const last = at('2026-03-01 09:00') + 364 * DAY;
    expect(await described()).toMatchObject({
      StateValue: 'ALARM',
      StateTransitionedTimestamp: new Date(last + 26 * MINUTE),
    });
  });
});

describe('a state that was set', () => {
  const set = () =>
    cloud
      .region(HOME)
      .cloudwatch.SetAlarmState({ AlarmName, StateValue: 'ALARM', StateReason: 'trying the channel' });

  it('stands where nothing reports any metrics', async () => {
    await put();
    await set();
    expect(await stateAt('23:00')).toBe('ALARM since 09:00:00');
  });

  it('stands until the next minute where anything does, of the alarm or not', async () => {
    cloud.region(HOME).metrics.put({ namespace: 'AWS/RDS', name: 'CPUUtilization', value: 7 });
    await put();
    expect(await stateAt('09:02:30')).toBe('OK since 09:01:00');
    await set();
    expect(await described()).toMatchObject({ StateReason: 'trying the channel' });
    expect(await stateAt('09:02:59')).toBe('ALARM since 09:02:30');
    expect(await stateAt('09:03:00')).toBe('OK since 09:03:00');
  });

  it('is kept by an alarm that is put again, until it is evaluated by its new terms', async () => {
    await put();
    await reportAt('09:01:30', 1);
    expect(await stateAt('09:03:30')).toBe('ALARM since 09:02:00');
    await put({ Threshold: 2 });
    expect(await stateAt('09:03:59')).toBe('ALARM since 09:02:00');
    expect(await stateAt('09:04:00')).toBe('OK since 09:04:00');
  });

  it.each<[string, Partial<PutMetricAlarmInput>]>([
    ['a percentile', { Statistic: undefined, ExtendedStatistic: 'p99' }],
    ['an anomaly', { ComparisonOperator: 'GreaterThanUpperThreshold' }],
  ])('is the only one that an alarm on %s has', async (_what, input) => {
    await put(input);
    report(1);
    await set();
    expect(await stateAt('23:00')).toBe('ALARM since 09:00:00');
  });
});

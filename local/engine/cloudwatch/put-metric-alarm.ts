import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { WireError } from '../../wire/service';
import { type AlarmStore, constraint, invalid } from './alarm';
import { TREATMENTS } from './terms';

/** What an alarm on a single metric says, and one on several must not. */
const OF_ONE_METRIC = [
  'MetricName',
  'Namespace',
  'Dimensions',
  'Period',
  'Unit',
  'Statistic',
  'ExtendedStatistic',
] as const;

const MOST_ACTIONS = 5;

/** A new alarm has no data yet. One that is there keeps its state and takes over everything else; its tags stay. */
export function putMetricAlarm(store: AlarmStore, input: PutMetricAlarmInput): Record<string, never> {
  const { AlarmName: name = '', Tags: _tags, ...config } = input;
  check(input);
  const { account, region } = store.place;
  const now = new Date(store.clock.now());
  const known = store.alarms.get(name);
  store.keep(name, {
    AlarmName: name,
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Dimensions: [],
    ...config,
    AlarmConfigurationUpdatedTimestamp: now,
    StateValue: known?.StateValue ?? 'INSUFFICIENT_DATA',
    StateReason: known?.StateReason ?? 'Unchecked: Initial alarm creation',
    StateReasonData: known?.StateReasonData,
    StateUpdatedTimestamp: known?.StateUpdatedTimestamp ?? now,
    StateTransitionedTimestamp: known?.StateTransitionedTimestamp ?? now,
  });
  return {};
}

function check(input: PutMetricAlarmInput): void {
  const { AlarmName: name = '', MetricName, Metrics, EvaluationCriteria } = input;
  if (name === '' || name.length > 255) throw constraint('alarmName', name, 'have length from 1 to 255');
  if (EvaluationCriteria !== undefined) throw unspoken('EvaluationCriteria');
  if (input.EvaluationWindow?.WallClockWindow !== undefined) throw unspoken('WallClockWindow');
  if (input.WarmUpConfiguration !== undefined) throw unspoken('WarmUpConfiguration');
  if (Metrics === undefined) {
    if (MetricName === undefined) throw invalid('MetricName must not be null');
    checkMetric(input);
  } else {
    const extra = OF_ONE_METRIC.find((member) => input[member] !== undefined);
    if (extra !== undefined) throw invalid(`${extra} should not be set if list of Metrics is set.`);
  }
  checkThreshold(input);
  for (const actions of ['OKActions', 'AlarmActions', 'InsufficientDataActions'] as const) {
    const given = input[actions] ?? [];
    if (given.length > MOST_ACTIONS) throw constraint(actions, given, `have at most ${MOST_ACTIONS} items`);
    const wrong = given.find((arn) => !/^arn:aws[a-z-]*:[^:]+:[^:]*:[^:]*:.+$/.test(arn));
    if (wrong !== undefined) throw invalid(`Invalid arn syntax: ${wrong}`);
  }
}

function unspoken(member: string): WireError {
  return new WireError('NotImplemented', `${member} is not spoken here`, 501);
}

function checkMetric(input: PutMetricAlarmInput): void {
  const { Namespace, Statistic, ExtendedStatistic, Period, EvaluationPeriods = 1, TreatMissingData } = input;
  if (Namespace === undefined) throw invalid('Namespace must not be null');
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw invalid('Exactly one element of Statistic or ExtendedStatistic is required');
  }
  if (Period === undefined) throw invalid('Period must not be null');
  if (![10, 20, 30].includes(Period) && (Period < 60 || Period % 60 !== 0)) {
    throw invalid('Period must be 10, 20, 30 or a multiple of 60');
  }
  const [span, most, which] = Period < 3_600 ? ['day', 86_400, '< 3600'] : ['week', 604_800, '>= 3600'];
  if (EvaluationPeriods * Period > most) {
    throw invalid(
      `Metrics cannot be checked across more than a ${span} (EvaluationPeriods * Period must be <= ${most}) for alarms using period ${which}`,
    );
  }
  if (TreatMissingData !== undefined && !TREATMENTS.some((known) => known === TreatMissingData)) {
    throw invalid(`Unsupported TreatMissingData: ${TreatMissingData}`);
  }
}

function checkThreshold(input: PutMetricAlarmInput): void {
  const { Threshold, ThresholdMetricId, EvaluationPeriods, DatapointsToAlarm } = input;
  if (EvaluationPeriods === undefined) throw invalid('EvaluationPeriods must not be null');
  if (input.ComparisonOperator === undefined) throw invalid('ComparisonOperator must not be null');
  if (Threshold !== undefined && ThresholdMetricId !== undefined) {
    throw invalid('Threshold and ThresholdMetricId cannot both be set');
  }
  if (Threshold === undefined && ThresholdMetricId === undefined) throw invalid('Threshold must not be null');
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > EvaluationPeriods) {
    throw invalid('DatapointsToAlarm must be less than or equal to EvaluationPeriods');
  }
}

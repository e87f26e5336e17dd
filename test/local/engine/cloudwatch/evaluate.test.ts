import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { evaluate, type Period } from '../../../../local/engine/cloudwatch/evaluate';
import { TREATMENTS, termsOf } from '../../../../local/engine/cloudwatch/terms';

const ALARM: MetricAlarm = {
  Namespace: 'Holdfast',
  MetricName: 'keysInDanger',
  Statistic: 'Maximum',
  Period: 300,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

/** Newest last, as AWS writes them: 0 is good, X breaches, - is missing. */
function range(text: string): Period[] {
  return text
    .split(' ')
    .map((sign, at) => ({ start: at, value: { 0: 0, X: 1, '-': null }[sign] ?? null, samples: 1 }))
    .reverse();
}

function told(text: string, EvaluationPeriods: number, DatapointsToAlarm: number): string[] {
  return TREATMENTS.map((TreatMissingData) => {
    const terms = termsOf({ ...ALARM, EvaluationPeriods, DatapointsToAlarm, TreatMissingData });
    if (terms === null) throw new Error('the alarm is on one metric');
    return evaluate(range(text), terms)?.state ?? 'as it was';
  });
}

const ALL_OK = ['OK', 'OK', 'OK', 'OK'];
const ALL_ALARM = ['ALARM', 'ALARM', 'ALARM', 'ALARM'];

// "How alarm state is evaluated when data is missing", of the CloudWatch user guide; its columns are TREATMENTS.
describe('AWS evaluates, by missing, ignore, breaching and notBreaching,', () => {
  it.each([
    ['0 - X - X', ALL_OK],
    ['- - - - 0', ALL_OK],
    ['0 - - - -', ALL_OK],
    ['- - - - -', ['INSUFFICIENT_DATA', 'as it was', 'ALARM', 'OK']],
    ['0 X X - X', ALL_ALARM],
    ['- - - - X', ['INSUFFICIENT_DATA', 'as it was', 'ALARM', 'OK']],
    ['- - X - -', ['ALARM', 'as it was', 'ALARM', 'OK']],
    ['X - - - -', ['ALARM', 'as it was', 'ALARM', 'OK']],
  ])('%s for 3 of 3 as %j', (text, states) => {
    expect(told(text, 3, 3)).toEqual(states);
  });

  it.each([
    ['0 - X - X', ALL_ALARM],
    ['0 0 X 0 X', ALL_ALARM],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - X', ['INSUFFICIENT_DATA', 'as it was', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'as it was', 'ALARM', 'OK']],
  ])('%s for 2 of 3 as %j', (text, states) => {
    expect(told(text, 3, 2)).toEqual(states);
  });
});

it.each<[NonNullable<MetricAlarm['ComparisonOperator']>, string[]]>([
  ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
  ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
  ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
  ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
])('%s takes a threshold of 1 at 0, 1 and 2 as %j', (ComparisonOperator, states) => {
  const terms = termsOf({ ...ALARM, EvaluationPeriods: 1, ComparisonOperator });
  if (terms === null) throw new Error('the alarm is on one metric');
  expect([0, 1, 2].map((value) => evaluate([{ start: 0, value, samples: 1 }], terms)?.state)).toEqual(states);
});

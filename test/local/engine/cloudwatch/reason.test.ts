import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { evaluate, type Period } from '../../../../local/engine/cloudwatch/evaluate';
import { reasonDataOf, reasonOf } from '../../../../local/engine/cloudwatch/reason';
import { termsOf } from '../../../../local/engine/cloudwatch/terms';
import { MINUTE } from '../../../../shared/domain/time';
import { at } from '../world';

const NOW = at('2026-08-19 05:53');

/** What is told of values, newest first, of three minutes each; `null` for none. */
function judged(values: readonly (number | null)[], alarm: MetricAlarm) {
  const terms = termsOf({
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 180,
    EvaluationPeriods: values.length,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    ...alarm,
  });
  if (terms === null) throw new Error('the alarm is on one metric');
  const range = values.map((value, back): Period => {
    return { start: NOW - (back + 1) * 3 * MINUTE, value, samples: value === null ? 0 : 1 };
  });
  const verdict = evaluate(range, terms);
  if (verdict === null) throw new Error('the state stays');
  return { reason: reasonOf(verdict, terms), data: JSON.parse(reasonDataOf(verdict, terms, NOW)) };
}

// The words are those of alarms on AWS, as people have copied them into what they published.
it.each<[readonly (number | null)[], MetricAlarm, string]>([
  [
    [2, 3, 1],
    {},
    'Threshold Crossed: 3 datapoints [2.0 (19/08/26 05:50:00), 3.0 (19/08/26 05:47:00), 1.0 (19/08/26 05:44:00)] were greater than the threshold (0.0).',
  ],
  [
    [0, 3, 1],
    {},
    'Threshold Crossed: 1 datapoint [0.0 (19/08/26 05:50:00)] was not greater than the threshold (0.0).',
  ],
  [
    [1.5],
    { DatapointsToAlarm: 1, Threshold: 1.5, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
    'Threshold Crossed: 1 out of the last 1 datapoints [1.5 (19/08/26 05:50:00)] was greater than or equal to the threshold (1.5) (minimum 1 datapoint for OK -> ALARM transition).',
  ],
  [
    [0, 0, 3],
    { DatapointsToAlarm: 2 },
    'Threshold Crossed: 2 out of the last 3 datapoints [0.0 (19/08/26 05:50:00), 0.0 (19/08/26 05:47:00)] were not greater than the threshold (0.0) (minimum 2 datapoints for ALARM -> OK transition).',
  ],
  [
    [613, null, null],
    { DatapointsToAlarm: 1, TreatMissingData: 'notBreaching' },
    'Threshold Crossed: 1 out of the last 3 datapoints [613.0 (19/08/26 05:50:00)] was greater than the threshold (0.0) and 2 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).',
  ],
  [
    [2, null, null],
    { ComparisonOperator: 'LessThanOrEqualToThreshold', TreatMissingData: 'breaching' },
    'Threshold Crossed: 1 datapoint [2.0 (19/08/26 05:50:00)] was not less than or equal to the threshold (0.0) and 2 missing datapoints were treated as [Breaching].',
  ],
  [
    [0, null, null],
    { DatapointsToAlarm: 2, TreatMissingData: 'breaching' },
    'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
  ],
  [
    [null, null, null],
    { DatapointsToAlarm: 3, TreatMissingData: 'breaching' },
    'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
  ],
  [
    [null],
    { TreatMissingData: 'notBreaching' },
    'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
  ],
  [[null], {}, 'Insufficient Data: 1 datapoint was unknown.'],
  [[null, null, null], {}, 'Insufficient Data: 3 datapoints were unknown.'],
])('of %j by %j it is said: %s', (values, alarm, reason) => {
  expect(judged(values, alarm).reason).toBe(reason);
});

it('machines are told the datapoints themselves', () => {
  expect(judged([2, null, 1], { DatapointsToAlarm: 1 }).data).toEqual({
    version: '1.0',
    queryDate: '2026-08-19T05:53:00.000+0000',
    startDate: '2026-08-19T05:44:00.000+0000',
    statistic: 'Sum',
    period: 180,
    recentDatapoints: [1, 2],
    threshold: 0,
    evaluatedDatapoints: [
      { timestamp: '2026-08-19T05:50:00.000+0000', sampleCount: 1, value: 2 },
      { timestamp: '2026-08-19T05:44:00.000+0000', sampleCount: 1, value: 1 },
    ],
  });
  expect(judged([null], {}).data).not.toHaveProperty('startDate');
});

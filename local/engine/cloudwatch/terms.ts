import type { ComparisonOperator, MetricAlarm, Statistic } from '@aws-sdk/client-cloudwatch';
import { type Duration, SECOND } from '../../../shared/domain/time';
import type { Metric } from './metrics';

const COMPARISONS = {
  GreaterThanOrEqualToThreshold: {
    breaches: (value, threshold) => value >= threshold,
    words: 'greater than or equal to',
  },
  GreaterThanThreshold: { breaches: (value, threshold) => value > threshold, words: 'greater than' },
  LessThanThreshold: { breaches: (value, threshold) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: {
    breaches: (value, threshold) => value <= threshold,
    words: 'less than or equal to',
  },
} satisfies Partial<Record<ComparisonOperator, Comparison>>;

export interface Comparison {
  readonly breaches: (value: number, threshold: number) => boolean;
  /** As CloudWatch has them in its reasons. */
  readonly words: string;
}

/** What stands for a period without data. */
export const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type Treatment = (typeof TREATMENTS)[number];

/** What an alarm on a single metric says, complete. */
export interface Terms {
  readonly metric: Metric;
  readonly statistic: Statistic;
  readonly period: Duration;
  readonly periods: number;
  readonly toAlarm: number;
  /** Whether it says itself how many datapoints it takes: CloudWatch then words its reasons differently. */
  readonly counted: boolean;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly treatment: Treatment;
}

/** Null where an alarm is not of that kind: on metric math, a percentile or an anomaly. It keeps the state it has. */
export function termsOf(alarm: MetricAlarm): Terms | null {
  const { MetricName, Namespace, Statistic, Period, EvaluationPeriods, Threshold, DatapointsToAlarm } = alarm;
  const comparison = Object.entries(COMPARISONS).find(([name]) => name === alarm.ComparisonOperator)?.[1];
  if (
    MetricName === undefined ||
    Namespace === undefined ||
    Statistic === undefined ||
    Period === undefined ||
    EvaluationPeriods === undefined ||
    Threshold === undefined ||
    comparison === undefined
  ) {
    return null;
  }
  const dimensions = (alarm.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value] as const);
  return {
    metric: { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(dimensions) },
    statistic: Statistic,
    period: Period * SECOND,
    periods: EvaluationPeriods,
    toAlarm: DatapointsToAlarm ?? EvaluationPeriods,
    counted: DatapointsToAlarm !== undefined,
    threshold: Threshold,
    comparison,
    treatment: TREATMENTS.find((name) => name === alarm.TreatMissingData) ?? 'missing',
  };
}

/** @param values at least one */
export function statisticOf(statistic: Statistic, values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Average':
      return sum / values.length;
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    case 'SampleCount':
      return values.length;
    case 'Sum':
      return sum;
  }
}

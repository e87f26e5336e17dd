import type { StateValue } from '@aws-sdk/client-cloudwatch';
import type { Instant } from '../../../shared/domain/time';
import type { Terms } from './terms';

/** One period of a metric: a datapoint, or none. */
export interface Period {
  readonly start: Instant;
  /** Null where nothing was reported. */
  readonly value: number | null;
  readonly samples: number;
}

export interface Datapoint extends Period {
  readonly value: number;
}

export interface Verdict {
  readonly state: StateValue;
  /** The datapoints that count, newest first. */
  readonly found: readonly Datapoint[];
  /** How many periods short of the evaluation periods that is. */
  readonly lacking: number;
}

/**
 * What CloudWatch makes of the periods that it looks at: "How alarm state is evaluated when data is missing", whose
 * tables the tests repeat. As many of the newest datapoints count as there are evaluation periods; what stands for
 * missing data is heeded only where there are fewer, "only as few times as possible". Null: the state stays as it is.
 *
 * @param range newest first; longer than the evaluation periods
 */
export function evaluate(range: readonly Period[], terms: Terms): Verdict | null {
  const found = range.filter(isDatapoint).slice(0, terms.periods);
  const state = stateOf(range, found, terms);
  return state === null ? null : { state, found, lacking: terms.periods - found.length };
}

function stateOf(
  range: readonly Period[],
  found: readonly Datapoint[],
  { periods, toAlarm, treatment, comparison, threshold }: Terms,
): StateValue | null {
  const lacking = periods - found.length;
  const breaching = found.filter(({ value }) => comparison.breaches(value, threshold)).length;
  if (breaching + (treatment === 'breaching' ? lacking : 0) >= toAlarm) return 'ALARM';
  if (treatment === 'breaching' || treatment === 'notBreaching' || breaching < found.length) return 'OK';
  // Nothing is left but breaches, too few of them, or no data at all.
  if (treatment === 'ignore') return null;
  // "Avoiding premature transitions to alarm state": a breach so old that good data would have had the time to follow it.
  const oldest = range.findLastIndex(isDatapoint);
  return oldest + 1 >= toAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}

function isDatapoint(period: Period): period is Datapoint {
  return period.value !== null;
}

import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type Duration, type Instant, MINUTE, SECOND } from '../../../shared/domain/time';
import { evaluate, type Period } from './evaluate';
import type { MetricStore } from './metrics';
import { reasonDataOf, reasonOf } from './reason';
import { statisticOf, type Terms, termsOf } from './terms';

/**
 * How many periods CloudWatch looks at beyond the evaluation periods, its "evaluation range". AWS says only that it does;
 * its one example looks at 5 for 3. Others have measured the same: an alarm on 1 period of 15 minutes, notBreaching,
 * went OK 46m20s after the last datapoint, in the first minute that had none in three periods; one on 8 of them,
 * breaching, rang after 2h30m56s, in the first that had none in ten. So "no run in three periods" rings after five.
 */
const BEYOND = 2;

/**
 * The alarm as it stands now, after whatever it came to since it was last looked at, each change at its own moment.
 *
 * Periods slide ("SlidingWindow - the default"): they end at the last whole minute, not at multiples of themselves, and
 * are looked at every minute. CloudWatch does so at some second of the minute, and misses data that is late by then;
 * here it is the minute's beginning, and data comes at once. Alarms of 10 to 30 s are looked at every 10 s.
 *
 * @param since up to which moment it has been evaluated
 */
export function broughtUpTo(
  now: Instant,
  alarm: MetricAlarm,
  metrics: MetricStore,
  since: Instant,
): MetricAlarm {
  const terms = termsOf(alarm);
  if (terms === null) return alarm;
  return momentsOf(terms, metrics, since, now).reduce(
    (standing, moment) => evaluatedAt(moment, standing, terms, metrics),
    alarm,
  );
}

function evaluatedAt(moment: Instant, alarm: MetricAlarm, terms: Terms, metrics: MetricStore): MetricAlarm {
  const verdict = evaluate(rangeAt(moment, terms, metrics), terms);
  if (verdict === null || verdict.state === alarm.StateValue) return alarm;
  const changed = new Date(moment);
  return {
    ...alarm,
    StateValue: verdict.state,
    StateReason: reasonOf(verdict, terms),
    StateReasonData: reasonDataOf(verdict, terms, moment),
    StateUpdatedTimestamp: changed,
    StateTransitionedTimestamp: changed,
  };
}

/** Newest first. */
function rangeAt(
  moment: Instant,
  { metric, period, periods, statistic }: Terms,
  metrics: MetricStore,
): Period[] {
  return Array.from({ length: periods + BEYOND }, (_, back) => {
    const end = moment - back * period;
    const values = metrics.between(metric, end - period, end).map(({ value }) => value);
    const value = values.length === 0 ? null : statisticOf(statistic, values);
    return { start: end - period, value, samples: values.length };
  });
}

/**
 * The moments at which an evaluation can come to something else than the one before: the next one, and those at which a
 * value enters the newest period, goes from one period into the one before, or leaves the oldest. In a year without data
 * that is one, instead of 525,600 minutes.
 */
function momentsOf(
  { metric, period, periods }: Terms,
  metrics: MetricStore,
  since: Instant,
  now: Instant,
): Instant[] {
  const step: Duration = period < MINUTE ? 10 * SECOND : MINUTE;
  const after = (instant: Instant) => (Math.floor(instant / step) + 1) * step;
  const found = new Set([after(since)]);
  for (let back = 0; back <= periods + BEYOND; back += 1) {
    const shift = back * period;
    for (const { at } of metrics.between(metric, since - shift, now - shift)) found.add(after(at) + shift);
  }
  return [...found].filter((moment) => moment > since && moment <= now).sort((a, b) => a - b);
}

import type { Instant } from '../../../shared/domain/time';
import type { Datapoint, Verdict } from './evaluate';
import type { Terms } from './terms';

/** Why an alarm changes its state, in CloudWatch's words. */
export function reasonOf({ state, found, lacking }: Verdict, terms: Terms): string {
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${count(lacking, 'datapoint')} unknown.`;
  const { comparison, threshold, periods, toAlarm, counted } = terms;
  const isAlarm = state === 'ALARM';
  const crossed = found.filter(({ value }) => comparison.breaches(value, threshold) === isAlarm);
  const filled = filledIn(lacking, terms);
  if (crossed.length === 0) {
    const received = found.length === 0 ? 'no datapoints were' : count(found.length, 'datapoint');
    return `Threshold Crossed: ${received} received for ${plural(periods, 'period')}${filled}.`;
  }
  const listed = `[${crossed.map(written).join(', ')}]`;
  const which = counted
    ? `${crossed.length} out of the last ${periods} datapoints ${listed} ${were(crossed.length)}`
    : `${plural(crossed.length, 'datapoint')} ${listed} ${were(crossed.length)}`;
  const least = isAlarm ? toAlarm : periods - toAlarm + 1;
  const way = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  const minimum = counted ? ` (minimum ${plural(least, 'datapoint')} for ${way} transition)` : '';
  const not = isAlarm ? '' : 'not ';
  return `Threshold Crossed: ${which} ${not}${comparison.words} the threshold (${double(threshold)})${filled}${minimum}.`;
}

/** The same for machines: StateReasonData. */
export function reasonDataOf(verdict: Verdict, { statistic, period, threshold }: Terms, at: Instant): string {
  const [oldest] = verdict.found.slice(-1);
  return JSON.stringify({
    version: '1.0',
    queryDate: stamp(at),
    ...(oldest !== undefined && { startDate: stamp(oldest.start) }),
    statistic,
    period: period / 1000,
    recentDatapoints: verdict.found.map(({ value }) => value).reverse(),
    threshold,
    evaluatedDatapoints: verdict.found.map(({ start, samples, value }) => ({
      timestamp: stamp(start),
      sampleCount: samples,
      value,
    })),
  });
}

function filledIn(lacking: number, { treatment }: Terms): string {
  if (lacking === 0 || treatment === 'missing' || treatment === 'ignore') return '';
  const as = treatment === 'breaching' ? 'Breaching' : 'NonBreaching';
  return ` and ${count(lacking, 'missing datapoint')} treated as [${as}]`;
}

/** `1.0 (19/08/26 05:44:00)`: the value, and when its period began. */
function written({ value, start }: Datapoint): string {
  const [date = '', time = ''] = new Date(start).toISOString().split('T');
  return `${double(value)} (${date.slice(2).split('-').reverse().join('/')} ${time.slice(0, 8)})`;
}

/** `1` as `1.0`. */
function double(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function were(number: number): string {
  return number === 1 ? 'was' : 'were';
}

function count(number: number, noun: string): string {
  return `${plural(number, noun)} ${were(number)}`;
}

function stamp(instant: Instant): string {
  return new Date(instant).toISOString().replace('Z', '+0000');
}

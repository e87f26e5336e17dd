import { formatInstant, type Instant, SECOND } from '../../domain/time';
import type { AgeSeries } from './compliance';
import { type Age, agesIn, lateStretches, spans } from './stretches';
import { counted, lasting, moment } from './words';

/**
 * How old the recovery point of a place was, and how the promise was kept, in words; `kept` is said of measured time
 * alone. Null where nobody ever looked.
 */
export function recoveryWords(series: AgeSeries): string | null {
  const ages = agesIn(series);
  const [first, last] = [ages[0], ages.at(-1)];
  if (first === undefined || last === undefined) return null;
  const known = ages.flatMap(({ seconds }) => (typeof seconds === 'number' ? [seconds] : []));
  const worst = known.reduce((most, one) => Math.max(most, one), 0);
  const parts = [
    nowWords(last),
    ...(known.length === 0 ? [] : [`at worst ${lasting(worst)} since ${written(first.at)}`]),
    keptWords(ages, series.promiseSeconds, first.at, last.at),
    ...noneWords(ages),
  ];
  return parts.join('; ');
}

function nowWords({ seconds }: Age): string {
  if (seconds === 'none') return 'no recovery point now';
  return seconds === null ? 'not known now' : `${lasting(seconds)} old now`;
}

function keptWords(ages: readonly Age[], promise: number, from: Instant, to: Instant): string {
  const told = `the promise of ${lasting(promise)} was`;
  const unseen = lengthOf(spans(ages, null));
  const all = (to - from) / SECOND;
  const measured =
    unseen === 0 ? '' : `measured for ${lasting(all - unseen)} of ${lasting(all)}, nobody looked in between`;
  const late = lateStretches(ages, promise);
  if (late.length > 0) {
    const times = late.length === 1 ? 'once' : `${late.length} times`;
    const above = `${told} exceeded ${times}, for ${lasting(lengthOf(late))}`;
    return measured === '' ? above : `${above}; ${measured}`;
  }
  if (all === 0) return `${told} kept at this one look`;
  return measured === '' ? `${told} kept` : `${told} kept while somebody looked: ${measured}`;
}

/** So many are told one by one; the table has the others. */
const MOST_TOLD = 3;

function noneWords(ages: readonly Age[]): string[] {
  const none = spans(ages, 'none');
  const last = ages.at(-1);
  const goesOn = last?.seconds === 'none' ? last.at : null;
  const told = none
    .slice(0, MOST_TOLD)
    .map(({ from, to }) =>
      to === goesOn
        ? `no recovery point since ${written(from)}`
        : `no recovery point from ${between(from, to)}`,
    );
  const more = none.length - told.length;
  return more > 0 ? [...told, `${counted(more, 'more time', 'more times')} without one`] : told;
}

function between(from: Instant, to: Instant): string {
  return `${written(from)} to ${written(to)} (${lasting((to - from) / SECOND)})`;
}

function lengthOf(all: readonly { readonly from: Instant; readonly to: Instant }[]): number {
  return all.reduce((sum, { from, to }) => sum + (to - from), 0) / SECOND;
}

export function written(at: Instant): string {
  return moment(formatInstant(at));
}

/** `3h`, or that there was none. */
export function worstWords(worst: number | 'none'): string {
  return worst === 'none' ? 'no recovery point' : lasting(worst);
}

import { type Instant, parseInstant } from '../../domain/time';
import type { AgeSeries } from './compliance';

/** How old the recovery point was. `none`: there was none, up to the next one. Null: nobody looked, up to the next one. */
export interface Age {
  readonly at: Instant;
  readonly seconds: number | 'none' | null;
}

/** A time that the promise was not kept for. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  /** `none`: there was no recovery point in all of it. */
  readonly worst: number | 'none';
}

export function agesIn({ points }: AgeSeries): Age[] {
  return points.flatMap((one): Age[] => {
    const at = parseInstant(one.at);
    return at === null ? [] : [{ at, seconds: one.seconds }];
  });
}

/** With a point of its own wherever the line between two goes through the promise. */
export function withCrossings(ages: readonly Age[], promise: number): Age[] {
  return ages.flatMap((one, index) => {
    const next = ages[index + 1];
    if (typeof one.seconds !== 'number' || typeof next?.seconds !== 'number') return [one];
    if (one.seconds === promise || next.seconds === promise) return [one];
    if (one.seconds < promise === next.seconds < promise) return [one];
    const share = (promise - one.seconds) / (next.seconds - one.seconds);
    return [one, { at: Math.round(one.at + share * (next.at - one.at)), seconds: promise }];
  });
}

/** When the age was above the promise, or there was no recovery point, oldest first. What nobody looked at is in none. */
export function lateStretches(ages: readonly Age[], promise: number): Stretch[] {
  const above: { from: Instant; to: Instant; worst: number }[] = [];
  let before: Age | null = null;
  for (const one of withCrossings(ages, promise)) {
    const { at, seconds } = one;
    const last = above.at(-1);
    const goesOn = typeof before?.seconds === 'number' && before.seconds >= promise;
    if (typeof seconds === 'number' && seconds >= promise) {
      if (goesOn && last !== undefined) {
        last.to = at;
        last.worst = Math.max(last.worst, seconds);
      } else above.push({ from: at, to: at, worst: seconds });
    } else if (typeof seconds !== 'number' && goesOn && before?.seconds !== promise && last !== undefined)
      last.to = at;
    before = one;
  }
  const none = spans(ages, 'none').map((span): Stretch => ({ ...span, worst: 'none' }));
  return [...above.filter(({ worst }) => worst > promise), ...none].sort((a, b) => a.from - b.from);
}

/** From when to when there was no recovery point (`none`), or nobody looked (null). */
export function spans(
  ages: readonly Age[],
  wanted: 'none' | null,
): { readonly from: Instant; readonly to: Instant }[] {
  const found: { from: Instant; to: Instant }[] = [];
  for (const [index, { at, seconds }] of ages.entries()) {
    if (seconds !== wanted) continue;
    const to = ages[index + 1]?.at ?? at;
    const last = found.at(-1);
    if (last?.to === at) last.to = to;
    else found.push({ from: at, to });
  }
  return found;
}

/** More points than pixels are not seen: of each pixel the best and the worst stay, and a break stays a break. */
export function thinned(ages: readonly Age[], pixels: number): Age[] {
  if (ages.length <= 2 * pixels) return [...ages];
  const size = Math.ceil(ages.length / pixels);
  const kept: Age[] = [];
  for (let start = 0; start < ages.length; start += size) {
    const group = ages.slice(start, start + size);
    const known = group.filter(({ seconds }) => typeof seconds === 'number');
    const worst = known.reduce<Age | undefined>((most, one) => (bigger(one, most) ? one : most), undefined);
    const best = known.reduce<Age | undefined>((least, one) => (bigger(one, least) ? least : one), known[0]);
    const breaks = ['none', null].map((wanted) => group.find(({ seconds }) => seconds === wanted));
    kept.push(...new Set([best, worst, ...breaks].filter((one) => one !== undefined)));
  }
  return kept.sort((a, b) => a.at - b.at);
}

function bigger(one: Age, than: Age | undefined): boolean {
  return than === undefined || Number(one.seconds) > Number(than.seconds);
}

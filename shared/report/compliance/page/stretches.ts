import type { Instant } from '../../../domain/time';

/** How old the recovery point was; null where that was not known. */
export interface Age {
  readonly at: Instant;
  readonly seconds: number | null;
}

/** A time that the promise was not kept for. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly worst: number;
}

/** With a point of its own wherever the line between two goes through the promise. */
export function withCrossings(ages: readonly Age[], promise: number): Age[] {
  return ages.flatMap((one, index) => {
    const next = ages[index + 1];
    if (next === undefined || one.seconds === null || next.seconds === null) return [one];
    if (one.seconds === promise || next.seconds === promise) return [one];
    if (one.seconds < promise === next.seconds < promise) return [one];
    const share = (promise - one.seconds) / (next.seconds - one.seconds);
    return [one, { at: Math.round(one.at + share * (next.at - one.at)), seconds: promise }];
  });
}

/** When the age was above the promise, oldest first. What was not known belongs to none. */
export function lateStretches(ages: readonly Age[], promise: number): Stretch[] {
  const stretches: { from: Instant; to: Instant; worst: number }[] = [];
  let goesOn = false;
  for (const { at, seconds } of withCrossings(ages, promise)) {
    const last = stretches.at(-1);
    if (seconds === null || seconds < promise) goesOn = false;
    else if (goesOn && last !== undefined) {
      last.to = at;
      last.worst = Math.max(last.worst, seconds);
    } else {
      stretches.push({ from: at, to: at, worst: seconds });
      goesOn = true;
    }
  }
  return stretches.filter(({ worst }) => worst > promise);
}

/** More points than pixels are not seen: of each pixel the best and the worst stay, and a break stays a break. */
export function thinned(ages: readonly Age[], pixels: number): Age[] {
  if (ages.length <= 2 * pixels) return [...ages];
  const size = Math.ceil(ages.length / pixels);
  const kept: Age[] = [];
  for (let start = 0; start < ages.length; start += size) {
    const group = ages.slice(start, start + size);
    const known = group.filter(({ seconds }) => seconds !== null);
    const worst = known.reduce<Age | undefined>((most, one) => (bigger(one, most) ? one : most), undefined);
    const best = known.reduce<Age | undefined>((least, one) => (bigger(one, least) ? least : one), known[0]);
    const blank = group.find(({ seconds }) => seconds === null);
    kept.push(...new Set([best, worst, blank].filter((one) => one !== undefined)));
  }
  return kept.sort((a, b) => a.at - b.at);
}

function bigger(one: Age, than: Age | undefined): boolean {
  return than === undefined || (one.seconds ?? 0) > (than.seconds ?? 0);
}

import { formatDuration, formatInstant, type Instant } from '../time';
import type { Finding, Openings } from './document';
import { CALM_FOR, FLAPS_AT, FLAPS_WITHIN } from './rules';

/** The openings of a finding that opens now. */
export function openedAgain(before: Openings | undefined, now: Instant): Openings {
  const earlier = before?.lately.filter((at) => now - at <= FLAPS_WITHIN) ?? [];
  const lately = [...earlier, now].slice(-FLAPS_AT);
  return before !== undefined && lately.length === FLAPS_AT
    ? { lately, times: before.times + 1, since: before.since }
    : { lately, times: lately.length, since: lately[0] ?? now };
}

/**
 * Whether its recovery can be told. What flapped when it recovered has to stay away for a while first, and to be seen so:
 * told while nobody can look, it might be followed by "opened" at the look that shows something.
 *
 * Whether it flapped is decided by the moment it recovered and not by now: else a calm of minutes would do, where it had
 * been open for nearly a day.
 */
export function isSettled({ openings, resolvedAt, unseen }: Finding, now: Instant): boolean {
  if (resolvedAt === null || unseen !== null) return false;
  return !isFlapping(openings, resolvedAt) || now - resolvedAt >= CALM_FOR;
}

/** How it comes and goes, for the notice that tells of it now; nothing where it does not. */
export function flappingInWords({ openings, resolvedAt }: Finding, now: Instant): string[] {
  if (openings === undefined || !isFlapping(openings, resolvedAt ?? now)) return [];
  const { times } = openings;
  const since = formatInstant(openings.since);
  if (resolvedAt !== null)
    return [
      `it came and went ${times} times since ${since}, and has stayed away since ${formatInstant(resolvedAt)}`,
    ];
  const calm = formatDuration(CALM_FOR);
  return [
    `it comes and goes: it opened ${times} times since ${since}, and its end is told once it stays away for ${calm}`,
  ];
}

/** What was told as coming and going stays so until it is open for a day without a break. */
function isFlapping(openings: Openings | undefined, at: Instant): boolean {
  const newest = openings?.lately[FLAPS_AT - 1];
  return newest !== undefined && at - newest <= FLAPS_WITHIN;
}

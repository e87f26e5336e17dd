import type { Measure, Pass, Severity } from '../controls/control';
import { DAY, type Duration, HOUR, MINUTE } from '../time';
import type { Finding, Told } from './document';

/** Gravest first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** 0 is the gravest. */
export function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/**
 * How long after the last word an open finding is told again. `critical`: the recovery time that is promised by default,
 * twice a shift; `high`: each person on call hears of it once; `medium`: for the weekly round; `low`: never, the report
 * shows it.
 */
export const REMIND_AFTER: Readonly<Record<Severity, Duration>> = {
  critical: 4 * HOUR,
  high: DAY,
  medium: 7 * DAY,
  low: Number.POSITIVE_INFINITY,
};

/**
 * How long something cannot be judged before that is a finding: twelve looks of the light pass, two of the daily one.
 * A throttled call or a region's bad hour is no news; what stays unknown longer hides what it was to show.
 */
export const UNKNOWN_FOR: Readonly<Record<Pass, Duration>> = { light: 2 * HOUR, daily: 2 * DAY };

/**
 * What opens for the third time within a day comes and goes: twice is a fault and its return. Each opening is then as good
 * as told, and its end waits until it has stayed away for a while: twelve looks of the light pass. A job that fails each
 * hour stays one story, and whoever has mended something hears of it within the shift.
 *
 * Looks come every 10 minutes, so a finding that does its worst is told as opened 12 times a day and as resolved 12 times
 * (`test/property/findings-flapping.test.ts`), and one that fails at every other look as opened three times in all.
 */
export const FLAPS_AT = 3;
export const FLAPS_WITHIN: Duration = DAY;
export const CALM_FOR: Duration = 2 * HOUR;

/** Long enough for the monthly meeting to see what came and went. */
export const RESOLVED_STAYS: Duration = 30 * DAY;

/**
 * For how long a change is left to the run that claimed it: longer than a run may last (5 minutes), shorter than the 10
 * minutes between two, so that the next one tells what a killed one did not.
 */
export const CLAIM_HOLDS: Duration = 8 * MINUTE;

/** Nobody knows that something is lost, only that nobody would know: one step below the failure. */
export function severityOfUnknown(severity: Severity): Severity {
  return SEVERITIES[Math.min(rank(severity) + 1, SEVERITIES.length - 1)] ?? 'low';
}

export function graverOf(a: Severity, b: Severity): Severity {
  return rank(a) < rank(b) ? a : b;
}

/** Worse than what was said last: graver, certain where it was only unknown, or a step bigger. */
export function isWorse(finding: Finding, said: Told): boolean {
  return (
    rank(finding.severity) < rank(said.severity) ||
    (said.verdict === 'unknown' && finding.verdict === 'failed') ||
    isStepUp(finding.worst, finding.measure)
  );
}

/**
 * A step is twice the worst that was told: an age that grows from 90 minutes is told again at 3, 6, 12 and 24 hours, and
 * one that goes to and fro within a step is not. From nothing the step is one unit.
 */
function isStepUp(worst: Measure | null, now: Measure | null): boolean {
  if (now === null || worst === null || worst.unit !== now.unit) return false;
  return now.value >= Math.max(2 * worst.value, worst.value + 1);
}

/** Another unit is another measure: nothing of the old one counts. */
export function worstOf(worst: Measure | null, now: Measure | null): Measure | null {
  if (now === null || worst === null || worst.unit !== now.unit) return now ?? worst;
  return now.value > worst.value ? now : worst;
}

import { CONTROLS } from '../../shared/domain/controls/all';
import type { Assessment, Control, Pass } from '../../shared/domain/controls/control';
import type { Seen } from '../../shared/domain/controls/seen';
import type { FindingsDocument } from '../../shared/domain/findings/document';
import { SEVERITIES } from '../../shared/domain/findings/rules';
import type { Waiver } from '../../shared/domain/policy';
import type { Instant } from '../../shared/domain/time';

/** The controls that a pass judges: all of them once a day, those that age by the minute every ten. */
export function controlsOf(pass: Pass): readonly Control[] {
  return pass === 'daily' ? CONTROLS : CONTROLS.filter((control) => control.pass === 'light');
}

/** Every verdict of a pass, in the order of the controls. */
export function judge(seen: Seen, pass: Pass): Assessment[] {
  return controlsOf(pass).flatMap((control) => control.judge(seen));
}

/** What one pass saw, and what its controls made of it at a moment. */
export interface Judged {
  /** Its `now` is that moment. */
  readonly seen: Seen;
  readonly pass: Pass;
  readonly assessments: readonly Assessment[];
}

/** All ages are counted from the moment, which may be later than the look's own time: of a run that came late. */
export function judgedAt(moment: Instant, seen: Seen, pass: Pass): Judged {
  const then = { ...seen, now: moment };
  return { seen: then, pass, assessments: judge(then, pass) };
}

/** Waivers of controls that there are not: a typing error would leave somebody believing that a finding is borne. */
export function unknownWaivers(waivers: readonly Waiver[]): Waiver[] {
  const known = new Set(CONTROLS.map(({ id }) => id));
  return waivers.filter(({ control }) => !known.has(control));
}

/** Findings that are open, by severity; waived ones apart. */
export interface OpenFindings {
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly waived: number;
}

export function openIn({ findings }: FindingsDocument): OpenFindings {
  const open = findings.filter(({ state }) => state === 'open');
  const borne = open.filter(({ waiver }) => waiver !== null);
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [
      severity,
      open.filter((finding) => finding.waiver === null && finding.severity === severity).length,
    ]),
  ) as Omit<OpenFindings, 'waived'>;
  return { ...counts, waived: borne.length };
}

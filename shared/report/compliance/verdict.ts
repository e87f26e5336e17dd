import { rank } from '../../domain/findings/rules';
import type { Verdict } from '../../domain/inspection/check';
import { parseInstant } from '../../domain/time';
import type { Assessed } from './compliance';

/** What an assessment comes to once waivers are taken into account. */
export type Standing = Verdict | 'waived';

/**
 * A waiver bears a failure that is known. It holds through its last moment, and it makes no verdict of what nobody
 * could look at. One whose end cannot be read does not hold: a typing error must not hide a failure for good.
 */
export function standing({ verdict, waiver }: Assessed, at: string): Standing {
  if (verdict !== 'failed' || waiver === null) return verdict;
  const [until, now] = [parseInstant(waiver.until), parseInstant(at)];
  return until !== null && now !== null && now <= until ? 'waived' : 'failed';
}

/** Of nothing at all the verdict is `unknown`: that nobody judged is no pass. */
export function verdictOf(assessments: readonly Assessed[], at: string): Verdict {
  const all = assessments.map((one) => standing(one, at));
  if (all.includes('failed')) return 'failed';
  return all.includes('unknown') || all.length === 0 ? 'unknown' : 'passed';
}

/** Those of a standing, gravest first; equally grave ones stay in the order of the controls. */
export function ofStanding(
  assessments: readonly Assessed[],
  wanted: Standing,
  at: string,
): readonly Assessed[] {
  return assessments.filter((one) => standing(one, at) === wanted).sort(gravestFirst);
}

export function gravestFirst(a: Assessed, b: Assessed): number {
  return rank(a.severity) - rank(b.severity);
}

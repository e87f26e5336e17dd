import { rank } from '../../domain/findings/rules';
import type { Verdict } from '../../domain/inspection/check';
import { parseInstant } from '../../domain/time';
import type { Assessed, Compliance, Standing } from './compliance';

/** Worst first. */
export const STANDINGS: readonly Standing[] = ['failed', 'unknown', 'waived', 'passed'];

/**
 * A waiver bears an open finding: a failure, or what nobody has been able to judge for too long. It holds through its
 * last moment. What has only just become unknown is no finding yet, and nothing to bear. One whose end cannot be read
 * does not hold: a typing error must not hide a failure for good.
 */
export function standing({ verdict, since, waiver }: Assessed, at: string): Standing {
  const isOpen = verdict === 'failed' || (verdict === 'unknown' && since !== null);
  if (!isOpen || waiver === null) return verdict;
  const [until, now] = [parseInstant(waiver.until), parseInstant(at)];
  return until !== null && now !== null && now <= until ? 'waived' : verdict;
}

/** The worst of all; of nothing at all it is `unknown`: that nobody judged is no pass. */
export function standingOf(assessments: readonly Assessed[], at: string): Standing {
  const all = new Set(assessments.map((one) => standing(one, at)));
  return STANDINGS.find((one) => all.has(one)) ?? 'unknown';
}

/** What is waived does not count against it. */
export function verdictOf(assessments: readonly Assessed[], at: string): Verdict {
  const its = standingOf(assessments, at);
  return its === 'waived' ? 'passed' : its;
}

/**
 * That of the whole report. It is passed only where there is a database to keep promises to: a tag that was renamed selects
 * nothing, and breaks no promise either. A question of the checklist that no promise of the policy answers stays open, and
 * is named beside the verdict; `policy-complete` tells whether something should have been promised.
 */
export function reportVerdict({
  assessments,
  databases,
  at,
}: Pick<Compliance, 'assessments' | 'databases' | 'at'>): Verdict {
  const judged = verdictOf(assessments, at);
  return judged === 'passed' && !databases.some(isProtected) ? 'unknown' : judged;
}

export function isProtected({ unprotected }: Compliance['databases'][number]): boolean {
  return unprotected === null;
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

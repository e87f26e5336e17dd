import type { About, Assessment } from '../controls/control';
import type { Instant } from '../time';
import { type ChangeKind, type Ended, type Finding, isOpenToThem, lastSaid, saidAt } from './document';
import { isSettled, openedAgain } from './flapping';
import { graverOf, isWorse, REMIND_AFTER, severityOfUnknown } from './rules';
import { waiverEnded } from './waived';

/** A failure as it is seen now: it opens, opens again, or goes on. */
export function seenFailing(
  before: Finding | null,
  id: string,
  assessment: Assessment,
  control: About,
  now: Instant,
): Finding {
  return seen(before, id, assessment, control, now, { verdict: 'failed', since: now });
}

/** Unknown for too long: a finding of its own, until it is judged again. */
export function seenUnknown(
  before: Finding | null,
  id: string,
  assessment: Assessment,
  control: About,
  now: Instant,
  since: Instant,
): Finding {
  return seen(before, id, assessment, control, now, { verdict: 'unknown', since });
}

function seen(
  before: Finding | null,
  id: string,
  { subject, found, expected, cost, command, measure, runbook }: Assessment,
  { id: control, title, requirements, severity, runbook: article }: About,
  now: Instant,
  as: { readonly verdict: Finding['verdict']; readonly since: Instant },
): Finding {
  const goesOn = before?.state === 'open';
  const theirs = before !== null && isOpenToThem(before) ? before : null;
  const milder = severityOfUnknown(severity);
  return {
    id,
    control,
    subject,
    title,
    requirements,
    // Subscriptions filter by severity: who was told of a failure hears of its end, although nobody could tell in between.
    severity: as.verdict === 'failed' ? severity : graverOf(milder, theirs?.severity ?? milder),
    verdict: as.verdict,
    state: 'open',
    firstSeen: goesOn ? before.firstSeen : as.since,
    lastSeen: now,
    unseen: null,
    resolvedAt: null,
    found,
    expected,
    cost: cost ?? null,
    command: command ?? null,
    runbook: runbook ?? article,
    measure: measure ?? null,
    worst: theirs?.worst ?? null,
    told: before?.told ?? null,
    waiver: goesOn ? before.waiver : null,
    openings: goesOn
      ? (before.openings ?? openedAgain(undefined, before.firstSeen))
      : openedAgain(before?.openings, now),
    pending: before?.pending ?? [],
  };
}

/** One look that shows nothing takes nothing back: an open failure stays open. */
export function notSeen(finding: Finding, why: string, now: Instant): Finding {
  if (finding.state === 'resolved' && !isOpenToThem(finding)) return finding;
  return { ...finding, unseen: { since: finding.unseen?.since ?? now, why } };
}

/** It passes, or is judged no more. Until that is told, what is told of it is what was found last. */
export function resolved(finding: Finding, ended: Ended, found: string, now: Instant): Finding {
  const untold = isOpenToThem(finding);
  if (finding.state === 'resolved' && !untold) return finding;
  const past = { cost: null, command: null, unseen: null, waiver: untold ? finding.waiver : null };
  const resolvedAt = finding.resolvedAt ?? now;
  return { ...finding, ...past, state: 'resolved', resolvedAt, ended, lastSeen: now, found };
}

/**
 * What has to be said of a finding: the difference between how it stands and what was said of it last, whatever happened
 * in between. A run that was killed before it could say so leaves the same difference to the next one. Only the end of one
 * that comes and goes is kept back; meanwhile receivers hold it for open, so that its return is no news to them, and they
 * are reminded of it only when it is there.
 *
 * @param before how it stood at the look before
 */
export function toBeSaid(before: Finding | null, finding: Finding, now: Instant): ChangeKind | null {
  const said = lastSaid(finding);
  const openToThem = said !== null && said.kind !== 'resolved';
  // Also under a waiver: who was called is called off.
  if (finding.state === 'resolved') return openToThem && isSettled(finding, now) ? 'resolved' : null;
  if (finding.waiver !== null) return null;
  // A waiver that has ended opens it again, whatever was said before it.
  if (!openToThem || waiverEnded(before, finding)) return 'opened';
  if (isWorse(finding, said)) return 'worsened';
  // Also while a receiver refuses what is pending: the others have heard nothing since.
  return now - saidAt(said) >= REMIND_AFTER[finding.severity] ? 'reminder' : null;
}

import type { Assessment, Control } from '../../domain/controls/control';
import type { Finding } from '../../domain/findings/document';
import { findingId } from '../../domain/findings/id';
import { formatInstant, type Instant } from '../../domain/time';
import type { Assessed } from './compliance';

/**
 * An assessment as the report tells it, with the history that its finding brings. One look that shows nothing takes
 * nothing back: what is open as failed and could not be judged this time stays failed, and says so.
 *
 * @param finding of the same control and subject; null where there is none
 * @param evidence keys of the evidence store that the verdict rests on
 */
export function assessed(
  control: Control,
  assessment: Assessment,
  finding: Finding | null,
  evidence: readonly string[] = [],
): Assessed {
  const open = finding?.state === 'open' ? finding : null;
  const stays = assessment.verdict === 'unknown' && open?.verdict === 'failed';
  const { verdict, found, expected, cost, command, runbook } = stays ? open : assessment;
  return {
    id: findingId(control.id, assessment.subject),
    control: control.id,
    title: control.title,
    severity: open?.severity ?? control.severity,
    requirements: control.requirements,
    frameworks: control.frameworks,
    subject: assessment.subject,
    verdict,
    found,
    expected,
    cost: cost ?? null,
    remedy: control.remedy.text,
    command: command ?? null,
    runbook: runbook ?? control.runbook,
    since: open === null || verdict === 'passed' ? null : formatInstant(open.firstSeen),
    resolved: verdict === 'passed' ? written(finding?.resolvedAt) : null,
    unseen: stays ? assessment.found : null,
    lastSeen: stays ? formatInstant(open.lastSeen) : null,
    waiver:
      open?.waiver == null ? null : { reason: open.waiver.reason, until: formatInstant(open.waiver.until) },
    ...(!stays && assessment.nothingThere && { nothingThere: true }),
    evidence,
  };
}

/** What is open and was not to be seen at all in this look: nobody knows that it is better. */
export function outOfSight(control: Control, finding: Finding): Assessed {
  const { subject, verdict, found, expected, cost, command, runbook, unseen } = finding;
  const assessment: Assessment = {
    control: control.id,
    subject,
    verdict,
    found,
    expected,
    runbook,
    ...(cost !== null && { cost }),
    ...(command !== null && { command }),
  };
  return {
    ...assessed(control, assessment, finding),
    unseen: unseen?.why ?? 'it was out of sight of this look',
    lastSeen: formatInstant(finding.lastSeen),
  };
}

function written(at: Instant | null | undefined): string | null {
  return at == null ? null : formatInstant(at);
}

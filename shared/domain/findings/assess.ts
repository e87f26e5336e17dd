import type { About, Assessment, Pass } from '../controls/control';
import type { Waiver } from '../policy';
import { formatInstant, HOUR, type Instant } from '../time';
import { toldUnder } from './audience';
import { type ChangeKind, type Finding, type FindingsDocument, isOpenToThem } from './document';
import { flappingInWords } from './flapping';
import { findingId } from './id';
import { messagesFor, messagesSince } from './messages';
import { broughtBack, momentOf } from './moment';
import { CLAIM_HOLDS, RESOLVED_STAYS, UNKNOWN_FOR, worstOf } from './rules';
import { notSeen, resolved, seenFailing, seenUnknown, toBeSaid } from './transition';
import { waiverEnded, waiverOf } from './waived';

export interface Assessing {
  readonly installation: string;
  /** Who writes: one word that no other run has, as Lambda's request id. */
  readonly run: string;
  /** All of them, whichever are judged on this pass. */
  readonly controls: readonly About[];
  /** `light` judges the controls of that pass alone; `daily` judges all. */
  readonly pass: Pass;
  /** Whether everything that subjects are found in was seen: else what is missing may just be out of sight (`sawAll`). */
  readonly sawAll: boolean;
  readonly waivers: readonly Waiver[];
  /** The run's own time; what was judged was judged for `momentOf` it. */
  readonly now: Instant;
}

/**
 * The next document: how every finding stands after this look, and what has to be told of it.
 *
 * Invariants: a finding leaves only 30 days after it was resolved, with nothing untold; only a passed judgment resolves
 * it, or that its control, of those judged, does not speak of it any more; of each finding what was said last and what
 * is pending lead to how it stands (waivers apart, and that something comes and goes, for as long as it does); no instant
 * in a document is later than its own, the ends of waivers apart.
 *
 * @param last the newest document
 * @param assessments as they are at `momentOf` this run
 */
export function assess(
  last: FindingsDocument | null,
  assessments: readonly Assessment[],
  about: Assessing,
): FindingsDocument {
  const now = momentOf(last, about.now, about.pass);
  const previous = last === null ? null : broughtBack(last, now);
  const number = (previous?.number ?? 0) + 1;
  const before = new Map((previous?.findings ?? []).map((finding) => [finding.id, finding]));
  const { standing, unknowns } = look(before, previous?.unknowns ?? {}, assessments, about, now);
  const kinds = new Map<Finding, ChangeKind>();
  const after: Finding[] = [];
  for (const one of standing) {
    const waiver = one.state === 'open' ? waiverOf(one, about.waivers, now) : one.waiver;
    const finding = { ...one, waiver, pending: claimed(one, about.run, now) };
    const kind = toBeSaid(before.get(one.id) ?? null, finding, now);
    if (kind !== null) kinds.set(finding, kind);
    const past = finding.resolvedAt !== null && now - finding.resolvedAt >= RESOLVED_STAYS;
    if (isOpenToThem(finding) || finding.pending.length > 0 || !past) after.push(finding);
  }
  const messages = messagesFor(number, kinds, messagesSince(standing, now - HOUR));
  return {
    schema: 'holdfast.findings/1',
    installation: about.installation,
    number,
    at: now,
    begun: previous === null ? now : (previous.begun ?? previous.at),
    run: about.run,
    findings: after
      .map((finding) => {
        const kind = kinds.get(finding);
        return kind === undefined
          ? finding
          : saying(
              finding,
              before.get(finding.id) ?? null,
              kind,
              messages.get(finding) ?? '',
              about.run,
              now,
            );
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    unknowns,
    lastLight: now,
    lastDaily: about.pass === 'daily' ? now : (previous?.lastDaily ?? null),
  };
}

/** How each finding stands after this look, before waivers and words. */
function look(
  before: ReadonlyMap<string, Finding>,
  waiting: Readonly<Record<string, Instant>>,
  assessments: readonly Assessment[],
  { controls, pass, sawAll }: Assessing,
  now: Instant,
): { standing: Finding[]; unknowns: Record<string, Instant> } {
  const known = new Map(controls.map((control) => [control.id, control]));
  const isJudged = (id: string) => {
    const its = known.get(id)?.pass;
    // A control that is no more is found out by the pass that judges all.
    return pass === 'daily' || its === 'light';
  };
  const standing = new Map(before);
  const unknowns: Record<string, Instant> = {};
  const met = new Set<string>();
  for (const assessment of assessments) {
    const control = known.get(assessment.control);
    if (control === undefined || !isJudged(control.id))
      throw new Error(`the ${pass} pass does not judge ${assessment.control}`);
    const id = findingId(control.id, assessment.subject);
    if (met.has(id)) throw new Error(`${control.id} judges one subject twice: ${id}`);
    met.add(id);
    const its = before.get(id) ?? null;
    if (assessment.verdict === 'failed') standing.set(id, seenFailing(its, id, assessment, control, now));
    else if (assessment.verdict === 'passed') {
      if (its !== null) standing.set(id, resolved(its, 'passed', assessment.found, now));
    } else if (its?.state === 'open' && its.verdict === 'failed')
      standing.set(id, notSeen(its, assessment.found, now));
    else {
      const since = its?.state === 'open' ? its.firstSeen : (waiting[id] ?? now);
      const isDue = now - since >= UNKNOWN_FOR[control.pass] && now >= (assessment.awaited ?? now);
      if (its?.state === 'open' || isDue)
        standing.set(id, seenUnknown(its, id, assessment, control, now, since));
      else {
        unknowns[id] = since;
        if (its !== null) standing.set(id, notSeen(its, assessment.found, now));
      }
    }
  }
  for (const [id, since] of Object.entries(waiting)) {
    const control = id.slice(0, id.indexOf('/'));
    if (!met.has(id) && !(isJudged(control) && sawAll)) unknowns[id] = since;
  }
  for (const [id, finding] of before) {
    if (met.has(id) || !isJudged(finding.control)) continue;
    const why = `no longer judged: ${finding.control} does not speak of it any more`;
    standing.set(
      id,
      sawAll
        ? resolved(finding, 'gone', why, now)
        : notSeen(finding, 'it was out of sight of the last look', now),
    );
  }
  return { standing: [...standing.values()], unknowns };
}

/** What another run left untold for longer than it may be at work, this one tells. */
function claimed({ pending }: Finding, run: string, now: Instant): Finding['pending'] {
  return pending.map((change) =>
    now - change.claim.at >= CLAIM_HOLDS ? { ...change, claim: { by: run, at: now } } : change,
  );
}

function saying(
  finding: Finding,
  before: Finding | null,
  kind: ChangeKind,
  message: string,
  run: string,
  now: Instant,
): Finding {
  const { severity, verdict, cost, command, measure, pending, worst, ended, firstSeen: since } = finding;
  const claim = { by: run, at: now };
  const found = inFull(finding, before, now);
  // An end that was kept back came about when it came.
  const at = kind === 'resolved' ? (finding.resolvedAt ?? now) : now;
  const said = { kind, at, message, severity, verdict, measure, severities: toldUnder(finding) };
  const change = {
    ...said,
    since,
    found,
    cost,
    command,
    claim,
    taken: [],
    ...(ended !== undefined && { ended }),
  };
  // A newer reminder says all that an older one would have, and so there is one at most, however long nobody takes it.
  const rest = kind === 'reminder' ? pending.filter((one) => one.kind !== 'reminder') : pending;
  const most = kind === 'resolved' ? worst : worstOf(kind === 'opened' ? null : worst, measure);
  const waiver = kind === 'resolved' ? null : finding.waiver;
  return { ...finding, worst: most, waiver, pending: [...rest, change] };
}

/** What was found, and why it is told although nothing new may have been seen. */
function inFull(finding: Finding, before: Finding | null, now: Instant): string {
  const { found, unseen } = finding;
  const ended = waiverEnded(before, finding);
  return [
    found,
    ...flappingInWords(finding, now),
    ...(ended ? [`its waiver has ended (${before?.waiver?.reason})`] : []),
    ...(unseen === null ? [] : [`not seen since ${formatInstant(unseen.since)}: ${unseen.why}`]),
  ].join('; ');
}

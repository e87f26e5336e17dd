import type { Pass } from '../../domain/controls/control';
import { parseInstant } from '../../domain/time';
import type { HubDelivery, HubFinding, HubMove, HubPlan, HubWorkflow } from '../../ports/security-hub';
import { asffFindings, SUPPRESSED } from './asff';
import { archived, isOurs, type KnownFinding, knownFinding } from './asff-known';
import { GENERATOR, hubId, idPrefix, productArn } from './asff-names';
import type { Assessed, Compliance, Standing } from './compliance';
import { inSlices } from './slices';
import { standing } from './verdict';

export interface Delivering {
  /** `daily`: the report is of all that is judged. `light`: of what has changed in this run, and nothing else. */
  readonly pass: Pass;
  /** Whether everything was seen that subjects are found in (`sawAll`): else what is missing may just be out of sight. */
  readonly sawAll: boolean;
  /** Where the runbooks can be read; null where nowhere on the net. */
  readonly docs: string | null;
}

/** What is kept of a finding that Security Hub has, and what is sent where nobody judges it any more. */
interface Remembered extends KnownFinding {
  readonly gone: HubFinding | null;
}

/** So many are asked for one by one, 20 a call. Where more have changed, all are listed, 100 a call. */
const MOST_ASKED = 400;

/** So many are put into AWS's words at a time. */
const TOGETHER = 200;

/**
 * What Security Hub is to hear of a report. It holds what is or was open, not 40,000 passes: those stand in the other
 * formats. An open finding is handed in at every pass; what it has as open and passes is handed in once more, as
 * PASSED, and RESOLVED; what it has and nobody judges any more is archived, by a daily pass that saw all.
 *
 * Invariants: nothing is touched that this installation did not make; what a person made of a finding stays, unless it
 * passes (NOTIFIED becomes RESOLVED) or is called RESOLVED and still fails (it becomes NEW). A suppression ends only where
 * a waiver made it. Stopped anywhere, the next daily pass ends where this one would have.
 */
export function asffDelivery(
  compliance: Compliance,
  { pass, sawAll, docs }: Delivering,
): HubDelivery<Remembered> {
  const judged = new Map(compliance.assessments.map((one) => [hubId(compliance, one.id), one]));
  const product = productArn(compliance);
  const now = parseInstant(compliance.at) ?? 0;
  const archives = pass === 'daily' && sawAll;
  return {
    question: {
      product,
      generators: GENERATOR,
      ids: idPrefix(compliance),
      // Without a single judgment there is nothing to say of anything: that run saw nothing.
      only: judged.size === 0 || (pass === 'light' && judged.size <= MOST_ASKED) ? [...judged.keys()] : null,
    },
    remember: (finding) => {
      if (!isOurs(finding, compliance)) return null;
      const known = knownFinding(finding);
      if (judged.has(finding.Id)) return { ...known, gone: null };
      // What a newer run has handed in is its own to archive.
      const isNewer = known.updated !== null && known.updated >= now;
      return archives && !isNewer ? { ...known, gone: archived(finding, compliance.at) } : null;
    },
    plan: (known) => planOf(compliance, judged, known, docs),
  };
}

function planOf(
  compliance: Compliance,
  judged: ReadonlyMap<string, Assessed>,
  known: readonly Remembered[],
  docs: string | null,
): HubPlan {
  const now = parseInstant(compliance.at) ?? 0;
  const ProductArn = productArn(compliance);
  const there = new Map(known.map((one) => [one.Id, one]));
  const [lifts, moves]: [HubMove[], HubMove[]] = [[], []];
  const sent: Assessed[] = [];
  /** Suppressed by nobody, or by a person: the end of the waiver changes nothing about that. */
  const unmarked = new Set<string>();
  let [taken, resolved] = [0, 0];
  for (const [Id, one] of judged) {
    const its = standing(one, compliance.at);
    // Not passed, and no finding either: it has been unknown too briefly.
    if (its !== 'passed' && one.since === null) continue;
    const before = there.get(Id) ?? null;
    const isNewer = before?.updated != null && before.updated >= now;
    // Another run has said otherwise, and no sooner; Security Hub would not listen to this one.
    if (isNewer && before.standing !== its) continue;
    const step = stepOf(its, before);
    if (step.lift !== null) lifts.push({ Id, ProductArn, to: step.lift });
    if (step.move !== null) moves.push({ Id, ProductArn, to: step.move });
    if (!step.marks) unmarked.add(Id);
    if (step.sends) sent.push(one);
    if (its !== 'passed') taken += 1;
    else if (step.sends || step.lift !== null || step.move !== null) resolved += 1;
  }
  const gone = known.flatMap((one) => one.gone ?? []);
  // When it comes back, Security Hub makes NEW of RESOLVED, and leaves SUPPRESSED as it is.
  for (const { Id, byWaiver, gone } of known)
    if (gone !== null && byWaiver) lifts.push({ Id, ProductArn, to: 'RESOLVED' });
  return {
    lifts,
    findings: {
      [Symbol.iterator]: () => findingsOf({ ...compliance, assessments: sent }, unmarked, gone, docs),
    },
    moves,
    counts: { taken, resolved, archived: gone.length },
  };
}

interface Step {
  readonly sends: boolean;
  /** Whether it is said that the waiver is what suppresses it. */
  readonly marks: boolean;
  readonly lift: HubWorkflow | null;
  readonly move: HubWorkflow | null;
}

/** What is done about one finding that passes, or is open. */
function stepOf(its: Standing, known: KnownFinding | null): Step {
  const nothing: Step = { sends: false, marks: true, lift: null, move: null };
  // A new one begins with the workflow that comes with it.
  if (known === null) return { ...nothing, sends: its !== 'passed' };
  const { workflow, byWaiver, passed } = known;
  if (its === 'passed') {
    const sends = { ...nothing, sends: !passed };
    if (byWaiver) return { ...sends, lift: 'RESOLVED' };
    return workflow === 'NEW' || workflow === 'NOTIFIED' ? { ...sends, move: 'RESOLVED' } : sends;
  }
  const sends = { ...nothing, sends: true };
  if (workflow === 'SUPPRESSED')
    return { ...sends, marks: byWaiver, lift: byWaiver && its !== 'waived' ? 'NEW' : null };
  // Who fails again after having passed is NEW by Security Hub's own doing.
  const left = passed ? 'NEW' : workflow;
  if (left === 'NOTIFIED') return { ...sends, marks: false };
  if (its === 'waived') return { ...sends, move: 'SUPPRESSED' };
  return { ...sends, move: left === 'RESOLVED' ? 'NEW' : null };
}

function* findingsOf(
  compliance: Compliance,
  unmarked: ReadonlySet<string>,
  gone: readonly HubFinding[],
  docs: string | null,
): Generator<HubFinding> {
  for (const some of inSlices(compliance, TOGETHER)) {
    for (const finding of asffFindings(some, docs)) {
      const { [SUPPRESSED]: mark, ...others } = finding.ProductFields;
      yield { ...finding, ProductFields: unmarked.has(finding.Id) ? others : finding.ProductFields };
    }
  }
  yield* gone;
}

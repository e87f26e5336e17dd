import { type Act, type Action, type Decision, type Entry, isAct, type Outcome } from '../domain/decision';
import { Refusal } from '../domain/refusal';
import { type Duration, SECOND } from '../domain/time';

/** What acting on one decision came to; `done` unless it says otherwise. */
export interface Result {
  readonly outcome?: Outcome;
  readonly detail?: string;
  readonly hint?: string;
}

export interface CarryOut<A extends Action, R extends string> {
  /** The only place that knows of it: with a dry run nothing is acted on (style rule 3). */
  readonly dryRun: boolean;
  /** Carries out one decision. A `Refusal` that it throws is a failure of this decision alone. */
  readonly act: (decision: Act<A, R>) => Promise<Result>;
  /** What is left of the function's time. */
  readonly timeLeft: () => Duration;
}

/** Enough for the calls of one decision, each retried, and for the report. */
const ENOUGH: Duration = 30 * SECOND;

/** The reason of a line that this run had no time for, in place of the plan's. */
export const OUT_OF_TIME = 'out-of-time';

/**
 * Carries a plan out in its order, one act after the other: RDS throttles the account as a whole, so speed here
 * would be paid for elsewhere. Every decision is tried, whatever came of the ones before; when the function's time
 * runs out the rest is postponed, and the next run finds it again.
 */
export async function carryOut<A extends Action, R extends string>(
  plan: readonly Decision<A, R>[],
  { dryRun, act, timeLeft }: CarryOut<A, R>,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const decision of plan) {
    const { subject, reason } = decision;
    if (!isAct(decision)) {
      const { outcome, detail, hint } = decision;
      entries.push({ subject, action: 'nothing', reason, outcome, ...given({ detail, hint }) });
      continue;
    }
    const about = { subject, action: decision.action.kind, reason };
    if (dryRun) entries.push({ ...about, outcome: 'planned', ...given({ detail: decision.detail }) });
    else if (timeLeft() < ENOUGH)
      entries.push({ ...about, reason: OUT_OF_TIME, outcome: 'postponed', detail: 'the next run goes on' });
    else entries.push({ ...about, ...(await tried(() => act(decision), decision.detail)) });
  }
  return entries;
}

async function tried(
  act: () => Promise<Result>,
  planned: string | undefined,
): Promise<Pick<Entry, 'outcome'>> {
  try {
    const { outcome = 'done', detail = planned, hint } = await act();
    return { outcome, ...given({ detail, hint }) };
  } catch (error) {
    // Anything but a Refusal is a fault of ours: it must not stop the others either, and it fails the run.
    const hint = error instanceof Refusal ? error.hint : undefined;
    return {
      outcome: 'failed',
      ...given({ detail: error instanceof Error ? error.message : String(error), hint }),
    };
  }
}

/** The fields that have a value: with exact optional types an absent field is not one that is undefined. */
function given(fields: { detail?: string | undefined; hint?: string | undefined }): {
  detail?: string;
  hint?: string;
} {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What came of one decision. */
export type Outcome =
  /** Carried out, as AWS confirmed. */
  | 'done'
  /** Nothing to do, for the reason given. */
  | 'nothing'
  /** Would be carried out: this is a dry run. */
  | 'planned'
  /** Put off to a later run by a limit or by the end of this run's time. Nothing is lost by it. */
  | 'postponed'
  /** Held back by a rule of ours, because going on would do harm or cannot work. Someone has to act. */
  | 'refused'
  /** Tried, and AWS or the network said no. */
  | 'failed';

export const OUTCOMES: readonly Outcome[] = ['done', 'nothing', 'planned', 'postponed', 'refused', 'failed'];

/** What a decision is about. `snapshot` is the name of a recovery point, also of one that is yet to be. */
export interface Subject {
  /** `*` where it is about no database in particular: a region that does not answer, a key that many hang on. */
  readonly database: string;
  readonly region: string;
  readonly snapshot?: string;
  /** A KMS key, by its alias where it has one. */
  readonly key?: string;
}

/** An act as data; a function's `run.ts` knows how to carry it out. */
export interface Action {
  readonly kind: string;
}

/** Something to be done. `reason` is of a closed set, one per function. */
export interface Act<A extends Action, R extends string> {
  readonly subject: Subject;
  readonly action: A;
  readonly reason: R;
  readonly detail?: string;
}

/** Nothing to be done, and why: doing nothing needs a reason too. */
export interface Hold<R extends string> {
  readonly subject: Subject;
  readonly action: null;
  readonly outcome: 'nothing' | 'postponed' | 'refused';
  readonly reason: R;
  readonly detail?: string;
  readonly hint?: string;
}

/** One line of a plan. */
export type Decision<A extends Action, R extends string> = Act<A, R> | Hold<R>;

export function isAct<A extends Action, R extends string>(decision: Decision<A, R>): decision is Act<A, R> {
  return decision.action !== null;
}

/**
 * The part of a plan that is about one database, asked for by hand; all of it when none was named. A name that the plan
 * does not know is the caller's error: it is refused in the words of `unknown`.
 */
export function narrowed<A extends Action, R extends string>(
  plan: readonly Decision<A, R>[],
  database: string | undefined,
  unknown: { readonly region: string; readonly reason: R; readonly detail: string; readonly hint: string },
): readonly Decision<A, R>[] {
  if (database === undefined) return plan;
  const one = plan.filter(({ subject }) => subject.database === database);
  if (one.length > 0) return one;
  const { region, ...why } = unknown;
  return [{ subject: { database, region }, action: null, outcome: 'refused', ...why }];
}

/** One line of a report. */
export interface Entry {
  readonly subject: Subject;
  readonly action: string;
  readonly reason: string;
  readonly outcome: Outcome;
  /** How many equal ones this line stands for, where there are many: kept snapshots, by reason. */
  readonly count?: number;
  readonly detail?: string;
  readonly hint?: string;
}

/** What a run answers, and logs. */
export interface Report {
  readonly function: string;
  readonly installation: string;
  /** ISO 8601: the moment that the run took for now. */
  readonly at: string;
  readonly dryRun: boolean;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly entries: readonly Entry[];
}

/** Adds up equal lines about the snapshots of one database and region that nothing is done to. */
export function condense(entries: readonly Entry[]): Entry[] {
  const lines = new Map<string, Entry>();
  for (const entry of entries) {
    const { subject, action, reason, outcome } = entry;
    const { snapshot, ...group } = subject;
    const single = action !== 'nothing' || outcome !== 'nothing' || snapshot === undefined;
    const key = JSON.stringify([group, single ? [snapshot, lines.size] : '', action, reason, outcome]);
    const known = lines.get(key);
    if (single) lines.set(key, entry);
    else lines.set(key, { subject: group, action, reason, outcome, count: (known?.count ?? 0) + 1 });
  }
  return [...lines.values()];
}

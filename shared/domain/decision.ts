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
  readonly database: string;
  readonly region: string;
  readonly snapshot?: string;
}

/**
 * One line of a plan: what is to be done to a subject, or why not. `hold` is what a decision without an action
 * comes to.
 *
 * @typeParam A the actions of a function, as data that its `run.ts` carries out
 * @typeParam R the closed set of its reasons
 */
export type Decision<A, R extends string> =
  | { readonly subject: Subject; readonly action: A; readonly reason: R; readonly detail?: string }
  | {
      readonly subject: Subject;
      readonly action: null;
      readonly hold: 'nothing' | 'postponed' | 'refused';
      readonly reason: R;
      readonly detail?: string;
      readonly hint?: string;
    };

/** One line of a report. */
export interface Entry {
  readonly subject: Subject;
  readonly action: string;
  readonly reason: string;
  readonly outcome: Outcome;
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

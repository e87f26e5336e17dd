import type { Measure, Severity, Subject } from '../controls/control';
import type { Instant } from '../time';

/** What is wrong in this installation, and who was told of it. Each one is kept under its number and stays as it is. */
export interface FindingsDocument {
  readonly schema: 'holdfast.findings/1';
  readonly installation: string;
  /** From 1; the newest is the state. Whoever keeps a number first has it, the others begin again from there. */
  readonly number: number;
  readonly at: Instant;
  /** When findings began; absent in documents from before that was kept. */
  readonly begun?: Instant;
  /** Who wrote it: tells a run's own repeated attempt from a twin that began at the same moment. */
  readonly run: string;
  /** In the order of their ids. */
  readonly findings: readonly Finding[];
  /** What cannot be judged, and no finding yet: by finding id, since when. */
  readonly unknowns: Readonly<Record<string, Instant>>;
  readonly lastLight: Instant | null;
  readonly lastDaily: Instant | null;
}

/** One promise that is not kept (`failed`), or that nobody can tell of for too long (`unknown`), from open to resolved. */
export interface Finding {
  /** Control and subject: `recovery-point-copy/qrosity-db/us-west-2`. It opens again under the same id. */
  readonly id: string;
  readonly control: string;
  readonly subject: Subject;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly severity: Severity;
  readonly verdict: 'failed' | 'unknown';
  readonly state: 'open' | 'resolved';
  /** Of this time that it is open, not of earlier ones. */
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /**
   * It could not be judged since: open, it counts as open until somebody has looked; resolved and not told so yet, it is
   * not told until then.
   */
  readonly unseen: { readonly since: Instant; readonly why: string } | null;
  readonly resolvedAt: Instant | null;
  /** Why it is over. Absent while it is open, and in documents from before that was kept. */
  readonly ended?: Ended;
  readonly found: string;
  readonly expected: string;
  readonly cost: string | null;
  readonly command: string | null;
  readonly runbook: string;
  readonly measure: Measure | null;
  /** The worst that was told of while receivers hold it for open. */
  readonly worst: Measure | null;
  /** The newest change that every receiver took. */
  readonly told: Told | null;
  /** What it falls under. Resolved and not told so yet, it keeps the last one: it may come back when that has ended. */
  readonly waiver: { readonly reason: string; readonly until: Instant } | null;
  /** Absent in documents from before openings were remembered. */
  readonly openings?: Openings;
  /** Changes that some receiver has not taken yet, oldest first. */
  readonly pending: readonly Change[];
}

/** `passed`: somebody saw that it is well. `gone`: nothing judges it any more, and nobody knows whether it is. */
export type Ended = 'passed' | 'gone';

/** When it opened lately, told or not: what comes and goes is told at another pace (`flapping.ts`). */
export interface Openings {
  /** The newest ones, oldest first; as many as it takes to flap, and none more than a day older than the last. */
  readonly lately: readonly Instant[];
  /** How many there were since `since`: those of `lately`, and all before them for as long as it flaps. */
  readonly times: number;
  readonly since: Instant;
}

export type ChangeKind = 'opened' | 'worsened' | 'resolved' | 'reminder';

/** What was told. */
export interface Told {
  readonly kind: ChangeKind;
  readonly at: Instant;
  /** The message that it belongs to: it begins with the number of the document that made it, so that later ones sort higher. */
  readonly message: string;
  readonly severity: Severity;
  readonly verdict: 'failed' | 'unknown';
  readonly measure: Measure | null;
  /**
   * All that it was told under since receivers hold it for open, its own included, gravest first: who heard of a milder one
   * is to hear how it went on. Absent in documents from before that was kept.
   */
  readonly severities?: readonly Severity[];
}

/** Something to be told, as it was when it came about: told later, it says the same. */
export interface Change extends Told {
  /** Since when the finding is open. */
  readonly since: Instant;
  readonly found: string;
  readonly cost: string | null;
  readonly command: string | null;
  /** Of a `resolved` one, why it is over. */
  readonly ended?: Ended;
  /** When the first receiver was told. */
  readonly heard?: Instant;
  /** Which run tells it, and since when: another one leaves it alone for as long as that one may be at work. */
  readonly claim: { readonly by: string; readonly at: Instant };
  /** The receivers that took it. */
  readonly taken: readonly string[];
}

/** The newest thing that was said of a finding, or is about to be. */
export function lastSaid({ told, pending }: Pick<Finding, 'told' | 'pending'>): Told | Change | null {
  return [...pending, ...(told === null ? [] : [told])].reduce<Told | Change | null>(
    (newest, one) => (newest === null || one.message > newest.message ? one : newest),
    null,
  );
}

/** When it was said: by the first to hear of it; what nobody has heard yet, when it came about. */
export function saidAt(said: Told | Change): Instant {
  return 'claim' in said ? (said.heard ?? said.at) : said.at;
}

/** Whether receivers hold it for open, or will once they have taken what is pending. */
export function isOpenToThem(finding: Pick<Finding, 'told' | 'pending'>): boolean {
  const said = lastSaid(finding);
  return said !== null && said.kind !== 'resolved';
}

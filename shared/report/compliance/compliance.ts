import type { Severity, Subject } from '../../domain/controls/control';
import type { EncryptionKey } from '../../domain/encryption';
import type { EvidenceRecord } from '../../domain/evidence';
import type { Verdict } from '../../domain/inspection/check';
import type { TestVerdict } from '../../domain/restore-test';

/**
 * All that one report says, whatever its format: page, Markdown, CSV, ASFF and OCSF are made of this and nothing else, so
 * that none tells what another does not know. Times are ISO 8601, UTC; lengths of time are seconds.
 */
export interface Compliance extends EvidenceRecord {
  readonly schema: 'holdfast.compliance/1';
  readonly installation: string;
  /** The AWS account. */
  readonly account: string;
  readonly at: string;
  readonly home: string;
  readonly copyRegions: readonly string[];
  /** Where the runbooks can be read, `https://.../blob/main/`; null where nowhere on the net. */
  readonly runbooks: string | null;
  readonly verdict: Verdict;
  /** In the order that a person reads the controls. */
  readonly assessments: readonly Assessed[];
  readonly checklist: readonly ChecklistItem[];
  readonly databases: readonly DatabaseStanding[];
  readonly keys: readonly EncryptionKey[];
}

/** What an assessment, or an answer, comes to once waivers are taken into account. */
export type Standing = Verdict | 'waived';

/** One control's verdict on one subject, with its history. */
export interface Assessed {
  /** That of its finding: control and subject. */
  readonly id: string;
  readonly control: string;
  /** What is so when it passes. */
  readonly title: string;
  readonly severity: Severity;
  readonly requirements: readonly string[];
  readonly frameworks: readonly string[];
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly found: string;
  readonly expected: string;
  /** What is lost if the disaster comes now; null where nothing is, or nobody can tell. */
  readonly cost: string | null;
  readonly remedy: string;
  /** The next command to type. */
  readonly command: string | null;
  readonly runbook: string;
  /** Since when it has been open; null where it passed, or has been unknown too briefly to be a finding. */
  readonly since: string | null;
  /** When it passed again after it had been open, for as long as that is remembered. */
  readonly resolved: string | null;
  /** Why it could not be judged this time, where `verdict` and `found` are those of the last look that saw it. */
  readonly unseen: string | null;
  /** It passes because nothing is there yet. */
  readonly nothingThere?: true;
  /** When that last look was; null where this one saw it. */
  readonly lastSeen: string | null;
  readonly waiver: Waiver | null;
  /** Keys of the evidence store. */
  readonly evidence: readonly string[];
}

/** Somebody's word that a finding is known and borne for a while. */
export interface Waiver {
  readonly reason: string;
  /** The last moment that it holds for. */
  readonly until: string;
}

/** A question of OPS-4, and its answer. */
export interface ChecklistItem {
  readonly id: string;
  readonly question: string;
  readonly requirements: readonly string[];
  /** `waived`: what keeps it from being passed is borne, all of it. */
  readonly verdict: Standing;
  readonly answer: string;
  /** The controls that answer it. */
  readonly controls: readonly ChecklistControl[];
  /** The runbooks of those controls: where it is written down what to do. */
  readonly documents: readonly string[];
  /** That of failures first. */
  readonly evidence: readonly string[];
  /** So much more there is, which the CSV names. */
  readonly evidenceLeft: number;
  /** Ids of the assessments that keep it from being passed, gravest first; the first dozen. */
  readonly open: readonly string[];
}

export interface ChecklistControl {
  readonly id: string;
  readonly passed: number;
  readonly failed: number;
  readonly waived: number;
  readonly unknown: number;
}

export interface DatabaseStanding {
  readonly database: string;
  readonly region: string;
  /** Why nothing new is backed up, or nobody can tell; null where a policy selects it, and it is there. */
  readonly unprotected: string | null;
  /** Of an instance that is gone or lost its tags, what its snapshots were taken under; null where no policy says. */
  readonly promise: Promised | null;
  /** Null where the snapshots could not be listed, or nothing says how often they were to be taken. */
  readonly slots: SlotHistory | null;
  /** One for each place that the data can be recovered at: home, and every copy region. */
  readonly recoveryPoints: readonly AgeSeries[];
  readonly restoreTests: readonly RestoreTested[];
  readonly trends: readonly RestoreTrend[];
  /** The newest look into the live database; null where there was none. */
  readonly inspection: Inspected | null;
  /** ARNs of `keys`: those that it, its snapshots and their copies hang on. */
  readonly keys: readonly string[];
}

/** What the policy says of a database. */
export interface Promised {
  readonly policy: string;
  /** Nulls: the objectives are placeholders until the business confirms them (REC-3). */
  readonly agreed: { readonly by: string | null; readonly on: string | null };
  readonly pointSeconds: number;
  readonly timeSeconds: number;
  readonly everySeconds: number;
  /** `24 hourly, 30 daily`. */
  readonly retention: string;
  readonly copies: readonly { readonly region: string; readonly pointSeconds: number }[];
  readonly pitr: { readonly days: number; readonly window: string } | null;
  readonly keyRotationSeconds: number;
  readonly restoreTestSeconds: number | null;
  readonly failoverDrillSeconds: number | null;
}

/**
 * `due`: its time is not over yet. `pruned`: gone, and retention would have let it go. `missed`: retention would have kept
 * it, and it is not there: never taken, or deleted by somebody. Nobody can tell which.
 */
export type SlotState = 'taken' | 'pending' | 'due' | 'failed' | 'missed' | 'pruned';

/** What became of the slots at one place, oldest first; equal neighbors are one run. */
export interface SlotRow {
  readonly region: string;
  readonly runs: readonly SlotRun[];
}

export interface SlotRun {
  /** The first slot of it. */
  readonly from: string;
  readonly count: number;
  readonly state: SlotState;
}

export interface SlotHistory {
  /** The start of the first slot that anything of ours tells of, and the end of the last one. */
  readonly from: string;
  readonly to: string;
  readonly everySeconds: number;
  /** Home first; in a copy region `taken` is copied. */
  readonly rows: readonly SlotRow[];
}

/** How old the newest recovery point of one place was, over time. */
export interface AgeSeries {
  readonly region: string;
  /** `transaction logs and snapshots`, `copies`. */
  readonly of: string;
  readonly promiseSeconds: number;
  /**
   * In order of time. `none`: there was no recovery point, up to the next one. Null: nobody looked, up to the next one.
   */
  readonly points: readonly AgePoint[];
}

export interface AgePoint {
  readonly at: string;
  readonly seconds: number | 'none' | null;
}

export interface RestoreTested {
  readonly region: string;
  readonly requested: string;
  readonly verdict: TestVerdict;
  readonly why: string;
  /** To the last answer of the restored database; null where nobody got so far. */
  readonly seconds: number | null;
  /** Of those, until RDS called the instance available. */
  readonly availableSeconds: number | null;
  readonly promisedSeconds: number | null;
  /** Key of the evidence store. */
  readonly evidence: string;
}

/** Where restores are heading in one region. */
export interface RestoreTrend {
  readonly region: string;
  readonly tests: number;
  readonly secondsPerDay: number;
  /** When it will take longer than promised; null where that is not within two years. */
  readonly breaksAt: string | null;
  /** The straight line, from the first test to the last moment that it is drawn to. */
  readonly line: readonly [TrendPoint, TrendPoint];
}

export interface TrendPoint {
  readonly at: string;
  readonly seconds: number;
}

export interface Inspected {
  readonly at: string;
  readonly verdict: Verdict;
  readonly tenants: number | null;
  readonly newestChange: string | null;
  readonly server: string | null;
  readonly sizeBytes: number | null;
  /** What did not pass, one sentence each. */
  readonly problems: readonly string[];
  /** Key of the evidence store. */
  readonly evidence: string | null;
}

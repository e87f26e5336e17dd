import type { EvidenceRecord } from '../../shared/domain/evidence';
import type { Verdict } from '../../shared/domain/inspection/check';

/** What all keys of reports begin with. */
export const REPORTS = 'reports/';

/**
 * What stands for a report in the evidence store: its verdict, and its files with their checksums. It is kept last, so that
 * a report that is found is whole.
 */
export interface ReportRecord extends EvidenceRecord {
  readonly schema: 'holdfast.report/1';
  readonly installation: string;
  readonly account: string;
  /** ISO 8601. */
  readonly at: string;
  readonly run: string;
  readonly verdict: Verdict;
  /** Of assessments, by what they come to. */
  readonly counts: Readonly<Record<'passed' | 'failed' | 'waived' | 'unknown', number>>;
  readonly checklist: readonly {
    readonly question: string;
    readonly verdict: Verdict | 'waived';
    readonly answer: string;
  }[];
  /** Key of the document of findings that it was made from; null where none could be kept. */
  readonly findings: string | null;
  readonly files: readonly FileRecord[];
  /** Key of what later runs need to know of whom snapshots are shared with. */
  readonly sharing: string;
}

export interface FileRecord {
  /** Of the evidence store. */
  readonly key: string;
  readonly type: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * `reports/2026-03-01T06:34:00Z-1f0c2d3e`: the folder of a report's files; its record has the same name and `.json`. By
 * its run, so that two reports of one instant are two.
 */
export function reportName(at: string, run: string): string {
  return `${REPORTS}${at}-${run.replace(/[^A-Za-z0-9]/g, '').slice(0, 8) || 'run'}`;
}

/** Null for what is no record of a report of this installation. */
export function reportRecord(kept: unknown, installation: string): ReportRecord | null {
  const record = (kept ?? {}) as Partial<ReportRecord>;
  const readable =
    record.schema === 'holdfast.report/1' &&
    record.installation === installation &&
    typeof record.sharing === 'string';
  return readable ? (record as ReportRecord) : null;
}

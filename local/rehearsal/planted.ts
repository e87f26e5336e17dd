import type { TestRecord } from '../../shared/domain/restore-test';
import type { Fault } from './faults';
import type { Verdict } from './promises';

/** What came of a snapshot that a fault was planted in, or of the one without. */
export interface Planted {
  readonly fault: string;
  readonly snapshot: string;
  /** RDS's word for the snapshot. */
  readonly status: string;
  /** The check that has to fail and what it has to name; null of the one without a fault. */
  readonly expected: { readonly check: string; readonly subject: string } | null;
  /** The test's verdict; null where it came to none. */
  readonly verdict: string | null;
  /** What the check said; else why the test ended as it did, or did not begin. */
  readonly found: string;
  readonly held: boolean;
}

/** A snapshot after its restore test. */
export interface Tested {
  readonly snapshot: string;
  readonly status: string;
  /** Null where none was kept; then `trouble` says what is known. */
  readonly record: TestRecord | null;
  readonly trouble: string;
}

/**
 * The fault is found when the test failed, and by the very check that is there for it, which named what was damaged: a
 * test that fails for another reason has found nothing. Without a fault the test has to pass.
 */
export function heldAgainst(fault: Fault | null, { snapshot, status, record, trouble }: Tested): Planted {
  const about = { fault: fault?.name ?? 'no fault', snapshot, status, verdict: record?.verdict ?? null };
  const why = record === null ? trouble : `${record.verdict}, ${record.why}`;
  if (fault === null) return { ...about, expected: null, found: why, held: record?.verdict === 'passed' };
  const { check, subject } = fault;
  const finder = record?.checks.find(({ id, verdict }) => id === check && verdict === 'failed');
  const named = finder?.subjects.some((one) => one === subject || one.startsWith(`${subject} `)) === true;
  const held = record?.verdict === 'failed' && named;
  const found = held ? `failed, ${check}: ${finder?.found}` : why;
  return { ...about, expected: { check, subject }, found, held };
}

export function saying({ fault, status, found, held }: Planted): string {
  return `planted: ${fault}; RDS says ${status}; Holdfast${held ? '' : ' MISSED IT'}: ${found}`;
}

/** What went wrong has to fit into the table of promises. */
const MOST_LETTERS = 80;

export function verdictOf({ fault, expected, verdict, found, held }: Planted): Verdict {
  return {
    promise: expected === null ? 'restore test of a copy without a fault' : `restore test finds ${fault}`,
    limit: expected === null ? 'passed' : `names ${expected.subject}`,
    measured: held ? (expected?.check ?? verdict ?? '') : found.slice(0, MOST_LETTERS),
    held,
  };
}

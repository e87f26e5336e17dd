import type { Subject } from '../../domain/controls/control';
import type { Seen } from '../../domain/controls/seen';
import { type TestRecord, testKey } from '../../domain/restore-test';
import { parseInstant } from '../../domain/time';

/** What of the evidence store a control's verdict rests on, beside what the look itself saw. */
const INSPECTED = ['inspection-recent', 'data-whole', 'data-fresh', 'tenants', 'isolation', 'extensions'];
const TESTED = ['restore-tested', 'restore-time', 'restore-time-trend'];
const AGED = ['recovery-point-home', 'recovery-point-copy', 'pitr-current'];
const ENCRYPTED = [
  'encryption-instance',
  'encryption-snapshots',
  'encryption-copies',
  'key-rotation',
  'key-in-danger',
];

/** Keys of what this very run keeps; null where it keeps none. */
export interface OfThisRun {
  readonly ages: string | null;
  readonly encryption: string | null;
}

/** The keys that an auditor finds the evidence of a verdict under. */
export function evidenceOf(
  control: string,
  { database, region }: Subject,
  seen: Seen,
  { ages, encryption }: OfThisRun,
): string[] {
  if (INSPECTED.includes(control)) return inspectionKey(seen, database);
  if (TESTED.includes(control)) return testKeys(seen, database, region);
  if (AGED.includes(control)) return ages === null ? [] : [ages];
  if (ENCRYPTED.includes(control)) return encryption === null ? [] : [encryption];
  return [];
}

function inspectionKey({ inspections }: Seen, database: string): string[] {
  const part = inspections.get(database);
  const key = part !== undefined && 'seen' in part ? part.seen?.evidence : undefined;
  return key === undefined ? [] : [key];
}

/** The newest one of the region. */
function testKeys({ restoreTests }: Seen, database: string, region: string): string[] {
  const part = restoreTests.get(database);
  if (part === undefined || 'unseen' in part) return [];
  const newest = part.seen
    .filter((one) => one.region === region)
    .reduce<TestRecord | null>((a, b) => (a === null || b.requested > a.requested ? b : a), null);
  const requested = parseInstant(newest?.requested ?? '');
  return newest === null || requested === null
    ? []
    : [testKey({ database, region, requested }, newest.verdict)];
}

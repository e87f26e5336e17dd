import type { Database } from '../../shared/domain/database';
import type { TestId } from '../../shared/domain/restore-test';
import type { Snapshot } from '../../shared/domain/snapshot';
import { type Duration, formatDuration, HOUR, type Instant } from '../../shared/domain/time';

/** What AWS and the evidence store show of one test, in one look. */
export interface Standing {
  readonly test: TestId;
  /** The snapshot that carries the test's tag; null for one that is not ours, or is gone. */
  readonly held: Snapshot | null;
  readonly instance: Database | null;
  /** What is kept about this test already. */
  readonly kept: Kept;
}

export interface Kept {
  /** Its verdict. */
  readonly verdict: boolean;
  /** What inspect-database found in the restored instance. */
  readonly found: boolean;
  /** Why RDS or the database would not let it go on, by kind, as kept when it was tried first. */
  readonly unable: readonly string[];
}

/** Where a test stands, and what its next step is: one call that changes something, or none. */
export type Phase =
  /** The snapshot is on hold, and RDS has not been asked yet. */
  | { readonly at: 'held'; readonly step: 'restore' }
  | { readonly at: 'restoring'; readonly step: null; readonly detail: string }
  /** It stands, and inspect-database has not looked inside yet. */
  | { readonly at: 'inspecting'; readonly step: null; readonly detail: string }
  /** There is something to be judged: what was found, or why it came to nothing. */
  | { readonly at: 'judging'; readonly step: 'judge'; readonly because: End }
  /** The verdict is kept: the snapshot is released first, for it can be found by the instance alone. */
  | { readonly at: 'judged'; readonly step: 'release' }
  | { readonly at: 'protected'; readonly step: 'unprotect' }
  | { readonly at: 'finished'; readonly step: 'remove' }
  | { readonly at: 'leaving'; readonly step: null; readonly detail: string }
  | { readonly at: 'gone'; readonly step: null };

/** Why a test has come to its end. Only `looked` and `unrestorable` say something about the backup. */
export type End =
  | { readonly how: 'looked' }
  /** RDS cannot make an instance of it, and it is the backup's fault. */
  | { readonly how: 'unrestorable'; readonly why: string }
  /** RDS made an instance that does not work, and nobody knows whose fault it is. */
  | { readonly how: 'broken'; readonly why: string }
  | {
      readonly how: 'gave-up';
      readonly during: 'holding' | 'restoring' | 'inspecting';
      readonly after: Duration;
    };

/**
 * Where a test stands. The tags, the instance and the evidence are all there is to know: a run that is killed anywhere
 * is gone on with by the next.
 *
 * Invariant: as long as an instance stands, it is either under test within its time, or on its way out.
 */
export function phaseOf(
  { test, held, instance, kept }: Standing,
  giveUpAfter: Duration,
  now: Instant,
): Phase {
  if (kept.verdict) return wayOut(instance, held);
  if (kept.found) return judged({ how: 'looked' });
  const age = now - begunAt({ test, instance });
  const late = age > giveUpAfter;
  if (instance === null) {
    // What RDS has refused once, other than for being busy, it refuses at each tick.
    if (kept.unable.includes(KEY_LOST))
      return judged({ how: 'unrestorable', why: 'RDS cannot restore it: its key is lost to us' });
    if (kept.unable.some((kind) => kind.startsWith(REFUSED)))
      return judged({ how: 'broken', why: 'RDS refused to restore it' });
    return late || held === null
      ? judged({ how: 'gave-up', during: 'holding', after: age })
      : { at: 'held', step: 'restore' };
  }
  const { status, condition } = instance;
  if (condition === 'deleting') {
    // Somebody else deletes it: once its time is over, what is left is to say so.
    return late
      ? judged({ how: 'gave-up', during: 'restoring', after: age })
      : { at: 'leaving', step: null, detail: `RDS says ${status}` };
  }
  if (LOST_BACKUP.test(status))
    return judged({ how: 'unrestorable', why: `RDS says ${status}: the snapshot cannot be brought back` });
  if (BROKEN.test(status)) return judged({ how: 'broken', why: `RDS says ${status}` });
  if (condition !== 'ready' || instance.endpoint === null) {
    if (late) return judged({ how: 'gave-up', during: 'restoring', after: age });
    const detail = `RDS says ${status}, ${formatDuration(age)} after it was asked for`;
    return { at: 'restoring', step: null, detail };
  }
  if (late) return judged({ how: 'gave-up', during: 'inspecting', after: age });
  const waiting = kept.unable.length === 0 ? '' : `; it could not look yet: ${kept.unable.join(', ')}`;
  return { at: 'inspecting', step: null, detail: `available; inspect-database looks inside next${waiting}` };
}

/** Why RDS would not restore, as kept: `restore-invalid`, and the one that is the backup's own fault. */
export const REFUSED = 'restore-';
export const KEY_LOST = `${REFUSED}key-lost`;
const LOST_BACKUP =
  /^(incompatible-restore|restore-error|inaccessible-encryption-credentials(-recoverable)?)$/;
const BROKEN = /^(failed|storage-full|incompatible-.+|insufficient-capacity)$/;

function judged(because: End): Phase {
  return { at: 'judging', step: 'judge', because };
}

function wayOut(instance: Database | null, held: Snapshot | null): Phase {
  if (held !== null) return { at: 'judged', step: 'release' };
  if (instance === null) return { at: 'gone', step: null };
  if (instance.condition === 'deleting')
    return { at: 'leaving', step: null, detail: 'the verdict is kept; RDS deletes the instance' };
  return instance.deletionProtection
    ? { at: 'protected', step: 'unprotect' }
    : { at: 'finished', step: 'remove' };
}

/**
 * When a test was begun. A request whose time lies after the instance's own was made with a time to come: its instance
 * would stand until then.
 */
export function begunAt({ test, instance }: Pick<Standing, 'test' | 'instance'>): Instant {
  const created = instance?.created ?? Number.POSITIVE_INFINITY;
  return Math.min(test.requested, created);
}

/** After this much more than its time a test instance goes, whatever the evidence store says or does not say. */
export const GRACE: Duration = 24 * HOUR;

/** How long a test is given where the policy that it was begun under is not in the file any more. */
export const GIVE_UP_AFTER: Duration = 8 * HOUR;

/** The sweeper's rule: whoever made it an orphan, a test instance has a time to live. */
export function hasOutlived(begun: Instant, giveUpAfter: Duration, now: Instant): boolean {
  return now - begun > giveUpAfter + GRACE;
}

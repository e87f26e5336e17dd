import type { Database } from '../../shared/domain/database';
import type { Decision, Hold, Subject } from '../../shared/domain/decision';
import { testInstanceName } from '../../shared/domain/names';
import type { Policy, Protection, TestPlace } from '../../shared/domain/policy';
import type { TestId } from '../../shared/domain/restore-test';
import type { Snapshot } from '../../shared/domain/snapshot';
import { isOurs, TAG, type Tags, tagValue } from '../../shared/domain/tags';
import { formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { placeFor } from './choose';
import { begunAt, type End, GIVE_UP_AFTER, hasOutlived, type Phase, phaseOf, type Standing } from './phase';
import type { Found, Orphan } from './standing';

/** The first step of a test: the snapshot is put on hold, and RDS is asked for an instance of it. */
export interface Begin {
  readonly kind: 'begin';
  readonly test: TestId;
  readonly snapshot: Snapshot;
  /** The tags that hold the snapshot; null where it is on hold already, or not ours to tag. */
  readonly hold: Tags | null;
  readonly id: string;
  readonly place: TestPlace;
  readonly class: string | null;
  readonly tags: Tags;
}

export type TestAction =
  | Begin
  | { readonly kind: 'judge'; readonly standing: Standing; readonly because: End }
  | { readonly kind: 'unprotect' | 'remove'; readonly instance: Database }
  | { readonly kind: 'release'; readonly snapshot: Snapshot };

export type TestReason =
  | Phase['at']
  | 'due'
  | 'asked'
  | 'not-due'
  | 'under-way'
  | 'too-many'
  | 'no-head-room'
  | 'no-backup'
  | 'no-such-snapshot'
  | 'no-place'
  | 'no-restore-test'
  | 'no-policy'
  | 'outlived'
  | 'unseen'
  | 'unreadable';

export type TestDecision = Decision<TestAction, TestReason>;

/** Of a test that nobody knows what is kept about: it waits, unless it has outlived its time. */
export function stepUnseen(found: Found, policy: Policy, now: Instant): TestDecision {
  return (
    outlived(found, policy, now) ??
    hold(subjectOf(found), 'postponed', 'unseen', 'the evidence store does not say where it stands')
  );
}

/** Of a standing test: its next step, or what it waits for. */
export function stepOf(standing: Standing, policy: Policy, now: Instant): TestDecision {
  const over = outlived(standing, policy, now);
  if (over !== null) return over;
  const { held, instance } = standing;
  const subject = subjectOf(standing);
  const phase = phaseOf(standing, limitOf(standing, policy), now);
  const reason = phase.at;
  switch (phase.step) {
    case 'restore':
      return held === null ? hold(subject, 'nothing', reason) : again(standing, held, policy, now);
    case 'judge':
      return { subject, action: { kind: 'judge', standing, because: phase.because }, reason };
    case 'unprotect':
    case 'remove':
      if (instance === null) break;
      return { subject, action: { kind: phase.step, instance }, reason, detail: 'the verdict is kept' };
    case 'release':
      if (held === null) break;
      return { subject, action: { kind: 'release', snapshot: held }, reason, detail: 'the verdict is kept' };
    default:
      return hold(subject, 'nothing', reason, 'detail' in phase ? phase.detail : undefined);
  }
  return hold(subject, 'nothing', reason);
}

/** A snapshot that is on hold without an instance: RDS was busy when it was asked, or a run died in between. */
function again(standing: Standing, held: Snapshot, policy: Policy, now: Instant): TestDecision {
  const subject = subjectOf(standing);
  const protection = protectionOfTest(standing, policy);
  const rules = protection?.restoreTest ?? null;
  if (protection === null || rules === null)
    return hold(
      subject,
      'nothing',
      'no-policy',
      'its policy has no restore tests any more; it is given up in time',
    );
  const place = placeFor(rules, held);
  if (place === null) return noPlace(subject, protection.name);
  const chosen = held.tags[TAG.chosen] ?? 'unknown';
  const { action } = beginning(
    { test: standing.test, snapshot: held, place, protection, chosen },
    policy,
    now,
  );
  return { subject, action: { ...action, hold: null }, reason: 'held' };
}

export interface Beginning {
  readonly test: TestId;
  readonly snapshot: Snapshot;
  readonly place: TestPlace;
  readonly protection: Protection;
  /** Why this one: `the newest in us-west-2`. */
  readonly chosen: string;
}

/** The first step of a test. Of a snapshot that is not ours, and of RDS's own, the instance alone remembers the test. */
export function beginning(
  { test, snapshot, place, protection, chosen }: Beginning,
  policy: Policy,
  now: Instant,
) {
  const { database, requested } = test;
  const ours = isOurs(snapshot.tags, policy.name) && snapshot.kind === 'manual';
  const hold = { [TAG.underTest]: formatInstant(requested), [TAG.chosen]: tagValue(chosen) };
  const action: Begin = {
    kind: 'begin',
    test,
    snapshot,
    hold: ours ? hold : null,
    id: testInstanceName(policy.name, database),
    place,
    class: protection.restoreTest?.class ?? null,
    tags: {
      [TAG.owner]: policy.name,
      [TAG.database]: database,
      [TAG.policy]: protection.name,
      [TAG.restoreTest]: formatInstant(requested),
      [TAG.testOf]: snapshot.arn,
      [TAG.chosen]: tagValue(chosen),
      [TAG.restoreAsked]: formatInstant(now),
      ...(snapshot.recoveryPoint !== null && { [TAG.recoveryPoint]: formatInstant(snapshot.recoveryPoint) }),
    },
  };
  const subject = { database, region: snapshot.region, snapshot: snapshot.id };
  return { subject, action, detail: chosen };
}

/** The sweeper: of what carries our tags, and tells nothing that a test could be gone on with. */
export function sweep({ instance, why }: Orphan, now: Instant): TestDecision {
  const subject = { database: instance.tags[TAG.database] ?? '*', region: instance.region };
  const detail = `${instance.id}: ${why}`;
  if (instance.condition === 'deleting') return hold(subject, 'nothing', 'leaving', detail);
  const begun = instance.created ?? now;
  if (hasOutlived(begun, GIVE_UP_AFTER, now)) return away(subject, instance, begun, now);
  return hold(
    subject,
    'postponed',
    'unreadable',
    `${detail}; it goes once it has outlived its time`,
    `correct its tags ${TAG.database} and ${TAG.restoreTest}, or delete it`,
  );
}

/** The sweeper, of a test: its instance goes, and after it the hold, whatever the evidence store says. */
function outlived(found: Found, policy: Policy, now: Instant): TestDecision | null {
  const begun = begunAt(found);
  if (!hasOutlived(begun, limitOf(found, policy), now)) return null;
  const { instance, held } = found;
  const subject = subjectOf(found);
  if (instance !== null) return away(subject, instance, begun, now);
  if (held === null) return null;
  const detail = `on hold since ${formatDuration(now - begun)} ago, and nothing of its test stands`;
  return { subject, action: { kind: 'release', snapshot: held }, reason: 'outlived', detail };
}

function away(subject: Subject, instance: Database, begun: Instant, now: Instant): TestDecision {
  const { id, condition, deletionProtection } = instance;
  const detail = `${id} was begun ${formatDuration(now - begun)} ago, and nobody has cleaned it away`;
  if (condition === 'deleting') return hold(subject, 'nothing', 'leaving', detail);
  const kind = deletionProtection ? 'unprotect' : 'remove';
  return { subject, action: { kind, instance }, reason: 'outlived', detail };
}

export function protectionOfTest({ instance, held }: Found, policy: Policy): Protection | null {
  const name = instance?.tags[TAG.policy] ?? held?.tags[TAG.policy] ?? '';
  return policy.policies[name] ?? null;
}

function limitOf(found: Found, policy: Policy) {
  return protectionOfTest(found, policy)?.restoreTest?.giveUpAfter ?? GIVE_UP_AFTER;
}

export function noPlace(subject: Subject, policy: string): TestDecision {
  return hold(
    subject,
    'refused',
    'no-place',
    `its policy ${policy} names no place in ${subject.region}`,
    `add one to restoreTest.places, with region: ${subject.region}`,
  );
}

function subjectOf({ test, held, instance }: Found): Subject {
  const snapshot = held?.id ?? snapshotOf(instance)?.id;
  return { database: test.database, region: test.region, ...(snapshot !== undefined && { snapshot }) };
}

/** The snapshot that a test instance was made of, as its tag tells. */
export function snapshotOf(instance: Database | null): { readonly id: string; readonly arn: string } | null {
  const arn = instance?.tags[TAG.testOf];
  return arn === undefined ? null : { arn, id: arn.split(':').slice(6).join(':') };
}

export function hold(
  subject: Subject,
  outcome: Hold<TestReason>['outcome'],
  reason: TestReason,
  detail?: string,
  hint?: string,
): TestDecision {
  return { subject, action: null, outcome, reason, ...(detail && { detail }), ...(hint && { hint }) };
}

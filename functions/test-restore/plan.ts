import type { Database } from '../../shared/domain/database';
import type { Decision, Hold, Subject } from '../../shared/domain/decision';
import { testInstanceName } from '../../shared/domain/names';
import type { Policy, Protection, RestoreTestRules, TestPlace } from '../../shared/domain/policy';
import type { TestId } from '../../shared/domain/restore-test';
import type { Snapshot } from '../../shared/domain/snapshot';
import { TAG, type Tags, tagValue } from '../../shared/domain/tags';
import { formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { type End, GIVE_UP_AFTER, hasOutlived, type Phase, phaseOf, type Standing } from './phase';
import type { Found, Orphan } from './standing';

export type TestAction =
  | { readonly kind: 'hold'; readonly snapshot: Snapshot; readonly tags: Tags; readonly place: TestPlace }
  | {
      readonly kind: 'restore';
      readonly test: TestId;
      readonly snapshot: Snapshot;
      readonly id: string;
      readonly place: TestPlace;
      readonly class: string | null;
      readonly tags: Tags;
    }
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
  const { test, instance } = found;
  const giveUpAfter = protectionOfTest(found, policy)?.restoreTest?.giveUpAfter ?? GIVE_UP_AFTER;
  const subject = subjectOf(found);
  if (instance !== null && hasOutlived(test.requested, giveUpAfter, now))
    return outlived(subject, instance, test.requested, now);
  return hold(subject, 'postponed', 'unseen', 'the evidence store does not say where it stands');
}

/** Of a standing test: its next step, or what it waits for. */
export function stepOf(standing: Standing, policy: Policy, now: Instant): TestDecision {
  const { test, held, instance } = standing;
  const protection = protectionOfTest(standing, policy);
  const rules = protection?.restoreTest ?? null;
  const giveUpAfter = rules?.giveUpAfter ?? GIVE_UP_AFTER;
  const subject = subjectOf(standing);
  if (instance !== null && hasOutlived(test.requested, giveUpAfter, now))
    return outlived(subject, instance, test.requested, now);
  const phase = phaseOf(standing, giveUpAfter, now);
  const reason = phase.at;
  switch (phase.step) {
    case 'restore': {
      if (held === null || rules === null || protection === null) {
        return hold(
          subject,
          'refused',
          'no-policy',
          'its policy has no restore tests any more; it is given up in time',
        );
      }
      const place = rules.places.find(({ region }) => region === test.region);
      if (place === undefined) return noPlace(subject, protection.name);
      return {
        subject,
        action: restoreOf({
          ...test,
          chosen: held.tags[TAG.chosen] ?? 'unknown',
          held,
          place,
          rules,
          policy: protection.name,
          owner: policy.name,
          now,
        }),
        reason,
      };
    }
    case 'judge':
      return { subject, action: { kind: 'judge', standing, because: phase.because }, reason };
    case 'unprotect':
    case 'remove':
      if (instance === null) break;
      return { subject, action: { kind: phase.step, instance }, reason, detail: 'the verdict is kept' };
    case 'release':
      if (held === null) break;
      return { subject, action: { kind: 'release', snapshot: held }, reason, detail: 'the test is over' };
    default:
      return hold(subject, 'nothing', reason, 'detail' in phase ? phase.detail : undefined);
  }
  return hold(subject, 'nothing', reason);
}

interface Restoring extends TestId {
  readonly chosen: string;
  readonly held: Snapshot;
  readonly place: TestPlace;
  readonly rules: RestoreTestRules;
  readonly policy: string;
  readonly owner: string;
  readonly now: Instant;
}

export function restoreOf({
  chosen,
  held,
  place,
  rules,
  policy,
  owner,
  now,
  ...test
}: Restoring): TestAction {
  const { database, region, requested } = test;
  return {
    kind: 'restore',
    test: { database, region, requested },
    snapshot: held,
    id: testInstanceName(database),
    place,
    class: rules.class,
    tags: {
      [TAG.owner]: owner,
      [TAG.database]: database,
      [TAG.policy]: policy,
      [TAG.restoreTest]: formatInstant(requested),
      [TAG.testOf]: held.arn,
      [TAG.chosen]: tagValue(chosen),
      [TAG.restoreAsked]: formatInstant(now),
      ...(held.recoveryPoint !== null && { [TAG.recoveryPoint]: formatInstant(held.recoveryPoint) }),
    },
  };
}

/** Puts a snapshot of ours on hold: the first step of its test, which the tags of the hold remember. */
export function holdOf(
  { database, requested }: TestId,
  snapshot: Snapshot,
  place: TestPlace,
  chosen: string,
): TestDecision {
  const subject = { database, region: snapshot.region, snapshot: snapshot.id };
  const tags = { [TAG.underTest]: formatInstant(requested), [TAG.chosen]: tagValue(chosen) };
  return { subject, action: { kind: 'hold', snapshot, tags, place }, reason: 'due', detail: chosen };
}

/** The sweeper: of what carries our tags, and tells nothing that a test could be gone on with. */
export function sweep({ instance, why }: Orphan, now: Instant): TestDecision {
  const subject = { database: instance.tags[TAG.database] ?? '*', region: instance.region };
  const detail = `${instance.id}: ${why}`;
  if (instance.condition === 'deleting') return hold(subject, 'nothing', 'leaving', detail);
  const begun = instance.created ?? now;
  if (hasOutlived(begun, GIVE_UP_AFTER, now)) return outlived(subject, instance, begun, now);
  return hold(
    subject,
    'postponed',
    'unreadable',
    `${detail}; it goes once it has outlived its time`,
    `correct its tags ${TAG.database} and ${TAG.restoreTest}, or delete it`,
  );
}

function outlived(subject: Subject, instance: Database, begun: Instant, now: Instant): TestDecision {
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
  const snapshot = held?.id ?? instance?.tags[TAG.testOf]?.split(':').slice(6).join(':');
  return { database: test.database, region: test.region, ...(snapshot !== undefined && { snapshot }) };
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

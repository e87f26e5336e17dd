import type { Condition } from '../../shared/domain/database';
import type { Decision, Hold, Subject } from '../../shared/domain/decision';
import type { InspectionRules, Protection } from '../../shared/domain/policy';
import type { TestId } from '../../shared/domain/restore-test';
import type { Instant } from '../../shared/domain/time';

/** Of evidence: why there could be no look at a live database. */
export const UNABLE = 'inspections-unable';

/** One look into one database, and where its record goes. */
export interface InspectAction {
  readonly kind: 'inspect';
  /** Identifier of the protected database: for a restored instance, that of its source. */
  readonly database: string;
  /** Where the server stands that is looked into. */
  readonly region: string;
  readonly endpoint: { readonly host: string; readonly port: number };
  readonly protection: Protection;
  readonly rules: InspectionRules;
  /** What the data is said to be of. */
  readonly as: Instant;
  /** It is held against the newest look at the live database that is no later than this. */
  readonly notAfter: Instant;
  /** Under which its record is kept. */
  readonly key: string;
  /** The restore test that waits for the record; null where the database is live. */
  readonly test: TestId | null;
}

export type InspectReason =
  | 'due'
  | 'inspected-already'
  | 'no-inspection'
  | 'no-iam-login'
  | 'not-postgresql'
  | 'cluster-member'
  | 'instance-gone'
  | 'no-policy'
  | 'unclear-tags'
  | 'no-test'
  | `instance-${Exclude<Condition, 'ready'>}`;

export type InspectDecision = Decision<InspectAction, InspectReason>;

export function held(
  subject: Subject,
  outcome: Hold<InspectReason>['outcome'],
  reason: InspectReason,
  detail: string,
  hint?: string,
): Hold<InspectReason> {
  return { subject, action: null, outcome, reason, detail, ...(hint && { hint }) };
}

import type { Database } from '../../shared/domain/database';
import { evidenceKey, evidenceTime } from '../../shared/domain/evidence';
import { INSPECTIONS } from '../../shared/domain/inspection/record';
import type { Policy, Protection } from '../../shared/domain/policy';
import { namedDatabases, protectionOf, unsupported } from '../../shared/domain/selection';
import { type Instant, SECOND } from '../../shared/domain/time';
import { held, type InspectDecision } from './look';

/** What the plan is made from: the home region as one run saw it. */
export interface Observed {
  readonly databases: readonly Database[];
  /** Key of the newest record of each that is no later than now, by identifier; null where there is none. */
  readonly newest: ReadonlyMap<string, string | null>;
  /** Likewise of the newest attempt that came to nothing. */
  readonly unable: ReadonlyMap<string, string | null>;
}

/** Whether the policy says how to look into it: of the others, evidence is not asked for. */
export function isToBeLookedInto(database: Database, policy: Policy): boolean {
  return (protectionOf(policy, database.id, database.tags)?.inspection ?? null) !== null;
}

/**
 * One decision for each protected database of the home region: look into it, or not, and why. Every run looks into every
 * database (how often that is, is the schedule's business), those first that nobody has tried for longest: a fleet that a
 * run's time is too short for is seen within some runs, and not its first half every day. An attempt that came to nothing
 * counts: those that cannot be reached would else come first for ever, and leave no time for the others.
 */
export function plan(
  { databases, newest, unable }: Observed,
  policy: Policy,
  now: Instant,
): InspectDecision[] {
  const decided = databases.flatMap((database) => {
    const protection = protectionOf(policy, database.id, database.tags);
    if (protection === null) return [];
    const last = newest.get(database.id) ?? null;
    const tried = Math.max(timeOf(last), timeOf(unable.get(database.id) ?? null));
    return [{ decision: decide(database, protection, last, now), tried }];
  });
  decided.sort((a, b) => (a.tried === b.tried ? 0 : a.tried - b.tried));
  const live = new Set(databases.map(({ id }) => id));
  const gone = namedDatabases(policy).filter((id) => !live.has(id));
  return [
    ...decided.map(({ decision }) => decision),
    ...gone.map((id) =>
      held({ database: id, region: policy.home }, 'nothing', 'instance-gone', 'there is no such instance'),
    ),
  ];
}

function timeOf(key: string | null): Instant {
  return (key === null ? null : evidenceTime(key)) ?? Number.NEGATIVE_INFINITY;
}

function decide(
  database: Database,
  protection: Protection,
  last: string | null,
  now: Instant,
): InspectDecision {
  const { id, region, resource, engine, condition, status, endpoint, iamLogin } = database;
  const subject = { database: id, region };
  const rules = protection.inspection;
  if (rules === null) {
    const hint = `add inspection to the policy ${protection.name}, as inspection: { database: qrosity }`;
    return held(subject, 'nothing', 'no-inspection', 'its policy does not say how to look into it', hint);
  }
  const wrong = unsupported(database);
  if (wrong !== null) {
    const hint = 'take this instance out of the policy: RDS for PostgreSQL is what it is about';
    return held(subject, 'refused', wrong, `engine ${engine}`, hint);
  }
  const key = evidenceKey(INSPECTIONS, id, region, now, resource);
  if (last === key) return held(subject, 'nothing', 'inspected-already', `evidence ${key}`);
  // It answers while it is backed up or modified; where it does not, the look says so.
  if (condition !== 'ready' && condition !== 'busy')
    return held(
      subject,
      'postponed',
      `instance-${condition}`,
      `RDS says ${status}; the next run looks again`,
    );
  if (endpoint === null) return held(subject, 'postponed', 'instance-starting', 'RDS names no endpoint yet');
  if (!iamLogin) {
    return held(
      subject,
      'refused',
      'no-iam-login',
      'IAM database authentication is off: nobody can sign in without a password',
      `aws rds modify-db-instance --region ${region} --db-instance-identifier ${id} --enable-iam-database-authentication --apply-immediately`,
    );
  }
  return {
    subject,
    action: {
      kind: 'inspect',
      database: id,
      region,
      endpoint,
      protection,
      rules,
      as: now,
      notAfter: now - SECOND,
      key,
      test: null,
    },
    reason: 'due',
    detail: `${rules.database} as ${rules.user}`,
  };
}

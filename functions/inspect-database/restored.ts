import type { Database } from '../../shared/domain/database';
import type { Policy } from '../../shared/domain/policy';
import { foundKey, type TestId } from '../../shared/domain/restore-test';
import { isOurs, TAG } from '../../shared/domain/tags';
import { parseInstant } from '../../shared/domain/time';
import { held, type InspectDecision } from './look';

/** An instance that a restore test of ours made. */
export interface Restored {
  readonly instance: Database;
  /** Whether the record of what was found in it lies there already. */
  readonly looked: boolean;
}

/** Whether a restore test of this installation made it. */
export function isRestored({ tags }: Database, owner: string): boolean {
  return isOurs(tags, owner) && tags[TAG.restoreTest] !== undefined;
}

/** The test that an instance was restored for; null where its tags do not tell. */
export function testOf({ tags, region }: Database): TestId | null {
  const database = tags[TAG.database];
  const requested = parseInstant(tags[TAG.restoreTest] ?? '');
  return database === undefined || requested === null ? null : { database, region, requested };
}

/**
 * One decision for each restored instance: look into it, or not, and why. All that is known about it stands in its tags.
 *
 * Invariant: a test whose record lies there is never looked into again, whatever came of the look.
 */
export function planRestored(seen: readonly Restored[], policy: Policy): InspectDecision[] {
  return seen.map((one) => decide(one, policy));
}

function decide({ instance, looked }: Restored, policy: Policy): InspectDecision {
  const { id, region, tags, condition, status, endpoint } = instance;
  const subject = { database: tags[TAG.database] ?? id, region };
  if (condition === 'deleting')
    return held(subject, 'nothing', 'instance-deleting', `${id} is on its way out`);
  const test = testOf(instance);
  const as = parseInstant(tags[TAG.recoveryPoint] ?? '');
  if (test === null || as === null)
    return unclear(`${TAG.restoreTest}, ${TAG.database} or ${TAG.recoveryPoint}`);
  if (looked) return held(subject, 'nothing', 'inspected-already', `evidence ${foundKey(test)}`);
  const name = tags[TAG.policy] ?? '';
  const protection = Object.hasOwn(policy.policies, name) ? policy.policies[name] : undefined;
  if (protection === undefined) return unclear(`${TAG.policy}: there is no policy '${name}'`);
  const rules = protection.inspection;
  if (rules === null) {
    const hint = `add inspection to the policy ${name}, or let the test be given up`;
    return held(
      subject,
      'refused',
      'no-inspection',
      `${id}: its policy does not say how to look into it`,
      hint,
    );
  }
  if (condition !== 'ready')
    return held(subject, 'postponed', `instance-${condition}`, `${id}: RDS says ${status}`);
  if (endpoint === null)
    return held(subject, 'postponed', 'instance-starting', `${id}: RDS names no endpoint yet`);
  return {
    subject,
    action: {
      kind: 'inspect',
      database: test.database,
      region,
      endpoint,
      protection,
      rules,
      as,
      notAfter: as,
      key: foundKey(test),
      test,
    },
    reason: 'due',
    detail: `${id}: ${rules.database} as ${rules.user}`,
  };

  function unclear(tag: string): InspectDecision {
    const hint = `see who made it; if nobody needs it: aws rds delete-db-instance --region ${region} --db-instance-identifier ${id} --skip-final-snapshot`;
    return held(
      subject,
      'refused',
      'unclear-tags',
      `${id} carries our tags, and cannot be understood: ${tag}`,
      hint,
    );
  }
}

import { type Check, few } from '../inspection/check';
import { overall } from '../inspection/inspect';
import type { InspectionRecord } from '../inspection/record';
import type { Protection } from '../policy';
import { DAY, type Duration, parseInstant } from '../time';
import { invoke } from './command';
import type { Judgment } from './control';
import { count, lasting } from './figures';
import { type Finding, failed, given, passed, unknown } from './finding';
import { partOf } from './part';
import { ofDatabases } from './scope';
import type { Seen } from './seen';

/** Every live database is looked into once a day; one look that could not be taken is caught up with by the next. */
export const LOOK_IS_GOOD_FOR: Duration = 2 * DAY;

/** How old the newest look is; null where its time cannot be read. */
export function ageOfLook({ at }: InspectionRecord, { now }: Seen): Duration | null {
  const taken = parseInstant(at);
  return taken === null ? null : Math.max(0, now - taken);
}

/**
 * Judged by the checks of the newest look at the live database whose ids begin with one of these. A look that is too
 * old says nothing of today: that it is, is inspection-recent's to tell.
 *
 * @param applies whether the policy expects any of it
 */
export function ofChecks(
  prefixes: readonly string[],
  expected: string,
  applies: (protection: Protection) => boolean,
  cost: string,
): (seen: Seen) => Judgment[] {
  return ofDatabases(
    (protection) => (protection.inspection !== null && applies(protection) ? expected : null),
    (one, seen) =>
      given(partOf(seen.inspections, one.database.id, 'the record of inspections'), (record) => {
        const command = invoke(seen, 'inspect-database', { database: one.database.id });
        if (record === null) return unknown('it has not been looked into yet', command);
        const age = ageOfLook(record, seen);
        if (age === null || age > LOOK_IS_GOOD_FOR)
          return unknown(
            `the newest look is ${age === null ? 'of no time that can be read' : `${lasting(age)} old`}`,
            command,
          );
        const checks = record.checks.filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix)));
        return judge(checks, cost, command);
      }),
  );
}

function judge(checks: readonly Check[], cost: string, command: string): Finding {
  if (checks.length === 0) return unknown('the newest look held no check of it', command);
  const said = (verdict: Check['verdict']) =>
    checks.filter((check) => check.verdict === verdict).map(({ id, found }) => `${id}: ${found}`);
  switch (overall(checks)) {
    case 'failed':
      return failed(few(said('failed')), {
        cost,
        command,
        measure: { value: new Set(checks.flatMap(({ subjects }) => subjects)).size, unit: 'things wrong' },
      });
    case 'unknown':
      return unknown(few(said('unknown')), command);
    default:
      return passed(`${count(checks.length, 'check')}, all passed`);
  }
}

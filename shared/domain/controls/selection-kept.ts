import type { Database } from '../database';
import type { Policy } from '../policy';
import { namedDatabases, protectionOf, regionsOf } from '../selection';
import { newestFirst, type Snapshot } from '../snapshot';
import { TAG } from '../tags';
import { formatInstant } from '../time';
import { aws } from './command';
import { control, type Judgment } from './control';
import { count } from './figures';
import { type Finding, failed, passed, unknown } from './finding';
import { partOf } from './part';
import type { Seen } from './seen';
import { ownRecoveryPoints } from './snapshots-seen';

/** What the name of every instance begins with that a restore test makes (`testInstanceName`). */
const TESTS = 'holdfast-test-';

/** The one that speaks of databases which no policy selects any more: for all others they are not there. */
export const selectionKept = control(
  {
    id: 'selection-kept',
    title: 'A database that was backed up is still backed up',
    requirements: ['REC-5', 'OPS-1'],
    severity: 'high',
    rationale:
      'A database that is selected by a tag leaves the policy when somebody takes the tag away, or deletes the instance: its backups stop, and every other control stops speaking of it. Its recovery points are left to tell.',
    remedy: {
      text: 'Select it again, by its tag or by its name; where it is not needed any more, release or delete what is left of it, or waive this control for that database (compliance.waivers)',
      command: 'aws rds add-tags-to-resource --region REGION --resource-name ARN --tags Key=KEY,Value=VALUE',
    },
    runbook: 'docs/controls.md#selection-kept',
    pass: 'light',
    frameworks: ['NIST 800-53 CP-9', 'NIST 800-53 CA-7', 'ISO 27001 A.8.13', 'SOC 2 A1.2'],
  },
  judge,
);

const EXPECTED = 'a policy selects every database of which recovery points of ours stand';

function judge(seen: Seen): Judgment[] {
  const { policy, databases } = seen;
  const standing = ownRecoveryPoints(seen);
  const judged = (id: string, finding: Finding): Judgment => ({
    subject: { database: id, region: policy.home },
    expected: EXPECTED,
    ...finding,
  });
  const named = new Set(namedDatabases(policy));
  // Which of them a tag selects, nobody knows while the instances are not seen.
  if ('unseen' in databases)
    return [...new Set([...named, ...standing.keys()])]
      .filter((id) => !id.startsWith(TESTS))
      .map((id) => judged(id, unknown(databases.unseen)));
  const live = new Map(databases.seen.map(({ database }) => [database.id, database]));
  const backedUp = [...standing].flatMap(([id, points]): Judgment[] => {
    const database = live.get(id);
    // One that the policy names, and that is not there, is database-covered's to tell.
    if (id.startsWith(TESTS) || (database === undefined && named.has(id))) return [];
    const protection = protectionOf(policy, id, database?.tags ?? {});
    const stand = count(points.length, 'recovery point stands', 'recovery points stand');
    if (protection !== null) return [judged(id, passed(`${protection.name} selects it; ${stand}`))];
    return [judged(id, left(id, points, live, stand, policy))];
  });
  const why = outOfSight(seen);
  if (why === null) return backedUp;
  const others = [...live.values()].filter(
    ({ id, tags }) => !standing.has(id) && protectionOf(policy, id, tags) !== null,
  );
  return [...backedUp, ...others.map(({ id }) => judged(id, unknown(why)))];
}

/** Why some region's snapshots were not seen; null where all were. */
function outOfSight({ policy, snapshots }: Seen): string | null {
  for (const region of regionsOf(policy)) {
    const part = partOf(snapshots, region, region);
    if ('unseen' in part) return part.unseen;
  }
  return null;
}

/** Of a name that no policy selects: it may be another's by now, or given up on purpose. */
function left(
  id: string,
  points: readonly Snapshot[],
  live: ReadonlyMap<string, Database>,
  stand: string,
  policy: Policy,
): Finding {
  const [newest] = [...points].sort(newestFirst);
  if (newest === undefined) throw new Error('a database without a recovery point was never backed up');
  if (newest.tags[TAG.release] !== undefined) return passed(`released by hand; ${stand}`);
  const renamed = [...live.values()].find(({ resource }) => resource !== '' && resource === newest.resource);
  const isSelected = renamed !== undefined && protectionOf(policy, renamed.id, renamed.tags) !== null;
  if (isSelected) return passed(`it is ${renamed.id} now, which a policy selects; ${stand}`);
  return unselected(live.get(id) ?? renamed, points, newest, policy);
}

function unselected(
  database: Database | undefined,
  points: readonly Snapshot[],
  newest: Snapshot,
  policy: Policy,
): Finding {
  const since = formatInstant(newest.recoveryPoint ?? 0);
  const remain = `${count(points.length, 'recovery point of it is', 'recovery points of it are')} left, the newest of ${since}`;
  if (database === undefined)
    return failed(
      `no policy selects it any more, and no instance of its name is in ${policy.home}: ${remain}`,
      {
        cost: 'nothing more is written; what is left of it is all there is',
        command: aws(
          ...['rds', 'describe-db-snapshots', '--region', newest.region],
          ...['--db-snapshot-identifier', newest.id],
        ),
      },
    );
  return failed(
    `no policy selects it any more, and its instance stands in ${policy.home}, as ${database.id}: ${remain}`,
    {
      cost: `what is written since ${since}, if the instance and its automated backups are lost now`,
      command: selecting(database, newest, policy),
    },
  );
}

/** The tags by which the policy that it was backed up under selects; where it selects by none, those it has. */
function selecting({ region, arn }: Database, { tags }: Snapshot, { databases }: Policy): string {
  const of = ['--region', region, '--resource-name', arn];
  for (const { match, policy } of databases)
    if ('tags' in match && policy === tags[TAG.policy]) {
      const words = Object.entries(match.tags).map(([key, value]) => `Key=${key},Value=${value}`);
      return aws('rds', 'add-tags-to-resource', ...of, '--tags', ...words);
    }
  return aws('rds', 'list-tags-for-resource', ...of);
}

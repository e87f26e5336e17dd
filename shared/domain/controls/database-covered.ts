import { type Database, isGivenUp } from '../database';
import { protectionOf, unsupported } from '../selection';
import { DAY, MINUTE } from '../time';
import { aws, describe, eventsOf, whoAsked } from './command';
import { control, type Judgment } from './control';
import { type Finding, failed, passed, unknown } from './finding';
import { newestAnywhere } from './recovery-points-seen';
import { namedIn } from './scope';
import type { Seen } from './seen';

const EXPECTED =
  'an instance of RDS for PostgreSQL stands under this name, in a state that it can be backed up in';

/** The one that speaks of databases which no other can judge: a misspelled name is silence everywhere else. */
export const databaseCovered = control(
  {
    id: 'database-covered',
    title: 'Every database that a policy selects is there and can be backed up',
    requirements: ['REC-1', 'REC-5'],
    severity: 'critical',
    rationale:
      'A name in the policy that no instance has protects nothing, and neither does one of a cluster or of another engine: instance snapshots are refused. A database that lost its key, or failed, has nothing but its backups left.',
    remedy: {
      text: 'Correct the name in the policy, take the instance out of it, or restore the newest recovery point',
      command: 'aws rds describe-db-instances --region REGION --db-instance-identifier DATABASE',
    },
    runbook: 'functions/create-snapshot/README.md#what-it-answers',
    pass: 'light',
    frameworks: ['NIST 800-53 CP-9', 'ISO 27001 A.8.13', 'SOC 2 A1.2'],
  },
  (seen) => {
    const { policy, databases } = seen;
    const judged = (id: string, region: string, finding: Finding): Judgment => ({
      subject: { database: id, region },
      expected: EXPECTED,
      ...finding,
    });
    const names = namedIn(policy).map(({ id }) => id);
    if ('unseen' in databases) return names.map((id) => judged(id, policy.home, unknown(databases.unseen)));
    const standing = databases.seen.map(({ database }) => database);
    const there = new Set(standing.map(({ id }) => id));
    return [
      ...standing
        .filter(({ id, tags }) => protectionOf(policy, id, tags) !== null)
        .map((database) => judged(database.id, database.region, state(database, seen))),
      ...names.filter((id) => !there.has(id)).map((id) => judged(id, policy.home, absent(seen))),
    ];
  },
);

const WAYS_BACK = 'docs/recovery.md#when-disaster-comes';

function absent({ policy }: Seen): Finding {
  return failed(`no instance of this name is in ${policy.home}`, {
    cost: 'nothing new is backed up under this name; what was backed up before stays',
    command: aws(
      ...['rds', 'describe-db-instances', '--region', policy.home],
      ...['--query', 'DBInstances[].DBInstanceIdentifier'],
    ),
    runbook: WAYS_BACK,
  });
}

const SINCE_NEWEST = 'what was written after the newest recovery point';

function state(database: Database, seen: Seen): Finding {
  const { id, region, engine, status, condition } = database;
  const why = unsupported(database);
  if (why !== null) {
    return failed(
      why === 'cluster-member'
        ? 'it is a member of a cluster, which RDS takes no instance snapshots of'
        : `its engine is ${engine}`,
      { cost: 'everything: nothing of it is backed up here', command: describe(database) },
    );
  }
  switch (condition) {
    case 'lost-key':
      return isGivenUp(database)
        ? failed(`RDS says ${status}: it has given it up, and no start brings it back`, {
            cost: SINCE_NEWEST,
            command: restoring(database, seen),
            runbook: WAYS_BACK,
          })
        : failed(`RDS says ${status}: it cannot read its own storage`, {
            cost: `${SINCE_NEWEST}, once RDS gives it up: 7 days after it lost the key`,
            command: aws('rds', 'start-db-instance', '--region', region, '--db-instance-identifier', id),
          });
    case 'unusable':
      return failed(`RDS says ${status}`, {
        cost: SINCE_NEWEST,
        command: eventsOf(database, DAY / MINUTE),
      });
    case 'deleting':
      return failed('it is being deleted', {
        cost: SINCE_NEWEST,
        command: whoAsked(region, 'EventName', 'DeleteDBInstance'),
        runbook: WAYS_BACK,
      });
    default:
      return passed(`RDS says ${status}`);
  }
}

/** The newest snapshot that can be restored, beside the instance, which has the name still. */
function restoring({ id, region, resource }: Database, seen: Seen): string {
  const newest = newestAnywhere({ id, resource }, seen);
  if (newest === null)
    return aws('rds', 'describe-db-snapshots', '--region', region, '--db-instance-identifier', id);
  return aws(
    ...['rds', 'restore-db-instance-from-db-snapshot', '--region', newest.region],
    ...['--db-instance-identifier', `${id.slice(0, LONGEST).replace(/-+$/, '')}-restored`],
    ...['--db-snapshot-identifier', newest.id],
  );
}

/** Of a name, so that `-restored` fits behind it: RDS takes 63 letters. */
const LONGEST = 63 - '-restored'.length;

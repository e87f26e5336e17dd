import { snapshotLoss } from '../arithmetic';
import type { CopyTarget } from '../policy';
import { newestGood, type Snapshot } from '../snapshot';
import { isOurs } from '../tags';
import { judgeAge, lost } from './age';
import { aws, invoke } from './command';
import { control } from './control';
import { count, lasting } from './figures';
import { type Finding, unknown } from './finding';
import { ofCopies, type Selected } from './scope';
import type { Seen } from './seen';
import { copiesUnderWay, ownSnapshots, restorable } from './snapshots-seen';

export const recoveryPointCopy = control(
  {
    id: 'recovery-point-copy',
    title: 'The newest copy in each copy region is as new as promised',
    requirements: ['REC-1', 'REC-8'],
    severity: 'critical',
    rationale:
      'When the home region is lost, its copies are all there is. Age is that of the data in the copy, not of the copy: one that was made a minute ago of a snapshot of yesterday is a day old.',
    remedy: {
      text: 'See what the copies wait for, and ask for the next one',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-copy-snapshot --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'functions/copy-snapshot/README.md#alarm-copy-snapshot-failures',
    pass: 'light',
    frameworks: [
      'NIST 800-53 CP-6',
      'NIST 800-53 CP-6(1)',
      'NIST 800-53 CP-6(2)',
      'NIST 800-53 CP-9',
      'ISO 27001 A.8.13',
      'SOC 2 A1.2',
    ],
  },
  ofCopies((_, { point }, at) => `no older than ${lasting(point)} (copies[${at}].point)`, judge),
);

function judge(one: Selected, { region, point }: CopyTarget, seen: Seen): Finding {
  const { database } = one;
  const part = ownSnapshots(seen, region, database);
  if ('unseen' in part) return unknown(part.unseen);
  const { good, locked } = restorable(part.seen, seen);
  const at = newestGood(good)?.recoveryPoint ?? null;
  const why = [
    ...(locked > 0 ? [`${count(locked, 'copy is', 'copies are')} under a key that cannot be used`] : []),
    ...reasonsOf(one, seen),
  ];
  const what = `good copy in ${region}`;
  return judgeAge({ database, now: seen.now, what, at, promise: point, why }, (age) => ({
    cost: lost(age, `${seen.policy.home} is lost`),
    command: nextCommand(one, seen),
  }));
}

/** What a late copy waits for, as far as it can be seen: RDS copies one snapshot of an instance at a time. */
function reasonsOf({ database, protection }: Selected, seen: Seen): string[] {
  const reasons = copiesUnderWay(seen, database.id).map((copy) => {
    const where = `${copy.progress}% of ${copy.id} to ${copy.region}`;
    return isOurs(copy.tags, seen.policy.name)
      ? `a copy is on its way: ${where}`
      : `a copy that is not ours holds the others back: ${where}`;
  });
  const home = ownSnapshots(seen, seen.policy.home, database);
  const source = 'seen' in home ? (newestGood(home.seen)?.recoveryPoint ?? null) : null;
  if ('seen' in home && source === null) reasons.push('there is no good snapshot at home to copy');
  // No schedule of copies makes up for a source that is late itself.
  if (source !== null && seen.now - source > snapshotLoss(protection))
    reasons.push(`the newest snapshot at home is ${lasting(seen.now - source)} old itself`);
  return reasons;
}

function nextCommand({ database }: Selected, seen: Seen): string {
  const [first] = copiesUnderWay(seen, database.id);
  return first === undefined ? invoke(seen, 'copy-snapshot', { database: database.id }) : look(first);
}

function look({ id, region }: Snapshot): string {
  return aws('rds', 'describe-db-snapshots', '--region', region, '--db-snapshot-identifier', id);
}

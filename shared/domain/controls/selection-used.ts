import { protectionOf } from '../selection';
import { aws } from './command';
import { control, type Judgment } from './control';
import { count } from './figures';
import { type Finding, failed, passed, unknown } from './finding';
import type { Seen } from './seen';

/** Databases that are named and not there are told by `database-covered`, one by one. */
export const selectionUsed = control(
  {
    id: 'selection-used',
    title: 'Every tag that the policy selects by selects a database',
    requirements: ['REC-5', 'OPS-1'],
    severity: 'high',
    rationale:
      'A tag that is spelled otherwise in the policy than on the instances protects nothing, and every other control is silent about what it does not know of.',
    remedy: {
      text: 'Compare the tags of the policy with those of the instances; correct the one or the other, or take the selection out',
      command:
        "aws rds describe-db-instances --region REGION --query 'DBInstances[].[DBInstanceIdentifier,TagList]'",
    },
    runbook: 'docs/policy.md#fields',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-9', 'NIST 800-53 CA-7', 'ISO 27001 A.8.13', 'SOC 2 A1.2'],
  },
  judge,
);

function judge(seen: Seen): Judgment[] {
  const { databases, home } = seen.policy;
  const selections = databases.flatMap(({ match }) => ('tags' in match ? [match.tags] : []));
  // By their tags, not by their place in the file: a finding stays the same when another one is put before it.
  const byWords = new Map(selections.map((tags) => [inWords(tags), tags]));
  return [...byWords].map(([words, tags]): Judgment => {
    return {
      subject: { database: '*', region: home, resource: `tags ${words}` },
      expected: `an instance in ${home} carries ${words}`,
      ...selected(seen, tags),
    };
  });
}

function selected({ databases, policy }: Seen, tags: Readonly<Record<string, string>>): Finding {
  if ('unseen' in databases) return unknown(databases.unseen);
  const carrying = databases.seen.filter(
    ({ database }) =>
      Object.entries(tags).every(([key, value]) => database.tags[key] === value) &&
      protectionOf(policy, database.id, database.tags) !== null,
  );
  return carrying.length > 0
    ? passed(count(carrying.length, 'database'))
    : failed('no instance carries it', {
        cost: 'whatever is meant to be selected by it has no backup of ours',
        command: aws(
          ...['rds', 'describe-db-instances', '--region', policy.home],
          ...['--query', 'DBInstances[].[DBInstanceIdentifier,TagList]'],
        ),
      });
}

function inWords(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' and ');
}

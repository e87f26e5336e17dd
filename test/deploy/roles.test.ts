import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isWildcardOnlyAction, runSimulation } from '@cloud-copilot/iam-simulate';
import { copyName, onDemandName, slotName } from '../../shared/domain/names';
import { TAG } from '../../shared/domain/tags';
import { loadPolicy } from '../../shared/runtime/policy-file';
import { at } from '../support/builders';
import { copyRegion, filledIn, PLACE, ROOT, service } from './service';

/**
 * Each function's role, judged by a simulator of IAM that knows AWS's own list of actions, resources and condition
 * keys: what the function calls is allowed, and what would do harm is not.
 */

const policy = loadPolicy(resolve(ROOT, 'policy.yml'));
const HOME = policy.home;
const COPY_REGIONS = Object.values(policy.policies).flatMap(({ copies }) =>
  copies.map(({ region }) => region),
);
const AWAY = COPY_REGIONS[0] ?? HOME;
const ELSEWHERE =
  ['eu-central-1', 'sa-east-1'].find((region) => region !== HOME && !COPY_REGIONS.includes(region)) ?? '';

const resources = service().resources.Resources;
const ROLES = {
  create: 'CreateSnapshotRole',
  copy: 'CopySnapshotRole',
  prune: 'PruneSnapshotsRole',
} as const;
type Who = keyof typeof ROLES;

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

function policyOf(role: string): { Statement: Statement[] } {
  const [only, ...others] = resources[role]?.Properties.Policies ?? [];
  if (others.length > 0) throw new Error(`${role}: one policy is expected`);
  return filledIn(only.PolicyDocument, HOME) as { Statement: Statement[] };
}

const arn = (region: string, what: string, service = 'rds') =>
  `arn:${PLACE.partition}:${service}:${region}:${PLACE.account}:${what}`;

const SLOT = slotName('qrosity-db', at('2026-03-01 09:00'));
const ours = (region: string) => arn(region, `snapshot:${SLOT}`);
const copyOfOurs = (region: string) => arn(region, `snapshot:${copyName(SLOT, HOME)}`);
const byHand = arn(
  HOME,
  `snapshot:${onDemandName('qrosity-db', 'before migration 42', at('2026-03-01 09:07'))}`,
);
const theirs = (region: string) => arn(region, 'snapshot:before-the-audit');
const database = (region: string) => arn(region, 'db:qrosity-db');
const key = (region: string) => arn(region, 'key/11112222-3333-4444-5555-666677778888', 'kms');

const asking = { [`aws:RequestTag/${TAG.owner}`]: policy.name };
const carrying = { [`aws:ResourceTag/${TAG.owner}`]: policy.name };
const through = (service: string) => ({ 'kms:ViaService': service, 'kms:GrantIsForAWSResource': 'true' });

type Request = readonly [who: Who, action: string, resource: string, context?: Record<string, string>];

/** The region that a request goes to is the resource's, unless the request says otherwise. */
async function answer([who, action, resource, context = {}]: Request): Promise<string> {
  const [, , , inArn = ''] = resource.split(':');
  const region = resource === '*' ? HOME : inArn;
  const simulation = await runSimulation(
    {
      request: {
        action,
        principal: `arn:${PLACE.partition}:iam::${PLACE.account}:role/${ROLES[who]}`,
        resource: { resource, accountId: PLACE.account },
        contextVariables: { 'aws:RequestedRegion': region, ...context },
      },
      identityPolicies: [{ name: who, policy: policyOf(ROLES[who]) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') ? { resourcePolicy: keyPolicy } : {}),
    },
    {},
  );
  if (simulation.resultType === 'error') throw new Error(JSON.stringify(simulation.errors));
  return simulation.overallResult;
}

/** The copy region's key as deploy/copy-region.yml makes it: without it, KMS would refuse whatever the role says. */
const keyPolicy = filledIn(copyRegion().Resources.Key?.Properties.KeyPolicy, AWAY);

const CALLS: Request[] = [
  ['create', 'rds:DescribeDBInstances', database(HOME)],
  ['create', 'rds:DescribeDBSnapshots', ours(HOME)],
  ['create', 'rds:DescribeAccountAttributes', '*'],
  ['create', 'rds:CreateDBSnapshot', ours(HOME), asking],
  ['create', 'rds:CreateDBSnapshot', byHand, asking],
  ['create', 'rds:CreateDBSnapshot', database(HOME), asking],
  ['create', 'rds:AddTagsToResource', ours(HOME), asking],
  ['create', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['copy', 'rds:DescribeDBInstances', database(HOME)],
  ['copy', 'rds:DescribeDBSnapshots', ours(HOME)],
  ['copy', 'rds:DescribeDBSnapshots', copyOfOurs(AWAY)],
  ['copy', 'rds:DescribeOptionGroups', arn(HOME, 'og:with-timezone')],
  ['copy', 'rds:DescribeAccountAttributes', '*', { 'aws:RequestedRegion': AWAY }],
  ['copy', 'kms:DescribeKey', key(AWAY)],
  ['copy', 'kms:CreateGrant', key(AWAY), through(`rds.${AWAY}.amazonaws.com`)],
  ['copy', 'kms:CreateGrant', key(HOME), through(`rds.${HOME}.amazonaws.com`)],
  // The SDK signs the source's half of the call without the tags (@aws-sdk/middleware-sdk-rds).
  ['copy', 'rds:CopyDBSnapshot', ours(HOME)],
  ['copy', 'rds:CopyDBSnapshot', copyOfOurs(AWAY), asking],
  ['copy', 'rds:AddTagsToResource', copyOfOurs(AWAY), asking],
  ['copy', 'rds:DeleteDBSnapshot', copyOfOurs(AWAY), carrying],
  ['prune', 'rds:DescribeDBInstances', database(HOME)],
  ['prune', 'rds:DescribeDBSnapshots', ours(HOME)],
  ['prune', 'rds:DescribeDBSnapshots', copyOfOurs(AWAY)],
  ['prune', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['prune', 'rds:DeleteDBSnapshot', copyOfOurs(AWAY), carrying],
];

const words = ([who, action, resource, context]: Request) =>
  `${who} ${action} ${resource}${context === undefined ? '' : ` ${JSON.stringify(context)}`}`;

it.each(CALLS.map((request) => ({ request, said: words(request) })))('allows $said', async ({ request }) => {
  expect(await answer(request)).toBe('Allowed');
});

const ownerOf = (other: string) => ({ [`aws:RequestTag/${TAG.owner}`]: other });

const HARM: [why: string, ...Request][] = [
  ['a snapshot without our tag would never be pruned', 'create', 'rds:CreateDBSnapshot', ours(HOME)],
  ['the same, from the instance', 'create', 'rds:CreateDBSnapshot', database(HOME)],
  ['of another installation', 'create', 'rds:CreateDBSnapshot', ours(HOME), ownerOf('another')],
  ['under a name that is not ours', 'create', 'rds:CreateDBSnapshot', theirs(HOME), asking],
  ['home only', 'create', 'rds:CreateDBSnapshot', ours(AWAY), asking],
  ['home only', 'create', 'rds:DescribeDBSnapshots', ours(ELSEWHERE)],
  ['theirs would become ours, and go', 'create', 'rds:AddTagsToResource', theirs(HOME), asking],
  ['an instance is not ours to tag', 'create', 'rds:AddTagsToResource', database(HOME), asking],
  ['without our tag', 'create', 'rds:DeleteDBSnapshot', ours(HOME)],
  ['without our tag', 'create', 'rds:DeleteDBSnapshot', theirs(HOME)],
  ['it copies nothing', 'create', 'rds:CopyDBSnapshot', ours(HOME), asking],
  ['it takes no key', 'create', 'kms:DescribeKey', key(HOME)],

  ['it takes none', 'copy', 'rds:CreateDBSnapshot', ours(HOME), asking],
  ['not a copy region', 'copy', 'rds:CopyDBSnapshot', copyOfOurs(ELSEWHERE), asking],
  ['without our tag', 'copy', 'rds:CopyDBSnapshot', copyOfOurs(AWAY)],
  ['under a name that is not ours', 'copy', 'rds:CopyDBSnapshot', theirs(AWAY), asking],
  ['of a snapshot that is not ours', 'copy', 'rds:CopyDBSnapshot', theirs(HOME)],
  ['theirs would become ours, and go', 'copy', 'rds:AddTagsToResource', theirs(AWAY), asking],
  ['without our tag', 'copy', 'rds:DeleteDBSnapshot', copyOfOurs(AWAY)],
  ['sources are not its own to delete', 'copy', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['not a region of the policy', 'copy', 'rds:DescribeDBSnapshots', ours(ELSEWHERE)],
  ['for itself, past RDS', 'copy', 'kms:CreateGrant', key(AWAY), { 'kms:GrantIsForAWSResource': 'false' }],
  ['for another service', 'copy', 'kms:CreateGrant', key(AWAY), through(`ec2.${AWAY}.amazonaws.com`)],
  ['in another region', 'copy', 'kms:CreateGrant', key(ELSEWHERE), through(`rds.${ELSEWHERE}.amazonaws.com`)],
  ['data is for RDS to read', 'copy', 'kms:Decrypt', key(AWAY)],

  ['without our tag', 'prune', 'rds:DeleteDBSnapshot', ours(HOME)],
  ['without our tag', 'prune', 'rds:DeleteDBSnapshot', theirs(HOME)],
  ['with our tag, but not under our name', 'prune', 'rds:DeleteDBSnapshot', theirs(HOME), carrying],
  [
    'of another installation',
    'prune',
    'rds:DeleteDBSnapshot',
    ours(HOME),
    { [`aws:ResourceTag/${TAG.owner}`]: 'another' },
  ],
  ['not a region of the policy', 'prune', 'rds:DeleteDBSnapshot', ours(ELSEWHERE), carrying],
  ['it could make its own prey', 'prune', 'rds:AddTagsToResource', ours(HOME), asking],
  ['it takes none', 'prune', 'rds:CreateDBSnapshot', ours(HOME), asking],

  ...(['create', 'copy', 'prune'] as const).flatMap((who): [string, ...Request][] => [
    ['databases are not touched', who, 'rds:DeleteDBInstance', database(HOME)],
    ['databases are not touched', who, 'rds:ModifyDBInstance', database(HOME)],
    ['databases are not touched', who, 'rds:RebootDBInstance', database(HOME)],
    ['backups stay in the account', who, 'rds:ModifyDBSnapshotAttribute', ours(HOME), carrying],
    ['holds stand until a person takes them away', who, 'rds:RemoveTagsFromResource', ours(HOME), carrying],
    ['a deleted key takes every backup along', who, 'kms:ScheduleKeyDeletion', key(AWAY)],
    ['a disabled key blocks every restore', who, 'kms:DisableKey', key(AWAY)],
  ]),
];

const harm = HARM.map(([why, ...request]) => ({ request, said: `${words(request)} (${why})` }));

it.each(harm)('denies $said', async ({ request }) => {
  expect(await answer(request)).toBe('ImplicitlyDenied');
});

it('allows what every adapter calls, and no more', () => {
  const called = readdirSync(resolve(ROOT, 'shared', 'aws')).flatMap((file) => {
    const source = readFileSync(resolve(ROOT, 'shared', 'aws', file), 'utf8');
    const service = source.includes('@aws-sdk/client-kms') ? 'kms' : 'rds';
    return [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `${service}:${name}`);
  });
  // What AWS asks for besides, when tags are given and when RDS uses a key for us.
  const implied = ['rds:AddTagsToResource', 'kms:CreateGrant'];
  const allowed = Object.values(ROLES)
    .flatMap((role) => policyOf(role).Statement)
    .flatMap(({ Action }) => Action)
    .filter((action) => /^(rds|kms):/.test(action));
  expect([...new Set(allowed)].sort()).toEqual([...new Set([...called, ...implied])].sort());
});

it('asks for every action by name, and for every resource where AWS knows none only', async () => {
  for (const role of [...Object.values(ROLES), 'SchedulesRole']) {
    for (const { Action, Resource } of policyOf(role).Statement) {
      for (const action of [Action].flat()) {
        const [prefix = '', name = ''] = action.split(':');
        expect(action).not.toContain('*');
        if ([Resource].flat().includes('*')) {
          expect([role, action, await isWildcardOnlyAction(prefix, name)]).toEqual([role, action, true]);
        }
      }
    }
  }
});

it('keeps each function to its own log group and to the queue of failed runs', () => {
  const names = { create: 'create-snapshot', copy: 'copy-snapshot', prune: 'prune-snapshots' };
  for (const who of Object.keys(ROLES) as Who[]) {
    const besides = policyOf(ROLES[who]).Statement.filter(({ Action }) =>
      /^(logs|sqs):/.test([Action].flat().join()),
    );
    expect(besides.map(({ Action, Resource }) => ({ Action, Resource }))).toEqual([
      { Action: 'sqs:SendMessage', Resource: arn(HOME, 'FailedRuns', 'made-up') },
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: arn(HOME, `log-group:/aws/lambda/holdfast-prod-${names[who]}:*`, 'logs'),
      },
    ]);
  }
});

it('lets the schedules invoke the functions, and nobody else take their role', () => {
  expect(policyOf('SchedulesRole').Statement[0]).toMatchObject({
    Action: 'lambda:InvokeFunction',
    Resource: ['CreateDashsnapshot', 'CopyDashsnapshot', 'PruneDashsnapshots'].map((name) =>
      arn(HOME, `${name}LambdaFunction`, 'made-up'),
    ),
  });
  expect(filledIn(resources.SchedulesRole?.Properties.AssumeRolePolicyDocument.Statement, HOME)).toEqual([
    {
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: {
          'aws:SourceAccount': PLACE.account,
          'aws:SourceArn': arn(HOME, 'Schedules', 'made-up'),
        },
      },
    },
  ]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isWildcardOnlyAction, runSimulation } from '@cloud-copilot/iam-simulate';
import { parseDocument } from 'yaml';
import { UNABLE } from '../../functions/inspect-database/look';
import { reportName } from '../../functions/report-compliance/report-record';
import { evidenceKey } from '../../shared/domain/evidence';
import { findingsKey, pageKey } from '../../shared/domain/findings/record';
import { INSPECTIONS } from '../../shared/domain/inspection/record';
import { copyName, onDemandName, slotName, testInstanceName } from '../../shared/domain/names';
import { agesKey } from '../../shared/domain/recovery-ages';
import { foundKey, testKey, unableKey } from '../../shared/domain/restore-test';
import { TAG } from '../../shared/domain/tags';
import { DAY } from '../../shared/domain/time';
import { productArn } from '../../shared/report/compliance/asff-names';
import { loadPolicy } from '../../shared/runtime/policy-file';
import { at, protection } from '../support/builders';
import {
  ARNS,
  copyRegion,
  filledIn,
  fromPolicy,
  logical,
  PLACE,
  ROOT,
  service,
  serviceWith,
  spelled,
} from './service';

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

/** The same where the policy wants findings in Security Hub. */
const withHub = (() => {
  const document = parseDocument(readFileSync(resolve(ROOT, 'policy.yml'), 'utf8'));
  document.setIn(['compliance', 'securityHub'], true);
  return serviceWith(document.toString()).resources.Resources;
})();

const NAMES = {
  create: 'create-snapshot',
  copy: 'copy-snapshot',
  prune: 'prune-snapshots',
  rotate: 'rotate-keys',
  inspect: 'inspect-database',
  test: 'test-restore',
  report: 'report-compliance',
} as const;
type Who = keyof typeof NAMES;
const EVERYBODY = Object.keys(NAMES) as Who[];
const roleOf = (who: Who) => `${spelled(NAMES[who])}Role`;

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function policyOf(role: string, deployed = resources): { Statement: Statement[] } {
  const [only, ...others] = deployed[role]?.Properties.Policies ?? [];
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
/** What a person has put under another key by copying it within its region. */
const underAnotherKey = (region: string) => arn(region, `snapshot:${SLOT}-under-0a1b2c3d`);
const theirs = (region: string) => arn(region, 'snapshot:before-the-audit');
const database = (region: string) => arn(region, 'db:qrosity-db');
const key = (region: string) => arn(region, 'key/11112222-3333-4444-5555-666677778888', 'kms');
const multiRegionKey = (region: string) => arn(region, 'key/mrk-1111222233334444555566667777888f', 'kms');
const topic = (name: string, region = HOME) => arn(region, name, 'sns');
const bucket = ARNS.EvidenceBucket ?? '';
const record = (key: string) => `${bucket}/${key}`;
const test = { database: 'qrosity-db', region: AWAY, requested: at('2026-03-01 09:00') };
const looked = evidenceKey(INSPECTIONS, 'qrosity-db', HOME, at('2026-03-01 05:45'), 'db-1');
const neverLooked = evidenceKey(UNABLE, 'qrosity-db', HOME, at('2026-03-01 05:45'), 'denied');
/** Of an instance that a restore test may yet make. */
const signIn = (region: string, user: string) => arn(region, `dbuser:db-ABCDEFGHIJKL/${user}`, 'rds-db');
const INSPECTOR = policy.policies.gold?.inspection?.user ?? '';
const networkInterface = arn(HOME, 'network-interface/eni-0a1b2c3d', 'ec2');
const ofItsOwnCode = {
  'lambda:SourceFunctionArn': arn(HOME, 'function:holdfast-prod-inspect-database', 'lambda'),
};

const NOW = { at: '2026-03-01T06:34:00Z', run: '1f0c2d3e-aaaa-bbbb-cccc-123456789012', number: 42 };
/** What report-compliance keeps, and nobody else. */
const KEPT = [
  findingsKey(NOW.number),
  pageKey(NOW, 1),
  agesKey(NOW),
  `${reportName(NOW.at, NOW.run)}.json`,
  `${reportName(NOW.at, NOW.run)}/compliance.html`,
];
const bus = (name: string, region = HOME) => arn(region, `event-bus/${name}`, 'events');
const from = (...sources: string[]) => ({ 'events:source': sources });
const inService = (service: string, region = HOME) => ({
  'kms:ViaService': `${service}.${region}.amazonaws.com`,
});
const hub = arn(HOME, 'hub/default', 'securityhub');
const product = productArn({ account: PLACE.account, home: HOME });
/** Of a call that moves a workflow: each field that it changes is a key of its own. */
const changing = (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [`securityhub:ASFFSyntaxPath/${field}`, value]),
  );

const asking = { [`aws:RequestTag/${TAG.owner}`]: policy.name };
const carrying = { [`aws:ResourceTag/${TAG.owner}`]: policy.name };
/** An instance to be made for a test, and one that was. */
const testing = { ...asking, [`aws:RequestTag/${TAG.restoreTest}`]: '2026-03-01T09:00:00Z' };
const underTest = { ...carrying, [`aws:ResourceTag/${TAG.restoreTest}`]: '2026-03-01T09:00:00Z' };
const testInstance = (region: string) => arn(region, `db:${testInstanceName(policy.name, 'qrosity-db')}`);
const named = (...aliases: string[]) => ({ 'kms:ResourceAliases': aliases });
const through = (service: string) => ({ 'kms:ViaService': service, 'kms:GrantIsForAWSResource': 'true' });

type Context = Readonly<Record<string, string | string[]>>;
type Request = readonly [who: Who, action: string, resource: string, context?: Context];

/** The region that a request goes to is the resource's, unless the request says otherwise. */
async function answer(
  [who, action, resource, context = {}]: Request,
  policy = policyOf(roleOf(who)),
): Promise<string> {
  const [, , , inArn = ''] = resource.split(':');
  // The ARN of a bucket names no region; evidence lies at home.
  const region = inArn === '' ? HOME : inArn;
  const simulation = await runSimulation(
    {
      request: {
        action,
        principal: `arn:${PLACE.partition}:iam::${PLACE.account}:role/${roleOf(who)}`,
        resource: { resource, accountId: PLACE.account },
        contextVariables: { 'aws:RequestedRegion': region, ...context },
      },
      identityPolicies: [{ name: who, policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resource.includes(':key/') ? { resourcePolicy: keyPolicy } : {}),
    },
    {},
  );
  if (simulation.resultType === 'error') throw new Error(JSON.stringify(simulation.errors));
  return simulation.overallResult;
}

/** The copy region's key as deploy/copy-region.yml makes it: without it, KMS would refuse whatever the role says. */
const keyPolicy = filledIn(copyRegion().Resources.Key?.Properties.KeyPolicy, AWAY);

const ROTATION = ['kms:EnableKeyRotation', 'kms:RotateKeyOnDemand'];
/** Only where some policy has `keys.rescue`, as the one at hand does. */
const RESCUE = ['kms:CancelKeyDeletion', 'kms:EnableKey'];
/** All that is ever done to a key. */
const CHANGES = [...ROTATION, ...RESCUE];
/** Of the copies' keys, as the policy names them. */
const ALIASES = Object.values(policy.policies).flatMap(({ copies }) =>
  copies.flatMap(({ key }) => (key?.startsWith('alias/') ? [key] : [])),
);

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
  ['copy', 'kms:DescribeKey', key(AWAY)],
  ['copy', 'kms:CreateGrant', key(AWAY), through(`rds.${AWAY}.amazonaws.com`)],
  ['copy', 'kms:CreateGrant', key(HOME), through(`rds.${HOME}.amazonaws.com`)],
  // The SDK signs the source's half of the call without the tags (@aws-sdk/middleware-sdk-rds).
  ['copy', 'rds:CopyDBSnapshot', ours(HOME)],
  ['copy', 'rds:CopyDBSnapshot', copyOfOurs(AWAY), asking],
  ['copy', 'rds:AddTagsToResource', copyOfOurs(AWAY), asking],
  ['copy', 'rds:DeleteDBSnapshot', copyOfOurs(AWAY), carrying],
  // Data is put under another key where it lies.
  ...[HOME, AWAY].flatMap((region): Request[] => [
    ['copy', 'rds:DescribeAccountAttributes', '*', { 'aws:RequestedRegion': region }],
    ['copy', 'rds:CopyDBSnapshot', ours(region), asking],
    ['copy', 'rds:CopyDBSnapshot', underAnotherKey(region), asking],
    ['copy', 'rds:AddTagsToResource', underAnotherKey(region), asking],
    ['copy', 'rds:DeleteDBSnapshot', underAnotherKey(region), carrying],
  ]),
  ['prune', 'rds:DescribeDBInstances', database(HOME)],
  ['prune', 'rds:DescribeDBSnapshots', ours(HOME)],
  ['prune', 'rds:DescribeDBSnapshots', copyOfOurs(AWAY)],
  ['prune', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['prune', 'rds:DeleteDBSnapshot', copyOfOurs(AWAY), carrying],
  ...[HOME, AWAY].flatMap((region): Request[] => [
    ['rotate', 'rds:DescribeDBInstances', database(region)],
    ['rotate', 'rds:DescribeDBSnapshots', ours(region)],
    ['rotate', 'rds:DescribeDBSnapshots', theirs(region)],
    ['rotate', 'kms:ListAliases', '*', { 'aws:RequestedRegion': region }],
  ]),
  ...['DescribeKey', 'GetKeyRotationStatus', 'ListKeyRotations', 'ListResourceTags'].flatMap(
    (name): Request[] => [
      ['rotate', `kms:${name}`, key(HOME)],
      ['rotate', `kms:${name}`, key(AWAY)],
      // The primary of a multi-Region key can lie anywhere.
      ['rotate', `kms:${name}`, multiRegionKey(ELSEWHERE)],
    ],
  ),
  ...CHANGES.flatMap((name): Request[] => [
    ['rotate', name, key(HOME), carrying],
    ['rotate', name, key(AWAY), carrying],
    ['rotate', name, multiRegionKey(ELSEWHERE), carrying],
    ['rotate', name, multiRegionKey(ELSEWHERE), named('alias/holdfast')],
    ['rotate', name, key(HOME), named('alias/holdfast')],
    ...ALIASES.map((alias): Request => ['rotate', name, key(AWAY), named('alias/another', alias)]),
  ]),
  ['rotate', 'sns:GetTopicAttributes', topic('holdfast-prod-notices')],
  ['rotate', 's3:GetEncryptionConfiguration', bucket],
  ...[HOME, AWAY].flatMap((region): Request[] => [
    ['inspect', 'rds:DescribeDBInstances', database(region)],
    ['inspect', 'rds-db:connect', signIn(region, INSPECTOR)],
  ]),
  ['inspect', 's3:ListBucket', bucket],
  ...[looked, foundKey(test), unableKey(test, 'denied'), neverLooked].flatMap((key): Request[] => [
    ['inspect', 's3:PutObject', record(key)],
    ['inspect', 's3:GetObject', record(key)],
  ]),
  ...['kms:GenerateDataKey', 'kms:Decrypt'].map(
    (name): Request => ['inspect', name, ARNS.Key ?? '', { 'kms:ViaService': `s3.${HOME}.amazonaws.com` }],
  ),
  // Lambda's own calls, for the network of the policy.
  ['inspect', 'ec2:CreateNetworkInterface', networkInterface],
  ['inspect', 'ec2:DeleteNetworkInterface', networkInterface],
  ['inspect', 'ec2:AssignPrivateIpAddresses', networkInterface],
  ['inspect', 'ec2:UnassignPrivateIpAddresses', networkInterface],
  ['inspect', 'ec2:DescribeNetworkInterfaces', '*'],
  ['inspect', 'ec2:DescribeSubnets', '*'],
];

CALLS.push(
  ['test', 'rds:DescribeEvents', '*', { 'aws:RequestedRegion': AWAY }],
  ['test', 'rds:DescribeAccountAttributes', '*', { 'aws:RequestedRegion': AWAY }],
  ...[HOME, AWAY].flatMap((region): Request[] => [
    ['test', 'rds:DescribeDBInstances', database(region)],
    ['test', 'rds:DescribeDBSnapshots', ours(region)],
    ['test', 'rds:DescribeDBSubnetGroups', arn(region, 'subgrp:holdfast-restore-tests')],
    ['test', 'rds:DescribeDBParameters', arn(region, 'pg:holdfast-restore-tests')],
    ['test', 'rds:DescribeDBParameterGroups', arn(region, 'pg:holdfast-restore-tests')],
    ['test', 'kms:DescribeKey', key(region)],
    ...['db:holdfast-test-qrosity-db', 'snapshot:before-migration', 'snapshot:rds:qrosity-db-2026-03-01'].map(
      (what): Request => ['test', 'rds:RestoreDBInstanceFromDBSnapshot', arn(region, what), testing],
    ),
    ...['pg:holdfast-restore-tests', 'subgrp:holdfast-restore-tests', 'og:default:postgres-17'].map(
      (what): Request => ['test', 'rds:RestoreDBInstanceFromDBSnapshot', arn(region, what), testing],
    ),
    ['test', 'rds:AddTagsToResource', testInstance(region), testing],
    [
      'test',
      'rds:AddTagsToResource',
      ours(region),
      { ...carrying, 'aws:TagKeys': [TAG.underTest, TAG.chosen] },
    ],
    [
      'test',
      'rds:RemoveTagsFromResource',
      ours(region),
      { ...carrying, 'aws:TagKeys': [TAG.underTest, TAG.chosen] },
    ],
    ['test', 'rds:ModifyDBInstance', testInstance(region), underTest],
    ['test', 'rds:DeleteDBInstance', testInstance(region), underTest],
    ['test', 'kms:CreateGrant', key(region), through(`rds.${region}.amazonaws.com`)],
  ]),
  ['test', 's3:ListBucket', bucket],
  ...[testKey(test, 'passed'), unableKey(test, 'restore-key')].flatMap((key): Request[] => [
    ['test', 's3:PutObject', record(key)],
    ['test', 's3:GetObject', record(key)],
  ]),
  ['test', 's3:GetObject', record(foundKey(test))],
  ...['kms:GenerateDataKey', 'kms:Decrypt'].map(
    (name): Request => ['test', name, ARNS.Key ?? '', { 'kms:ViaService': `s3.${HOME}.amazonaws.com` }],
  ),
);

CALLS.push(
  ...[HOME, AWAY].flatMap((region): Request[] => [
    ['report', 'rds:DescribeDBInstances', database(region)],
    ['report', 'rds:DescribeDBSnapshots', ours(region)],
    ['report', 'rds:DescribeDBSnapshots', theirs(region)],
    ['report', 'rds:DescribeDBSnapshotAttributes', theirs(region)],
    ['report', 'rds:DescribeAccountAttributes', '*', { 'aws:RequestedRegion': region }],
    ['report', 'kms:ListAliases', '*', { 'aws:RequestedRegion': region }],
  ]),
  ...['DescribeKey', 'GetKeyRotationStatus', 'ListKeyRotations', 'ListResourceTags'].flatMap(
    (name): Request[] => [
      ['report', `kms:${name}`, key(HOME)],
      ['report', `kms:${name}`, key(AWAY)],
      ['report', `kms:${name}`, multiRegionKey(ELSEWHERE)],
    ],
  ),
  ['report', 'rds:DescribeDBParameters', arn(HOME, 'pg:qrosity')],
  ['report', 'rds:DescribeDBMajorEngineVersions', '*'],
  ['report', 'rds:DescribeCertificates', '*'],
  ['report', 'cloudwatch:DescribeAlarms', arn(HOME, 'alarm:*', 'cloudwatch')],
  ['report', 'sns:GetTopicAttributes', topic('holdfast-prod-notices')],
  ['report', 'sns:Publish', topic('holdfast-prod-notices')],
  ['report', 'events:PutEvents', bus('default'), from('holdfast')],
  ['report', 'events:PutEvents', bus('default'), from('holdfast', 'holdfast')],
  ...[
    'ListBucket',
    'GetBucketVersioning',
    'GetBucketObjectLockConfiguration',
    'GetEncryptionConfiguration',
  ].map((name): Request => ['report', `s3:${name}`, bucket]),
  ...KEPT.flatMap((key): Request[] => [
    ['report', 's3:PutObject', record(key)],
    ['report', 's3:GetObject', record(key)],
  ]),
  ['report', 's3:GetObject', record(looked)],
  ['report', 's3:GetObject', record(testKey(test, 'passed'))],
  ...['kms:GenerateDataKey', 'kms:Decrypt'].flatMap((name): Request[] => [
    ['report', name, ARNS.Key ?? '', inService('s3')],
    ['report', name, ARNS.Key ?? '', inService('sns')],
  ]),
);

const words = ([who, action, resource, context]: Request) =>
  `${who} ${action} ${resource}${context === undefined ? '' : ` ${JSON.stringify(context)}`}`;

it.each(CALLS.map((request) => ({ request, said: words(request) })))('allows $said', async ({ request }) => {
  expect(await answer(request)).toBe('Allowed');
});

const anothers = { [`aws:ResourceTag/${TAG.owner}`]: 'another' };
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
  ['nor are those taken by hand', 'copy', 'rds:DeleteDBSnapshot', byHand, carrying],
  ['without our tag', 'copy', 'rds:DeleteDBSnapshot', underAnotherKey(HOME)],
  ['of another installation', 'copy', 'rds:DeleteDBSnapshot', underAnotherKey(HOME), anothers],
  [
    'named like the database of a slot',
    'copy',
    'rds:DeleteDBSnapshot',
    arn(HOME, `snapshot:${slotName('down-under', at('2026-03-01 09:00'))}`),
    carrying,
  ],
  ['under a name that is not ours', 'copy', 'rds:CopyDBSnapshot', theirs(HOME), asking],
  ['theirs would become ours, and go', 'copy', 'rds:AddTagsToResource', theirs(HOME), asking],
  ['without our tag', 'copy', 'rds:AddTagsToResource', underAnotherKey(HOME)],
  ['not a region of the policy', 'copy', 'rds:CopyDBSnapshot', underAnotherKey(ELSEWHERE), asking],
  ['not a region of the policy', 'copy', 'rds:DescribeDBSnapshots', ours(ELSEWHERE)],
  ['for itself, past RDS', 'copy', 'kms:CreateGrant', key(AWAY), { 'kms:GrantIsForAWSResource': 'false' }],
  ['for another service', 'copy', 'kms:CreateGrant', key(AWAY), through(`ec2.${AWAY}.amazonaws.com`)],
  ['in another region', 'copy', 'kms:CreateGrant', key(ELSEWHERE), through(`rds.${ELSEWHERE}.amazonaws.com`)],
  ['data is for RDS to read', 'copy', 'kms:Decrypt', key(AWAY)],

  ['without our tag', 'prune', 'rds:DeleteDBSnapshot', ours(HOME)],
  ['without our tag', 'prune', 'rds:DeleteDBSnapshot', theirs(HOME)],
  ['with our tag, but not under our name', 'prune', 'rds:DeleteDBSnapshot', theirs(HOME), carrying],
  ['of another installation', 'prune', 'rds:DeleteDBSnapshot', ours(HOME), anothers],
  ['not a region of the policy', 'prune', 'rds:DeleteDBSnapshot', ours(ELSEWHERE), carrying],
  ['it could make its own prey', 'prune', 'rds:AddTagsToResource', ours(HOME), asking],
  ['it takes none', 'prune', 'rds:CreateDBSnapshot', ours(HOME), asking],

  ...CHANGES.flatMap((name): [string, ...Request][] => [
    ['neither tagged nor named', 'rotate', name, key(HOME)],
    ['of another installation', 'rotate', name, key(HOME), anothers],
    ['named by nobody', 'rotate', name, key(HOME), named('alias/another')],
    ['named after ours', 'rotate', name, key(HOME), named('alias/holdfast-2')],
    ['neither tagged nor named', 'rotate', name, multiRegionKey(ELSEWHERE)],
    ['of another installation', 'rotate', name, multiRegionKey(ELSEWHERE), anothers],
    ['named by nobody', 'rotate', name, multiRegionKey(ELSEWHERE), named('alias/another')],
    // Nothing of ours hangs on it: only primaries are changed outside of the policy's regions.
    ['not a region of the policy', 'rotate', name, key(ELSEWHERE), carrying],
    ['not a region of the policy', 'rotate', name, key(ELSEWHERE), named('alias/holdfast')],
    ['named like a primary in its alias', 'rotate', name, key(ELSEWHERE), named('alias/mrk-holdfast')],
    [
      'tagged, and of another account',
      'rotate',
      name,
      key(HOME).replace(PLACE.account, '4'.repeat(12)),
      carrying,
    ],
  ]),
  ...['TagResource', 'PutKeyPolicy', 'DisableKeyRotation', 'ReplicateKey', 'UpdatePrimaryRegion'].map(
    (name): [string, ...Request] => [
      'more than it needs',
      'rotate',
      `kms:${name}`,
      multiRegionKey(HOME),
      { ...carrying, ...named('alias/holdfast'), ...asking },
    ],
  ),
  ['it could make a key its own', 'rotate', 'kms:CreateAlias', arn(HOME, 'alias/holdfast', 'kms')],
  ['it only looks', 'rotate', 'rds:CopyDBSnapshot', ours(HOME), asking],
  ['it only looks', 'rotate', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['it only looks', 'rotate', 'rds:StartDBInstance', database(HOME)],
  ['not a region of the policy', 'rotate', 'rds:DescribeDBInstances', database(ELSEWHERE)],
  ['not a region of the policy', 'rotate', 'rds:DescribeDBSnapshots', ours(ELSEWHERE)],
  ['not a region of the policy', 'rotate', 'kms:DescribeKey', key(ELSEWHERE)],
  ['not a region of the policy', 'rotate', 'kms:ListAliases', '*', { 'aws:RequestedRegion': ELSEWHERE }],
  ['not the topic of notices', 'rotate', 'sns:GetTopicAttributes', topic('orders')],
  ['notices stay with those they are for', 'rotate', 'sns:Subscribe', topic('holdfast-prod-notices')],
  ['evidence is read by others', 'rotate', 's3:GetObject', record(looked)],
  ['evidence stays encrypted', 'rotate', 's3:PutEncryptionConfiguration', bucket],

  ['not a region of the policy', 'inspect', 'rds:DescribeDBInstances', database(ELSEWHERE)],
  ['not a region of the policy', 'inspect', 'rds-db:connect', signIn(ELSEWHERE, INSPECTOR)],
  ['as the owner of the data', 'inspect', 'rds-db:connect', signIn(HOME, 'qrosity')],
  ['under a name that ends like its own', 'inspect', 'rds-db:connect', signIn(HOME, `another_${INSPECTOR}`)],
  ['verdicts are for restore tests to write', 'inspect', 's3:PutObject', record(testKey(test, 'passed'))],
  ['evidence stays', 'inspect', 's3:DeleteObject', record(looked)],
  ['evidence stays', 'inspect', 's3:DeleteObjectVersion', record(looked)],
  ['a lock stays', 'inspect', 's3:PutObjectRetention', record(looked)],
  ['a lock stays', 'inspect', 's3:BypassGovernanceRetention', record(looked)],
  ['no other bucket', 'inspect', 's3:PutObject', 'arn:aws:s3:::elsewhere/inspections/x'],
  ['no other bucket', 'inspect', 's3:ListBucket', 'arn:aws:s3:::elsewhere'],
  ['past S3', 'inspect', 'kms:Decrypt', ARNS.Key ?? ''],
  ['through another service', 'inspect', 'kms:Decrypt', ARNS.Key ?? '', through(`rds.${HOME}.amazonaws.com`)],
  ['another key', 'inspect', 'kms:Decrypt', key(HOME), { 'kms:ViaService': `s3.${HOME}.amazonaws.com` }],
  ['it only looks', 'inspect', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['it only looks', 'inspect', 'rds:AddTagsToResource', database(HOME), asking],
  ['networks are not its own', 'inspect', 'ec2:ModifyNetworkInterfaceAttribute', networkInterface],

  ['a database is no test', 'test', 'rds:DeleteDBInstance', database(HOME), underTest],
  ['a database is no test', 'test', 'rds:ModifyDBInstance', database(HOME), underTest],
  ['named like a test, and not tagged', 'test', 'rds:DeleteDBInstance', testInstance(HOME)],
  ['without the tag of a test', 'test', 'rds:DeleteDBInstance', testInstance(HOME), carrying],
  [
    'of another installation',
    'test',
    'rds:DeleteDBInstance',
    testInstance(HOME),
    { ...underTest, ...anothers },
  ],
  ['not a region of the policy', 'test', 'rds:DeleteDBInstance', testInstance(ELSEWHERE), underTest],
  ['it would be backed up', 'test', 'rds:RestoreDBInstanceFromDBSnapshot', testInstance(HOME), asking],
  ['nobody would find it', 'test', 'rds:RestoreDBInstanceFromDBSnapshot', testInstance(HOME)],
  ['under the name of a database', 'test', 'rds:RestoreDBInstanceFromDBSnapshot', database(HOME), testing],
  ['a database would become its prey', 'test', 'rds:AddTagsToResource', database(HOME), testing],
  [
    'theirs would become ours',
    'test',
    'rds:AddTagsToResource',
    theirs(HOME),
    { ...carrying, 'aws:TagKeys': [TAG.underTest] },
  ],
  ['not ours', 'test', 'rds:AddTagsToResource', ours(HOME), { 'aws:TagKeys': [TAG.underTest] }],
  [
    'it may go then',
    'test',
    'rds:AddTagsToResource',
    ours(HOME),
    { ...carrying, 'aws:TagKeys': [TAG.release] },
  ],
  [
    "a hold is a person's",
    'test',
    'rds:RemoveTagsFromResource',
    ours(HOME),
    { ...carrying, 'aws:TagKeys': [TAG.hold] },
  ],
  [
    'ours for ever',
    'test',
    'rds:RemoveTagsFromResource',
    ours(HOME),
    { ...carrying, 'aws:TagKeys': [TAG.owner, TAG.underTest] },
  ],
  ['backups stay', 'test', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['it signs in to nothing', 'test', 'rds-db:connect', signIn(HOME, INSPECTOR)],
  ['what was found is not its own to write', 'test', 's3:PutObject', record(foundKey(test))],
  ['nor what is found in live ones', 'test', 's3:PutObject', record(looked)],
  ['nor why one was not', 'test', 's3:PutObject', record(neverLooked)],
  ['evidence stays', 'test', 's3:DeleteObject', record(testKey(test, 'passed'))],

  ...['DescribeDBInstances', 'DescribeDBSnapshots', 'DescribeDBSnapshotAttributes'].map(
    (name): [string, ...Request] => [
      'not a region of the policy',
      'report',
      `rds:${name}`,
      name === 'DescribeDBInstances' ? database(ELSEWHERE) : ours(ELSEWHERE),
    ],
  ),
  ['not a region of the policy', 'report', 'kms:DescribeKey', key(ELSEWHERE)],
  ['home only', 'report', 'rds:DescribeDBParameters', arn(AWAY, 'pg:qrosity')],
  ...['DescribeDBMajorEngineVersions', 'DescribeCertificates', 'DescribePendingMaintenanceActions'].map(
    (name): [string, ...Request] => [
      'home only',
      'report',
      `rds:${name}`,
      name === 'DescribePendingMaintenanceActions' ? database(AWAY) : '*',
      { 'aws:RequestedRegion': AWAY },
    ],
  ),
  ['home only', 'report', 'cloudwatch:DescribeAlarms', arn(AWAY, 'alarm:*', 'cloudwatch')],
  ['alarms stay as they are', 'report', 'cloudwatch:DisableAlarmActions', arn(HOME, 'alarm:x', 'cloudwatch')],
  ['alarms stay as they are', 'report', 'cloudwatch:SetAlarmState', arn(HOME, 'alarm:x', 'cloudwatch')],
  ['it only looks', 'report', 'rds:CopyDBSnapshot', ours(HOME), asking],
  ['it only looks', 'report', 'rds:CreateDBSnapshot', ours(HOME), asking],
  ['it only looks', 'report', 'rds:DeleteDBSnapshot', ours(HOME), carrying],
  ['it only looks', 'report', 'rds:AddTagsToResource', ours(HOME), asking],
  ...CHANGES.map((name): [string, ...Request] => [
    'keys are for rotate-keys',
    'report',
    name,
    key(HOME),
    { ...carrying, ...named('alias/holdfast') },
  ]),
  ['it signs in to nothing', 'report', 'rds-db:connect', signIn(HOME, INSPECTOR)],
  ['nobody else', 'report', 'sns:Publish', topic('orders')],
  ['nobody else', 'report', 'sns:Publish', topic('holdfast-test-notices')],
  ['nobody else', 'report', 'sns:Publish', topic('holdfast-prod-notices', AWAY)],
  ['notices stay with those they are for', 'report', 'sns:Subscribe', topic('holdfast-prod-notices')],
  ['notices stay encrypted', 'report', 'sns:SetTopicAttributes', topic('holdfast-prod-notices')],
  ["in another's name", 'report', 'events:PutEvents', bus('default'), from('aws.rds')],
  ["in another's name, too", 'report', 'events:PutEvents', bus('default'), from('holdfast', 'orders')],
  ['in no name', 'report', 'events:PutEvents', bus('default')],
  ['another bus', 'report', 'events:PutEvents', bus('orders'), from('holdfast')],
  ['another region', 'report', 'events:PutEvents', bus('default', AWAY), from('holdfast')],
  ...[
    looked,
    neverLooked,
    foundKey(test),
    unableKey(test, 'denied'),
    testKey(test, 'passed'),
    'elsewhere.json',
  ].map((key): [string, ...Request] => ['not its own to write', 'report', 's3:PutObject', record(key)]),
  ['nothing that it judges by', 'report', 's3:GetObject', record(foundKey(test))],
  ...KEPT.flatMap((key): [string, ...Request][] => [
    ['evidence stays', 'report', 's3:DeleteObject', record(key)],
    ['evidence stays', 'report', 's3:DeleteObjectVersion', record(key)],
    ['a lock stays', 'report', 's3:PutObjectRetention', record(key)],
    ['a lock stays', 'report', 's3:BypassGovernanceRetention', record(key)],
  ]),
  ...['PutBucketObjectLockConfiguration', 'PutBucketVersioning', 'PutEncryptionConfiguration'].map(
    (name): [string, ...Request] => ['it only looks', 'report', `s3:${name}`, bucket],
  ),
  ['no other bucket', 'report', 's3:PutObject', 'arn:aws:s3:::elsewhere/findings/000000000042.json'],
  ['no other bucket', 'report', 's3:GetBucketVersioning', 'arn:aws:s3:::elsewhere'],
  ['past S3 and SNS', 'report', 'kms:Decrypt', ARNS.Key ?? ''],
  ['through another service', 'report', 'kms:Decrypt', ARNS.Key ?? '', inService('rds')],
  ['another key', 'report', 'kms:Decrypt', key(HOME), inService('s3')],
  ['another key', 'report', 'kms:Decrypt', key(HOME), inService('sns')],
  // Of the others, none writes or tells what report-compliance does.
  ...EVERYBODY.filter((who) => who !== 'report').flatMap((who): [string, ...Request][] => [
    ...KEPT.map((key): [string, ...Request] => ['not its own to write', who, 's3:PutObject', record(key)]),
    ['it tells nobody itself', who, 'sns:Publish', topic('holdfast-prod-notices')],
    ['it tells nobody itself', who, 'events:PutEvents', bus('default'), from('holdfast')],
  ]),

  ...EVERYBODY.flatMap((who): [string, ...Request][] => [
    ['databases are not touched', who, 'rds:DeleteDBInstance', database(HOME)],
    ['databases are not touched', who, 'rds:ModifyDBInstance', database(HOME)],
    ['databases are not touched', who, 'rds:RebootDBInstance', database(HOME)],
    ['backups stay in the account', who, 'rds:ModifyDBSnapshotAttribute', ours(HOME), carrying],
    ['holds stand until a person takes them away', who, 'rds:RemoveTagsFromResource', ours(HOME), carrying],
    ['a deleted key takes every backup along', who, 'kms:ScheduleKeyDeletion', key(AWAY), carrying],
    ['a disabled key blocks every restore', who, 'kms:DisableKey', key(AWAY), carrying],
    ['data is not read', who, 'kms:Decrypt', key(AWAY), carrying],
  ]),
];

const harm = HARM.map(([why, ...request]) => ({ request, said: `${words(request)} (${why})` }));

it.each(harm)('denies $said', async ({ request }) => {
  expect(await answer(request)).toBe('ImplicitlyDenied');
});

it('denies its own code the network interfaces that Lambda makes for it', async () => {
  for (const name of ['CreateNetworkInterface', 'DeleteNetworkInterface', 'AssignPrivateIpAddresses'])
    expect(await answer(['inspect', `ec2:${name}`, networkInterface, ofItsOwnCode])).toBe('ExplicitlyDenied');
  for (const name of ['DescribeNetworkInterfaces', 'DescribeSubnets'])
    expect(await answer(['inspect', `ec2:${name}`, '*', ofItsOwnCode])).toBe('ExplicitlyDenied');
});

it('lets report-compliance ask what maintenance is pending, which AWS takes for a question about everything', () => {
  // A statement that names db:* and cluster:* is refused (qonto/prometheus-rds-exporter, issue 96); the simulator, which
  // goes by AWS's list, would allow it.
  const [only, ...others] = policyOf(roleOf('report')).Statement.filter(({ Action }) =>
    [Action].flat().includes('rds:DescribePendingMaintenanceActions'),
  );
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    Effect: 'Allow',
    Resource: '*',
    Condition: { StringEquals: { 'aws:RequestedRegion': HOME } },
  });
});

it('lets report-compliance look at every alarm at home, which CloudWatch asks for whatever the prefix', () => {
  // Refused on alarm:* where the statement names less (aws-samples/amazon-cloudwatch-auto-alarms, issue 1); the simulator
  // takes the asterisk of a request for any name.
  expect(
    policyOf(roleOf('report')).Statement.filter(({ Action }) => Action === 'cloudwatch:DescribeAlarms'),
  ).toMatchObject([{ Effect: 'Allow', Resource: arn(HOME, 'alarm:*', 'cloudwatch') }]);
});

describe('report-compliance and Security Hub', () => {
  const anyOther = {
    'Severity.Label': 'LOW',
    VerificationState: 'FALSE_POSITIVE',
    Types: 'x',
    Confidence: '0',
  };
  const more = {
    ...anyOther,
    Criticality: '0',
    'Severity.Normalized': '0',
    'Severity.Product': '0',
    'Note.Text': 'not so bad',
    'Note.UpdatedBy': 'nobody',
    RelatedFindings: 'x',
    'UserDefinedFields.key': 'x',
    'UserDefinedFields.value': 'x',
  };
  const handingIn: Request[] = [
    ['report', 'securityhub:BatchImportFindings', product],
    ['report', 'securityhub:GetFindings', hub],
    ...['NEW', 'SUPPRESSED', 'RESOLVED'].map(
      (to): Request => [
        'report',
        'securityhub:BatchUpdateFindings',
        hub,
        changing({ 'Workflow.Status': to }),
      ],
    ),
  ];
  const harmful: [why: string, ...Request][] = [
    [
      "in another product's name",
      'report',
      'securityhub:BatchImportFindings',
      product.replace(`product/${PLACE.account}/default`, 'product/aws/guardduty'),
    ],
    [
      "in another account's name",
      'report',
      'securityhub:BatchImportFindings',
      product.replace(`product/${PLACE.account}`, 'product/444455556666'),
    ],
    [
      'in another region',
      'report',
      'securityhub:BatchImportFindings',
      productArn({ account: PLACE.account, home: AWAY }),
    ],
    ['in another region', 'report', 'securityhub:GetFindings', arn(AWAY, 'hub/default', 'securityhub')],
    [
      'in another region',
      'report',
      'securityhub:BatchUpdateFindings',
      arn(AWAY, 'hub/default', 'securityhub'),
      changing({ 'Workflow.Status': 'NEW' }),
    ],
    [
      'only people say so',
      'report',
      'securityhub:BatchUpdateFindings',
      hub,
      changing({ 'Workflow.Status': 'NOTIFIED' }),
    ],
    ['nothing at all', 'report', 'securityhub:BatchUpdateFindings', hub],
    ...Object.entries(more).flatMap(([field, value]): [string, ...Request][] => [
      [
        'no other field',
        'report',
        'securityhub:BatchUpdateFindings',
        hub,
        changing({ 'Workflow.Status': 'RESOLVED', [field]: value }),
      ],
      [
        'no other field alone',
        'report',
        'securityhub:BatchUpdateFindings',
        hub,
        changing({ [field]: value }),
      ],
    ]),
    ['it stays on', 'report', 'securityhub:DisableSecurityHub', '*'],
    [
      'nobody hides what is found',
      'report',
      'securityhub:CreateAutomationRule',
      '*',
      { 'aws:RequestedRegion': HOME },
    ],
  ];
  const said = (request: Request) => ({ request, said: words(request) });
  const wanted = policyOf(roleOf('report'), withHub);

  it.each(handingIn.map(said))('allows $said where the policy wants it', async ({ request }) => {
    expect(await answer(request, wanted)).toBe('Allowed');
  });

  it.each(handingIn.map(said))('denies $said where it does not', async ({ request }) => {
    expect(await answer(request)).toBe('ExplicitlyDenied');
  });

  it.each(harmful.map(([why, ...request]) => ({ request, said: `${words(request)} (${why})` })))(
    'denies $said even then',
    async ({ request }) => {
      expect(await answer(request, wanted)).toBe('ImplicitlyDenied');
    },
  );

  it('changes nothing about any other statement, nor about any other role', () => {
    for (const role of [...EVERYBODY.map(roleOf), 'SchedulesRole']) {
      const others = (deployed: typeof resources) =>
        policyOf(role, deployed).Statement.filter(
          ({ Action }) => !/^securityhub:/.test([Action].flat().join()),
        );
      expect(others(withHub)).toEqual(others(resources));
      if (role !== roleOf('report'))
        expect(policyOf(role)).toEqual({ ...policyOf(role), Statement: others(resources) });
    }
  });
});

it('allows a change of the keys that the policy names by id, in their own region', async () => {
  const keys = [key(HOME), multiRegionKey(HOME)].map((one) => one.replace(/.*key\//, ''));
  const also = (named: string[]) => ({ keys: { rotateEvery: 365 * DAY, rescue: false, also: named } });
  const { keyArns } = fromPolicy({ ...policy, policies: { gold: protection(also(keys)) } });
  const Statement = policyOf(roleOf('rotate')).Statement.map((one) =>
    one.Sid === 'ChangeKeysThatThePolicyNamesById' ? { ...one, Resource: filledIn(keyArns, HOME) } : one,
  );
  const judged = async (name: string, resource: string) => answer(['rotate', name, resource], { Statement });
  for (const name of CHANGES) {
    expect([name, await judged(name, key(HOME))]).toEqual([name, 'Allowed']);
    expect([name, await judged(name, key(AWAY))]).toEqual([name, 'ImplicitlyDenied']);
    expect([name, await judged(name, multiRegionKey(ELSEWHERE))]).toEqual([name, 'Allowed']);
  }
});

describe('rotate-keys and a policy that wants no key rescued', () => {
  const without = (() => {
    const document = parseDocument(readFileSync(resolve(ROOT, 'policy.yml'), 'utf8'));
    document.setIn(['policies', 'gold', 'keys', 'rescue'], false);
    return serviceWith(document.toString()).resources.Resources;
  })();
  const changes: [resource: string, context: Context][] = [
    [key(HOME), carrying],
    [key(AWAY), carrying],
    [multiRegionKey(ELSEWHERE), carrying],
    [key(HOME), named('alias/holdfast')],
    [multiRegionKey(ELSEWHERE), named('alias/holdfast')],
    [ARNS.Key ?? '', {}],
  ];
  const judged = changes.flatMap(([resource, context]) =>
    CHANGES.map((name): Request => ['rotate', name, resource, context]),
  );

  it.each(judged.map((request) => ({ request, said: words(request) })))(
    'judges $said',
    async ({ request }) => {
      const [, name] = request;
      const role = policyOf(roleOf('rotate'), without);
      expect(await answer(request, role)).toBe(RESCUE.includes(name) ? 'ImplicitlyDenied' : 'Allowed');
      // Where the policy wants it, everything of this is allowed.
      expect(await answer(request)).toBe('Allowed');
    },
  );

  it('leaves no statement without actions, and changes nothing else about any role', () => {
    const statements = (role: string, deployed: typeof resources) =>
      policyOf(role, deployed).Statement.map((one) => ({
        ...one,
        Action: [one.Action].flat().filter((action) => !RESCUE.includes(action)),
      }));
    for (const role of [...EVERYBODY.map(roleOf), 'SchedulesRole']) {
      expect(statements(role, without)).toEqual(statements(role, resources));
      expect(statements(role, without).filter(({ Action }) => Action.length === 0)).toEqual([]);
    }
  });
});

it('gives no right to a key of ours that another account has given its ARN to', async () => {
  const theirs = key(AWAY).replace(PLACE.account, '444455556666');
  const keys = { rotateEvery: 365 * DAY, rescue: true, also: [theirs] };
  const { keyArns } = fromPolicy({ ...policy, policies: { gold: protection({ keys }) } });
  const Statement = policyOf(roleOf('rotate')).Statement.map((one) =>
    one.Sid === 'ChangeKeysThatThePolicyNamesById' ? { ...one, Resource: filledIn(keyArns, HOME) } : one,
  );
  for (const name of CHANGES)
    expect([name, await answer(['rotate', name, key(AWAY)], { Statement })]).toEqual([
      name,
      'ImplicitlyDenied',
    ]);
});

/** Calls that IAM knows by another name. */
const OTHERWISE: Readonly<Record<string, string>> = {
  's3:ListObjectsV2': 's3:ListBucket',
  's3:GetObjectLockConfiguration': 's3:GetBucketObjectLockConfiguration',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  'eventbridge:PutEvents': 'events:PutEvents',
};

it('allows what every adapter of a function calls, and no more', () => {
  const composed = readdirSync(resolve(ROOT, 'functions')).flatMap((name) => {
    const handler = readFileSync(resolve(ROOT, 'functions', name, 'handler.ts'), 'utf8');
    return [...handler.matchAll(/shared\/aws\/([\w-]+)'/g)].map(([, file]) => `${file}.ts`);
  });
  const called = [...new Set(composed)].flatMap((file) => {
    const source = readFileSync(resolve(ROOT, 'shared', 'aws', file), 'utf8');
    const commands = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name);
    const services = [...source.matchAll(/from '@aws-sdk\/client-(\w+)'/g)].map(([, name]) => name);
    // Of two services in one file, it could not be told which one a call goes to.
    if (commands.length > 0) expect([file, services]).toEqual([file, [expect.any(String)]]);
    return commands.map((name) => OTHERWISE[`${services[0]}:${name}`] ?? `${services[0]}:${name}`);
  });
  const implied = [
    // What AWS asks for besides, when tags are given and when RDS and S3 use a key for us.
    ...['rds:AddTagsToResource', 'kms:CreateGrant', 'kms:GenerateDataKey', 'kms:Decrypt'],
    // Asked by the server that a token is shown to.
    'rds-db:connect',
  ];
  const allowed = EVERYBODY.flatMap((who) => policyOf(roleOf(who), withHub).Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action)
    // What Lambda does in a function's name.
    .filter((action) => !/^(logs|sqs|ec2):/.test(action));
  expect([...new Set(allowed)].sort()).toEqual([...new Set([...called, ...implied])].sort());
});

it('lets a copy name an option group in each region, which the simulator knows nothing of', () => {
  expect(
    policyOf(roleOf('copy')).Statement.filter(({ Resource }) => Resource === arn('*', 'og:*')),
  ).toMatchObject([
    {
      Action: 'rds:CopyDBSnapshot',
      Condition: { StringEquals: { 'aws:RequestedRegion': [HOME, ...COPY_REGIONS], ...asking } },
    },
  ]);
});

/** Actions that AWS knows resources for, and are asked for of all of them nevertheless. */
const OF_EVERY_RESOURCE = [
  // By Lambda, which checks before there are any (deploy/inspect-database.yml).
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
  // Of all instances at once (deploy/report-compliance.yml).
  'rds:DescribePendingMaintenanceActions',
];

it('asks for every action by name, and for every resource where AWS knows none only', async () => {
  for (const role of [...EVERYBODY.map(roleOf), 'SchedulesRole']) {
    for (const { Action, Resource } of policyOf(role).Statement) {
      for (const action of [Action].flat()) {
        const [prefix = '', name = ''] = action.split(':');
        expect(action).not.toContain('*');
        if ([Resource].flat().includes('*') && !OF_EVERY_RESOURCE.includes(action)) {
          expect([role, action, await isWildcardOnlyAction(prefix, name)]).toEqual([role, action, true]);
        }
      }
    }
  }
});

it('keeps each function to its own log group and to the queue of failed runs', () => {
  for (const who of EVERYBODY) {
    const besides = policyOf(roleOf(who)).Statement.filter(({ Action }) =>
      /^(logs|sqs):/.test([Action].flat().join()),
    );
    expect(besides.map(({ Action, Resource }) => ({ Action, Resource }))).toEqual([
      { Action: 'sqs:SendMessage', Resource: arn(HOME, 'FailedRuns', 'made-up') },
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: arn(HOME, `log-group:/aws/lambda/holdfast-prod-${NAMES[who]}:*`, 'logs'),
      },
    ]);
  }
});

it('lets the schedules invoke the functions, and nobody else take their role', () => {
  expect(policyOf('SchedulesRole').Statement[0]).toMatchObject({
    Action: 'lambda:InvokeFunction',
    Resource: EVERYBODY.map((who) => arn(HOME, `${logical(NAMES[who])}LambdaFunction`, 'made-up')),
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

// What serverless.yml takes from policy.yml: `${file(deploy/from-policy.cjs):home}`. Read by the parser that the
// functions use, so that packaging refuses a policy that they would refuse, with the same words.
const { require: load } = require('tsx/cjs/api');
const path = require('node:path');

/** @type {typeof import('../shared/runtime/policy-file')} */
const { loadPolicy } = load('../shared/runtime/policy-file.ts', __filename);
/** @type {typeof import('../shared/domain/time')} */
const { DAY } = load('../shared/domain/time.ts', __filename);

/**
 * @param {import('../shared/domain/policy').Policy} policy
 */
function regionsOf({ home, policies }) {
  const away = Object.values(policies).flatMap(({ copies }) => copies.map(({ region }) => region));
  // IAM takes no empty list: without copies, copy-snapshot's role is good for home, where it copies nothing.
  return { home, away: away.length > 0 ? [...new Set(away)].sort() : [home] };
}

/** For `Fn::Sub`: which account is ours is known at the deployment, and not before. */
const OURS = `\${AWS::AccountId}`;

/**
 * The keys that the policy names: those of the copies, and those of `keys.also`. Where no account is named, it is ours.
 * @param {import('../shared/domain/policy').Policy} policy
 */
function namedKeys({ home, policies }) {
  const named = Object.values(policies).flatMap(({ copies, keys }) => [
    ...copies.flatMap(({ region, key }) => (key === null ? [] : [{ region, key }])),
    ...keys.also.map((key) => ({ region: home, key })),
  ]);
  return named.map(({ region, key }) => {
    const [, , , itsRegion = region, account = OURS, name = key] = key.split(':');
    return { region: itsRegion, account, name };
  });
}

/**
 * For `kms:ResourceAliases`. That of the stack's own key is always there: IAM takes no empty list. AWS's aliases lead
 * to keys that nobody but AWS changes.
 *
 * Of an alias's ARN the name alone can be a condition. One of another account therefore speaks of our key of the same
 * name, if there is one: it cannot be told from an alias of ours before the deployment, and those have to work. Nothing
 * but a rotation or a rescue can come of it. Where even that is too much, the ARN of the key itself says which one is
 * meant (docs/deploy.md).
 * @param {import('../shared/domain/policy').Policy} policy
 */
function keyAliases(policy) {
  const names = namedKeys(policy).map(({ name }) => name);
  const aliases = names.filter((name) => name.startsWith('alias/') && !name.startsWith('alias/aws/'));
  return [...new Set(['alias/holdfast', ...aliases])].sort();
}

/**
 * The keys named by id or ARN, as resources. The ARN of a key of another account stays one: it gives us nothing, since
 * KMS lets no other account change a key, where our own account in its place would speak of a key that nobody named. A
 * multi-Region key is rotated where its primary lies, which can be any region. The stack's own key stands first: IAM
 * takes no empty list.
 * @param {import('../shared/domain/policy').Policy} policy
 */
function keyArns(policy) {
  const arns = namedKeys(policy)
    .filter(({ name }) => !name.startsWith('alias/'))
    .map(({ name, ...place }) => ({ ...place, id: name.replace(/^key\//, '') }))
    .map(({ region, account, id }) => `kms:${id.startsWith('mrk-') ? '*' : region}:${account}:key/${id}`);
  return [
    { 'Fn::GetAtt': ['Key', 'Arn'] },
    ...[...new Set(arns)].sort().map((arn) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${arn}` })),
  ];
}

/**
 * What rotate-keys may do to a key: bring one back only where any of the policies wants it. A list, for it is never
 * empty: a statement of its own for the rescue would be one without actions where nobody wants it.
 * @param {import('../shared/domain/policy').Policy} policy
 */
function keyChanges({ policies }) {
  const rescue = Object.values(policies).some(({ keys }) => keys.rescue);
  const rotation = ['kms:EnableKeyRotation', 'kms:RotateKeyOnDemand'];
  return rescue ? [...rotation, 'kms:CancelKeyDeletion', 'kms:EnableKey'] : rotation;
}

/**
 * Whom inspect-database may sign in as: the users of the inspections, in the regions of the policy. Of every instance
 * there, since those of restore tests are yet to be made; RDS asks for the rest of the name, which is the user.
 * @param {import('../shared/domain/policy').Policy} policy
 * @param {readonly string[]} regions
 */
function databaseUsers({ policies }, regions) {
  const named = Object.values(policies).flatMap(({ inspection }) =>
    inspection === null ? [] : [inspection.user],
  );
  // IAM takes no empty list: without inspections, the role is good for the user that they would have.
  const users = named.length > 0 ? [...new Set(named)].sort() : ['holdfast_inspector'];
  return regions.flatMap((region) =>
    users.map((user) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:rds-db:${region}:\${AWS::AccountId}:dbuser:*/${user}`,
    })),
  );
}

/**
 * @param {import('../shared/domain/policy').Policy} policy
 */
function fromPolicy(policy) {
  const { home, away } = regionsOf(policy);
  const all = [...new Set([home, ...away])];
  const { network } = policy;
  return {
    home,
    /** The value of `holdfast:owner` on everything that is ours. */
    owner: policy.name,
    copyRegions: away,
    regions: all,
    /** For `kms:ViaService`: RDS in each of the regions. */
    rdsInRegions: all.map((region) => `rds.${region}.amazonaws.com`),
    keyAliases: keyAliases(policy),
    keyArns: keyArns(policy),
    keyChanges: keyChanges(policy),
    databaseUsers: databaseUsers(policy, all),
    /** Where inspect-database runs; null takes it out of any VPC. */
    vpc: network === null ? null : { subnetIds: network.subnets, securityGroupIds: network.securityGroups },
    /** What becomes of Lambda's wish to make network interfaces for it. */
    networkInterfaces: network === null ? 'Deny' : 'Allow',
    /** What becomes of report-compliance's calls to Security Hub. */
    securityHub: policy.compliance.securityHub ? 'Allow' : 'Deny',
    /** SEC-2: the shortest period that any of the policies promises. */
    rotationDays: Math.min(...Object.values(policy.policies).map(({ keys }) => keys.rotateEvery)) / DAY,
  };
}

// The one that is packaged, whatever POLICY_FILE says on the machine that deploys.
module.exports = () => fromPolicy(loadPolicy(path.join(__dirname, '..', 'policy.yml')));
// For the tests, which have other policies as well.
module.exports.fromPolicy = fromPolicy;

import type { CopyTarget, InspectionRules, KeyRules } from '../../shared/domain/policy';
import { DAY } from '../../shared/domain/time';
import { AWAY, copyTarget, HOME, policy, protection } from '../support/builders';
import { filledIn, fromPolicy, PLACE } from './service';

/**
 * What the roles take from a policy: the keys that it names, the users that look, the network that they look from, and
 * whether Security Hub hears of it.
 */

const ID = '11112222-3333-4444-5555-666677778888';
const MULTI_REGION = 'mrk-1111222233334444555566667777888f';
const arn = (region: string, what: string, account: string = PLACE.account) =>
  `arn:${PLACE.partition}:kms:${region}:${account}:${what}`;

function taken(copies: readonly Partial<CopyTarget>[], keys: Partial<KeyRules> = {}) {
  const rules = { rotateEvery: 365 * DAY, rescue: false, also: [], ...keys };
  const { keyAliases, keyArns, rotationDays } = fromPolicy(
    policy({ copies: copies.map((fields) => copyTarget(fields)), keys: rules }),
  );
  const [own, ...arns] = keyArns;
  // The stack's own key, so that the list is never empty.
  expect(own).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
  return { aliases: keyAliases, arns: filledIn(arns, HOME), rotationDays };
}

it('names no key but its own where the policy names none', () => {
  expect(taken([])).toEqual({ aliases: ['alias/holdfast'], arns: [], rotationDays: 365 });
  expect(taken([{ key: null }])).toMatchObject({ aliases: ['alias/holdfast'], arns: [] });
});

it('takes aliases from the copies and from keys.also, as names and out of ARNs, each once', () => {
  const also = ['alias/qrosity-db', arn(AWAY, 'alias/reports'), arn(AWAY, 'alias/copies')];
  const { aliases, arns } = taken([{ key: 'alias/copies' }], { also });
  expect(aliases).toEqual(['alias/copies', 'alias/holdfast', 'alias/qrosity-db', 'alias/reports']);
  expect(arns).toEqual([]);
});

it("leaves out the aliases of AWS's own keys, which nobody else can change", () => {
  const { aliases } = taken([{ key: 'alias/aws/rds' }], { also: [arn(HOME, 'alias/aws/rds')] });
  expect(aliases).toEqual(['alias/holdfast']);
});

it('takes an id as a key of the region that it is named for, an ARN as one of its own', () => {
  expect(taken([{ key: ID }])).toMatchObject({ arns: [arn(AWAY, `key/${ID}`)] });
  expect(taken([], { also: [ID] })).toMatchObject({ arns: [arn(HOME, `key/${ID}`)] });
  expect(taken([], { also: [arn(AWAY, `key/${ID}`)] })).toMatchObject({ arns: [arn(AWAY, `key/${ID}`)] });
});

it('takes a multi-Region key in every region: its primary can lie in any', () => {
  const everywhere = [arn('*', `key/${MULTI_REGION}`)];
  expect(taken([{ key: MULTI_REGION }])).toMatchObject({ arns: everywhere });
  expect(taken([], { also: [arn(HOME, `key/${MULTI_REGION}`)] })).toMatchObject({ arns: everywhere });
});

it("makes no key of ours out of another account's ARN", () => {
  const theirs = (what: string) => arn(AWAY, what, '444455556666');
  const { arns } = taken([{ key: theirs(`key/${ID}`) }], { also: [theirs(`key/${MULTI_REGION}`)] });
  expect(arns).toEqual([
    arn('*', `key/${MULTI_REGION}`, '444455556666'),
    arn(AWAY, `key/${ID}`, '444455556666'),
  ]);
});

it("takes the name out of another account's alias, since IAM knows no more of an alias than that", () => {
  expect(taken([{ key: arn(AWAY, 'alias/theirs', '444455556666') }])).toEqual({
    aliases: ['alias/holdfast', 'alias/theirs'],
    arns: [],
    rotationDays: 365,
  });
});

it('lets keys be brought back where one policy wants it, and rotated in any case', () => {
  const rescuing = (...rescue: boolean[]) =>
    fromPolicy(
      policy(
        {},
        {
          policies: Object.fromEntries(
            rescue.map((wanted, index) => [
              `policy-${index}`,
              protection({ keys: { rotateEvery: 365 * DAY, rescue: wanted, also: [] } }),
            ]),
          ),
        },
      ),
    ).keyChanges;
  const rotation = ['kms:EnableKeyRotation', 'kms:RotateKeyOnDemand'];
  expect(rescuing(false, false)).toEqual(rotation);
  expect(rescuing(false, true)).toEqual([...rotation, 'kms:CancelKeyDeletion', 'kms:EnableKey']);
});

it("rotates the stack's own key as often as the strictest policy promises", () => {
  const every = (days: number) => protection({ keys: { rotateEvery: days * DAY, rescue: false, also: [] } });
  const policies = { gold: every(365), silver: every(180), bronze: every(730) };
  expect(fromPolicy(policy({}, { policies })).rotationDays).toBe(180);
});

describe('inspect-database', () => {
  const inspection = (user: string): InspectionRules => ({
    database: 'qrosity',
    user,
    freshness: [],
    quiet: DAY,
    shrink: 0.2,
    volatile: [],
    checks: [],
  });
  const user = (region: string, name: string) =>
    `arn:${PLACE.partition}:rds-db:${region}:${PLACE.account}:dbuser:*/${name}`;

  it('may sign in as the users of the inspections, each once, in every region of the policy', () => {
    const policies = {
      gold: protection({ inspection: inspection('looker'), copies: [copyTarget()] }),
      silver: protection({ inspection: inspection('looker'), copies: [] }),
      bronze: protection({ inspection: inspection('auditor'), copies: [] }),
      plain: protection({ inspection: null, copies: [] }),
    };
    const { databaseUsers } = fromPolicy(policy({}, { policies }));
    expect(filledIn(databaseUsers, HOME)).toEqual([
      user(HOME, 'auditor'),
      user(HOME, 'looker'),
      user(AWAY, 'auditor'),
      user(AWAY, 'looker'),
    ]);
  });

  it('may sign in as somebody where nobody looks, since IAM takes no empty list', () => {
    const { databaseUsers } = fromPolicy(policy({ copies: [] }));
    expect(filledIn(databaseUsers, HOME)).toEqual([user(HOME, 'holdfast_inspector')]);
  });

  it('lies in the network of the policy, and outside of any where it names none', () => {
    const network = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] };
    expect(fromPolicy(policy({}, { network }))).toMatchObject({
      vpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] },
      networkInterfaces: 'Allow',
    });
    expect(fromPolicy(policy())).toMatchObject({ vpc: null, networkInterfaces: 'Deny' });
  });
});

it('lets report-compliance speak to Security Hub where the policy says so, and nowhere else', () => {
  const hub = (securityHub: boolean) => {
    const { compliance, ...others } = policy();
    return fromPolicy({ ...others, compliance: { ...compliance, securityHub } }).securityHub;
  };
  expect([hub(true), hub(false)]).toEqual(['Allow', 'Deny']);
});

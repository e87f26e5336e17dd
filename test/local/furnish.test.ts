import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Cloud, createCloud } from '../../local/cloud';
import { EVIDENCE, makeEvidenceBucket, makePlaces, writeCa } from '../../local/furnish';
import { placesIn } from '../../local/places';
import { codeOf } from './engine/world';

const HOME = 'us-east-1';
/** Of `{}`: S3 wants one for whatever is locked. */
const MD5 = 'mZFLkyvTelC5g8XnyQrpOw==';
const place = (region: string, parameterGroup = 'tests', subnetGroup = 'tests') => ({
  region,
  parameterGroup,
  subnetGroup,
});

let cloud: Cloud;
beforeEach(() => {
  cloud = createCloud();
});

async function groups(region: string): Promise<[string[], string[]]> {
  const { rds } = cloud.region(region);
  const { DBParameterGroups = [] } = await rds.DescribeDBParameterGroups({});
  const { DBSubnetGroups = [] } = await rds.DescribeDBSubnetGroups({});
  return [
    DBParameterGroups.map(({ DBParameterGroupName }) => DBParameterGroupName ?? ''),
    DBSubnetGroups.map(({ DBSubnetGroupName }) => DBSubnetGroupName ?? ''),
  ];
}

describe('places for restore tests', () => {
  it('are made once each, in the regions that are here', async () => {
    await makePlaces(cloud, [place(HOME), place(HOME, 'others'), place('us-west-2'), place('eu-west-1')]);
    expect(await groups(HOME)).toEqual([['others', 'tests'], ['tests']]);
    expect(await groups('us-west-2')).toEqual([['tests'], ['tests']]);
  });

  it('take a restored instance of PostgreSQL, and preload no pg_cron', async () => {
    await makePlaces(cloud, [place(HOME)]);
    const { rds, stage } = cloud.region(HOME);
    stage.snapshots([{ id: 'one', instance: 'db', at: cloud.clock.now() }]);
    const restore = rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'test',
      DBSnapshotIdentifier: 'one',
      DBParameterGroupName: 'tests',
      DBSubnetGroupName: 'tests',
    });
    expect(await codeOf(restore)).toBe('ok');
    const { Parameters = [] } = await rds.DescribeDBParameters({
      DBParameterGroupName: 'tests',
      Source: 'user',
    });
    expect(Parameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue])).toEqual([
      ['shared_preload_libraries', 'pg_stat_statements'],
    ]);
  });

  it("leave RDS's own groups to RDS", async () => {
    await makePlaces(cloud, [place(HOME, 'default.postgres17', 'default')]);
    expect(await groups(HOME)).toEqual([[], []]);
  });
});

describe('the places of a policy file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-places-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    writeFileSync(join(folder, 'policy.yml'), text);
    return placesIn(join(folder, 'policy.yml'));
  };

  it('are those of all policies', () => {
    const text = (region: string) =>
      `{ restoreTest: { places: [{ region: ${region}, subnetGroup: a, parameterGroup: b, securityGroups: [c] }] } }`;
    const { home, places } = read(
      `home: us-east-1\npolicies: { gold: ${text('us-east-1')}, plain: { recovery: 1 }, tin: ${text('us-west-2')}, none: }`,
    );
    expect(home).toBe('us-east-1');
    expect(places.map(({ region }) => region)).toEqual(['us-east-1', 'us-west-2']);
  });

  it.each([
    '',
    'home: 7',
    'policies: { gold: { restoreTest: { places: [] } } }',
    'policies: { gold: { restoreTest: { places: [{ region: us-east-1 }, ] } } }',
  ])('are none where there are none: %j', (text) => {
    expect(read(text)).toEqual({ home: null, places: [] });
  });

  it('are none where there is no file', () => {
    expect(placesIn(join(folder, 'other.yml'))).toEqual({ home: null, places: [] });
  });

  it('are those of this repository', () => {
    expect(placesIn('policy.yml').places.map(({ region }) => region)).toEqual(['us-east-1', 'us-west-2']);
  });
});

describe('the bucket for evidence', () => {
  const put = (region: string) =>
    cloud.region(region).s3.PutObject({ Bucket: EVIDENCE, Key: 'record.json', Body: '{}', ContentMD5: MD5 });

  it.each([HOME, 'us-west-2'])('lies in %s, locked as the stack locks it', async (region) => {
    await makeEvidenceBucket(cloud, region, 'deploy/evidence.yml', null);
    const { ObjectLockRetainUntilDate: until, ...told } = await (async () => {
      await put(region);
      return cloud.region(region).s3.HeadObject({ Bucket: EVIDENCE, Key: 'record.json' });
    })();
    const { Rule } = parse(readFileSync('deploy/evidence.yml', 'utf8')).Resources.EvidenceBucket.Properties
      .ObjectLockConfiguration;
    expect(told.ObjectLockMode).toBe(Rule.DefaultRetention.Mode);
    expect((until?.getTime() ?? 0) - cloud.clock.now()).toBe(Rule.DefaultRetention.Days * 24 * 3_600_000);
  });

  it('takes nothing in without the key that it is to be put under', async () => {
    await makeEvidenceBucket(cloud, HOME, 'deploy/evidence.yml', 'alias/holdfast');
    expect(await codeOf(put(HOME))).toBe('KMS.NotFoundException');
    const { KeyMetadata } = await cloud.region(HOME).kms.CreateKey({});
    await cloud
      .region(HOME)
      .kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: KeyMetadata?.KeyId });
    expect(await put(HOME)).toMatchObject({ SSEKMSKeyId: KeyMetadata?.Arn });
  });
});

it('certificates are written as a file of their own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ca-'));
  expect(readFileSync(writeCa(folder, 'PEM'), 'utf8')).toBe('PEM');
  rmSync(folder, { recursive: true });
});

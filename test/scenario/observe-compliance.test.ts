import { inProcess } from '../../local/wire/in-process';
import { WireError } from '../../local/wire/service';
import { Clients } from '../../shared/aws/clients';
import { CloudWatchAlarms } from '../../shared/aws/cloudwatch-alarms';
import { KmsKeys } from '../../shared/aws/kms-keys';
import { RdsDetails } from '../../shared/aws/rds-details';
import { RdsSharing } from '../../shared/aws/rds-sharing';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { RdsSupport } from '../../shared/aws/rds-support';
import { S3Bucket } from '../../shared/aws/s3-bucket';
import { S3Evidence } from '../../shared/aws/s3-evidence';
import { SnsTopics } from '../../shared/aws/sns-topics';
import { CONTROLS } from '../../shared/domain/controls/all';
import type { Pass } from '../../shared/domain/controls/control';
import type { Part } from '../../shared/domain/controls/part';
import type { Seen } from '../../shared/domain/controls/seen';
import { selectionKept } from '../../shared/domain/controls/selection-kept';
import { evidenceKey } from '../../shared/domain/evidence';
import type { Policy } from '../../shared/domain/policy';
import { testKey } from '../../shared/domain/restore-test';
import { TAG } from '../../shared/domain/tags';
import { DAY, formatInstant, HOUR, MINUTE } from '../../shared/domain/time';
import { type Installed, type ObservePorts, observe } from '../../shared/runtime/compliance/observe';
import { Looks } from '../../shared/runtime/observe';
import { ACCOUNT, AWAY, at, HOME, policy, restoreTest } from '../support/builders';
import { EVIDENCE, World, type WorldOptions } from '../support/world';

// What report-compliance sees of AWS, and with how many calls: its look on the light engine, through the SDK.

const START = at('2026-03-01 09:00');
const INSTALLED: Installed = { deployment: 'holdfast-prod', allowedAccounts: [] };

const INSPECTION = {
  database: 'app',
  user: 'holdfast',
  freshness: [],
  quiet: 12 * HOUR,
  shrink: 0.5,
  volatile: [],
  checks: [],
};

const databases = (count: number) => Array.from({ length: count }, (_, number) => `db-${1000 + number}`);

function promises(ids: readonly string[]): Policy {
  return policy(
    { restoreTest: restoreTest(), inspection: INSPECTION },
    { databases: [{ match: { identifiers: [...ids] }, policy: 'gold' }] },
  );
}

/** Databases with a snapshot and its copy each, a restore test in each region, and a look inside; keys, bucket, alarms. */
async function furnished(ids: readonly string[], options: WorldOptions = {}): Promise<World> {
  const world = new World({
    start: START,
    policy: promises(ids),
    limits: { instances: 1_000, manualSnapshots: 1_000 },
    ...options,
  });
  await world.keys();
  await world.bucket();
  const { stage: home, cloudwatch } = world.region(HOME);
  for (const id of ids) {
    home.instance({ id, key: 'alias/holdfast', backupRetention: 7 });
    const tags = { [TAG.owner]: 'holdfast', [TAG.database]: id, [TAG.policy]: 'gold' };
    home.snapshots([{ id: `s-${id}`, instance: id, at: START - HOUR, key: 'alias/holdfast', tags }]);
    const copyOf = `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:s-${id}`;
    world.region(AWAY).stage.snapshots([
      {
        id: `c-${id}`,
        instance: id,
        at: START - HOUR,
        copied: START - HOUR / 2,
        copyOf,
        key: 'alias/holdfast',
        tags: { ...tags, [TAG.copyOf]: copyOf },
      },
    ]);
    for (const region of [HOME, AWAY]) await keepTest(world, id, region);
    await keepLook(world, id);
  }
  await cloudwatch.PutMetricAlarm({
    AlarmName: 'holdfast-prod-rotate-keys-not-running',
    Namespace: 'AWS/Lambda',
    MetricName: 'Invocations',
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
  });
  world.router.log.reset();
  return world;
}

async function keepTest({ evidence }: World, database: string, region: string): Promise<void> {
  const requested = START - DAY;
  const record = {
    schema: 'holdfast.restore-test/1',
    database,
    region,
    requested: formatInstant(requested),
    at: formatInstant(requested + HOUR),
    installation: 'holdfast',
    verdict: 'passed',
    why: 'all checks passed',
    chosen: `the newest in ${region}`,
    snapshot: { arn: `arn:aws:rds:${region}:${ACCOUNT}:snapshot:x`, recoveryPoint: null },
    instance: null,
    checks: [],
    inspection: null,
    times: null,
    promisedSeconds: 14_400,
    earlier: null,
    forecast: null,
  };
  await evidence.keep(testKey({ database, region, requested }, 'passed'), record);
}

async function keepLook({ evidence }: World, database: string): Promise<void> {
  const record = {
    schema: 'holdfast.inspection/1',
    at: formatInstant(START - HOUR),
    checks: [],
    seconds: { answered: 1, finished: 2 },
    rows: {},
  };
  await evidence.keep(evidenceKey('inspections', database, HOME, START - HOUR, 'daily'), record);
}

function portsOf(world: World): ObservePorts {
  const wired = {
    requestHandler: inProcess(world.router),
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  const clients = new Clients(wired);
  return {
    details: new RdsDetails(clients),
    snapshots: new RdsSnapshots(clients),
    sharing: new RdsSharing(clients),
    support: new RdsSupport(clients),
    keys: new KmsKeys(clients),
    topics: new SnsTopics(wired),
    alarms: new CloudWatchAlarms(wired),
    evidence: new S3Evidence(wired).store(EVIDENCE, HOME),
    bucket: new S3Bucket(wired),
  };
}

async function look(world: World, pass: Pass, installed: Partial<Installed> = {}) {
  const looks = new Looks();
  const context = {
    policy: world.policy,
    now: world.now,
    topics: world.topics,
    evidenceBucket: EVIDENCE,
    timeLeft: () => 5 * MINUTE,
  };
  const seen = await observe(portsOf(world), context, pass, { ...INSTALLED, ...installed }, looks);
  return { seen, told: looks.failed.map(({ subject, reason }) => `${subject.region} ${reason}`).sort() };
}

/** Why a part was not seen; null where it was. */
function unseen(part: Part<unknown> | undefined): string | null {
  if (part === undefined) return 'missing';
  return 'unseen' in part ? part.unseen : null;
}

const only = (seen: Seen) => {
  if (!('seen' in seen.databases)) throw new Error(seen.databases.unseen);
  const [first] = seen.databases.seen;
  if (first === undefined) throw new Error('there is no database');
  return first;
};

/** Every part that is not seen, by its name. */
function blanks(seen: Seen): Record<string, string> {
  const found: Record<string, string> = {};
  const note = (name: string, part: Part<unknown>) => {
    const why = unseen(part);
    if (why !== null) found[name] = why;
  };
  for (const name of ['databases', 'keys', 'evidence', 'alarms', 'engines', 'authorities'] as const) {
    note(name, seen[name]);
  }
  // Drills apart: nothing keeps a record of one in this release.
  for (const name of ['snapshots', 'quotas', 'restoreTests', 'inspections'] as const) {
    for (const [key, part] of seen[name]) note(`${name} ${key}`, part);
  }
  for (const one of 'seen' in seen.databases ? seen.databases.seen : []) {
    for (const name of ['settings', 'tlsForced', 'standbys', 'maintenance'] as const) {
      note(`${name} ${one.database.id}`, one[name]);
    }
  }
  return found;
}

describe('a daily look', () => {
  it('sees everything there is', async () => {
    const world = await furnished(['qrosity-db']);
    world.region(HOME).stage.share('s-qrosity-db', '444455556666');
    world.region(AWAY).stage.instance({ id: 'standby' });
    world.region(AWAY).stage.replica('standby', `arn:aws:rds:${HOME}:${ACCOUNT}:db:qrosity-db`);
    world.region(HOME).stage.maintenance('qrosity-db', { action: 'db-upgrade', forced: START + DAY });
    const { seen, told } = await look(world, 'daily');
    expect(told).toEqual([]);
    expect(blanks(seen)).toEqual({});
    expect(only(seen)).toMatchObject({
      database: { id: 'qrosity-db' },
      settings: { seen: { backupRetentionDays: 7, engineVersion: '17.6' } },
      tlsForced: { seen: true },
      standbys: {
        seen: [{ id: 'standby', region: AWAY, lag: { unseen: 'no metric of it is read in this release' } }],
      },
      maintenance: { seen: [{ action: 'db-upgrade', forced: START + DAY }] },
    });
    expect(seen.snapshots.get(AWAY)).toMatchObject({ seen: [{ id: 'c-qrosity-db' }] });
    expect(Object.fromEntries(seen.sharing)).toEqual({
      [`arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:s-qrosity-db`]: { with: ['444455556666'], asked: START },
      [`arn:aws:rds:${AWAY}:${ACCOUNT}:snapshot:c-qrosity-db`]: { with: [], asked: START },
    });
    expect(seen.quotas.get(HOME)).toEqual({
      seen: { snapshots: { used: 1, most: 1_000 }, instances: { used: 1, most: 1_000 } },
    });
    const tests = seen.restoreTests.get('qrosity-db');
    expect(tests !== undefined && 'seen' in tests && tests.seen.map(({ region }) => region).sort()).toEqual([
      HOME,
      AWAY,
    ]);
    expect(seen.inspections.get('qrosity-db')).toMatchObject({ seen: { at: formatInstant(START - HOUR) } });
    expect(seen.drills.get('qrosity-db')).toEqual({ unseen: 'no drill leaves a record in this release' });
    expect(seen.evidence).toMatchObject({ seen: { bucket: EVIDENCE, versioned: true } });
    expect(seen.alarms).toMatchObject({ seen: [{ name: 'holdfast-prod-rotate-keys-not-running' }] });
    expect('seen' in seen.keys && [...seen.keys.seen.keys.keys()].map((name) => name.split(' ')[0])).toEqual([
      HOME,
      AWAY,
    ]);
    expect('seen' in seen.engines && seen.engines.seen.has('17')).toBe(true);
    expect('seen' in seen.authorities && seen.authorities.seen.has('rds-ca-rsa2048-g1')).toBe(true);
  });

  it('is enough for every control', async () => {
    const { seen } = await look(await furnished(['qrosity-db']), 'daily');
    const judged = CONTROLS.flatMap((control) => control.judge(seen));
    const because = judged.flatMap(({ verdict, found }) => (verdict === 'unknown' ? [found] : []));
    expect(because.filter((why) => /was not looked at|could not be looked at/.test(why))).toEqual([]);
  });

  it('leaves alone what no policy speaks of', async () => {
    const world = await furnished(['qrosity-db']);
    const home = world.region(HOME);
    await home.rds.CreateDBParameterGroup({
      DBParameterGroupName: 'of-others',
      DBParameterGroupFamily: 'postgres17',
      Description: 'of others',
    });
    home.stage.instance({ id: 'of-others', parameterGroup: 'of-others' });
    home.stage.snapshots([
      { id: 'of-others', instance: 'of-others', at: START - HOUR },
      // RDS's own are nobody's to share.
      {
        id: 'rds:nightly',
        instance: 'qrosity-db',
        at: START - HOUR,
        type: 'automated',
        key: 'alias/holdfast',
      },
    ]);
    const { seen } = await look(world, 'daily');
    expect('seen' in seen.databases && seen.databases.seen).toHaveLength(2);
    expect(world.router.log.count({ operation: 'DescribeDBParameters' })).toBe(1);
    expect([...seen.sharing.keys()].sort()).toEqual([
      `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:s-qrosity-db`,
      `arn:aws:rds:${AWAY}:${ACCOUNT}:snapshot:c-qrosity-db`,
    ]);
  });

  it('asks about so many snapshots and no more', async () => {
    const world = await furnished(databases(3));
    const { seen } = await look(world, 'daily', { mostShared: 4 });
    expect(world.router.log.count({ operation: 'DescribeDBSnapshotAttributes' })).toBe(4);
    expect(seen.sharing.size).toBe(4);
  });
});

describe('a light look', () => {
  it('sees recovery points, keys and alarms, and says that it left out the rest', async () => {
    const { seen, told } = await look(await furnished(['qrosity-db']), 'light');
    expect(told).toEqual([]);
    const later = 'only the daily pass looks at it';
    expect(blanks(seen)).toEqual({
      evidence: later,
      engines: later,
      authorities: later,
      'tlsForced qrosity-db': later,
      'maintenance qrosity-db': later,
    });
    expect(seen.snapshots.get(HOME)).toMatchObject({ seen: [{ id: 's-qrosity-db' }] });
    expect([seen.quotas, seen.restoreTests, seen.inspections, seen.sharing].map(({ size }) => size)).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('is enough for every control of its pass', async () => {
    const { seen } = await look(await furnished(['qrosity-db']), 'light');
    const light = CONTROLS.filter(({ pass }) => pass === 'light').flatMap((control) => control.judge(seen));
    const because = light.flatMap(({ verdict, found }) => (verdict === 'unknown' ? [found] : []));
    expect(light.length).toBeGreaterThan(5);
    expect(because.filter((why) => /looked|daily pass/.test(why))).toEqual([]);
  });
});

it('shows at every light look, without a call more, a database that no policy selects any more', async () => {
  const world = await furnished(['qrosity-db']);
  world.policy = { ...world.policy, databases: [{ match: { tags: { holdfast: 'gold' } }, policy: 'gold' }] };
  const { seen } = await look(world, 'light');
  expect(world.router.log.count()).toBe(17);
  expect(selectionKept.judge(seen)).toMatchObject([
    {
      subject: { database: 'qrosity-db', region: HOME },
      verdict: 'failed',
      found: expect.stringMatching(
        /its instance stands in us-east-1, as [a-z-]+: 2 recovery points of it are left/,
      ),
      command: expect.stringMatching(/^aws rds add-tags-to-resource .* --tags Key=holdfast,Value=gold$/),
    },
  ]);
});

describe('the calls of a look', () => {
  /** Of both regions; two keys. */
  const LIGHT = {
    [`kms ${HOME} DescribeKey`]: 1,
    [`kms ${HOME} GetKeyRotationStatus`]: 1,
    [`kms ${HOME} ListAliases`]: 1,
    [`kms ${HOME} ListKeyRotations`]: 1,
    [`kms ${HOME} ListResourceTags`]: 1,
    [`kms ${AWAY} DescribeKey`]: 1,
    [`kms ${AWAY} GetKeyRotationStatus`]: 1,
    [`kms ${AWAY} ListAliases`]: 1,
    [`kms ${AWAY} ListKeyRotations`]: 1,
    [`kms ${AWAY} ListResourceTags`]: 1,
    [`monitoring ${HOME} DescribeAlarms`]: 1,
    [`rds ${HOME} DescribeDBInstances`]: 1,
    [`rds ${HOME} DescribeDBSnapshots`]: 2,
    [`rds ${AWAY} DescribeDBInstances`]: 1,
    [`rds ${AWAY} DescribeDBSnapshots`]: 2,
  };
  const daily = (count: number) => ({
    ...LIGHT,
    [`rds ${HOME} DescribeAccountAttributes`]: 1,
    [`rds ${AWAY} DescribeAccountAttributes`]: 1,
    [`rds ${HOME} DescribeDBParameters`]: 1,
    [`rds ${HOME} DescribePendingMaintenanceActions`]: 1,
    [`rds ${HOME} DescribeDBMajorEngineVersions`]: 1,
    [`rds ${HOME} DescribeCertificates`]: 1,
    [`rds ${HOME} DescribeDBSnapshotAttributes`]: count,
    [`rds ${AWAY} DescribeDBSnapshotAttributes`]: count,
    [`s3 ${HOME} GetBucketVersioning`]: 1,
    [`s3 ${HOME} GetBucketEncryption`]: 1,
    [`s3 ${HOME} GetObjectLockConfiguration`]: 1,
    [`s3 ${HOME} ListObjectsV2`]: 1 + count,
    [`s3 ${HOME} GetObject`]: 3 * count,
  });

  it.each([1, 100])('of a light pass over %i databases are 17', async (count) => {
    const world = await furnished(databases(count));
    await look(world, 'light');
    expect(world.router.log.table()).toEqual(LIGHT);
    expect(world.router.log.count()).toBe(17);
  });

  it.each([
    [1, 33],
    [100, 627],
  ])('of a daily pass over %i databases are %i', async (count, calls) => {
    const world = await furnished(databases(count));
    await look(world, 'daily');
    expect(world.router.log.table()).toEqual(daily(count));
    expect(world.router.log.count()).toBe(calls);
  });

  it('change nothing', async () => {
    const world = await furnished(['qrosity-db']);
    await look(world, 'daily');
    expect(world.mutations()).toBe(0);
  });
});

describe('what is refused', () => {
  const DENIED = new WireError('AccessDenied', 'not for you', 403);

  it.each<[operation: string, region: string, parts: readonly string[], told: readonly string[]]>([
    ['DescribeDBInstances', HOME, ['databases', 'keys'], ['databases-unseen']],
    ['DescribeDBSnapshots', AWAY, [`snapshots ${AWAY}`, 'keys'], ['snapshots-unseen']],
    ['DescribeDBSnapshots', HOME, [`snapshots ${HOME}`, 'keys'], ['snapshots-unseen']],
    ['ListAliases', AWAY, ['keys'], ['aliases-unseen']],
    ['DescribeAlarms', HOME, ['alarms'], ['alarms-unseen']],
    ['DescribeDBParameters', HOME, ['tlsForced qrosity-db'], ['parameters-unseen']],
    ['DescribePendingMaintenanceActions', HOME, ['maintenance qrosity-db'], ['maintenance-unseen']],
    ['DescribeAccountAttributes', AWAY, [`quotas ${AWAY}`], ['quotas-unseen']],
    ['DescribeDBMajorEngineVersions', HOME, ['engines'], ['engines-unseen']],
    ['DescribeCertificates', HOME, ['authorities'], ['authorities-unseen']],
    ['GetObjectLockConfiguration', HOME, ['evidence'], ['bucket-unseen']],
    ['GetBucketEncryption', HOME, ['evidence'], ['bucket-unseen']],
    ['GetBucketVersioning', HOME, ['evidence'], ['bucket-unseen']],
    [
      'ListObjectsV2',
      HOME,
      ['inspections qrosity-db', 'restoreTests qrosity-db'],
      ['inspections-unseen', 'tests-unseen'],
    ],
    [
      'GetObject',
      HOME,
      ['inspections qrosity-db', 'restoreTests qrosity-db'],
      ['inspections-unseen', 'tests-unseen'],
    ],
  ])(
    '%s in %s leaves %j unseen with the reason, and the rest goes on',
    async (operation, region, parts, told) => {
      const world = await furnished(['qrosity-db']);
      world.faults.refuse(DENIED, { operation, region });
      const found = await look(world, 'daily');
      const reasons = blanks(found.seen);
      // Without the list of databases nobody knows whose evidence to read: there is no part of theirs to be unseen.
      expect(Object.keys(reasons).sort()).toEqual([...parts].sort());
      for (const why of Object.values(reasons)) expect(why).toContain('AccessDenied: not for you');
      expect(found.told).toEqual(told.map((reason) => `${region} ${reason}`));
    },
  );

  it('DescribeDBSnapshotAttributes leaves snapshots out, as if nobody had asked', async () => {
    const world = await furnished(['qrosity-db']);
    world.faults.refuse(DENIED, { operation: 'DescribeDBSnapshotAttributes', region: AWAY });
    const { seen, told } = await look(world, 'daily');
    expect([...seen.sharing.keys()]).toEqual([`arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:s-qrosity-db`]);
    expect(told).toEqual([`${AWAY} sharing-unseen`]);
  });

  it('DescribeKey leaves that key out, and the other is seen', async () => {
    const world = await furnished(['qrosity-db']);
    world.faults.refuse(DENIED, { operation: 'DescribeKey', region: AWAY });
    const { seen, told } = await look(world, 'light');
    expect('seen' in seen.keys && [...seen.keys.seen.keys.keys()].map((name) => name.split(' ')[0])).toEqual([
      HOME,
    ]);
    expect(told).toEqual([`${AWAY} key-unseen`]);
  });

  it('a topic that cannot be looked at leaves the keys unseen: its own may be in danger', async () => {
    const world = await furnished(['qrosity-db']);
    world.topics = [`arn:aws:sns:${HOME}:${ACCOUNT}:notices`];
    world.faults.refuse(DENIED, { operation: 'GetTopicAttributes' });
    const { seen } = await look(world, 'light');
    expect(unseen(seen.keys)).toContain('AccessDenied');
  });

  it('as a question that the endpoint does not know is unseen, and fails no run', async () => {
    const world = await furnished(['qrosity-db']);
    world.faults.refuse(new WireError('InvalidAction', 'no such action'), {
      operation: ['DescribeDBMajorEngineVersions', 'DescribeCertificates', 'DescribeAccountAttributes'],
    });
    const { seen, told } = await look(world, 'daily');
    expect(Object.keys(blanks(seen))).toEqual(['engines', 'authorities']);
    expect(seen.quotas.get(HOME)).toEqual({ seen: { snapshots: null, instances: null } });
    expect(told).toEqual([]);
  });

  it('by a region that is lost is that region, and what needs all of them', async () => {
    const world = await furnished(['qrosity-db']);
    world.faults.loseRegion(AWAY);
    const { seen, told } = await look(world, 'daily');
    expect(Object.keys(blanks(seen)).sort()).toEqual(['keys', `quotas ${AWAY}`, `snapshots ${AWAY}`]);
    expect(told).toEqual(
      ['databases-unseen', 'quotas-unseen', 'snapshots-unseen'].map((why) => `${AWAY} ${why}`),
    );
    expect(seen.sharing.size).toBe(1);
  });

  it('by nobody, where no bucket is named, is the evidence store', async () => {
    const world = await furnished(['qrosity-db']);
    const context = {
      policy: world.policy,
      now: world.now,
      topics: [],
      evidenceBucket: null,
      timeLeft: () => 5 * MINUTE,
    };
    const seen = await observe(portsOf(world), context, 'daily', INSTALLED);
    expect(unseen(seen.evidence)).toBe('no bucket of evidence is named (EVIDENCE_BUCKET)');
  });
});

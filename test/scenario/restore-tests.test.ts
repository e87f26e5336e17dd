import { WireError } from '../../local/wire/service';
import type { Report } from '../../shared/domain/decision';
import { Refusal } from '../../shared/domain/refusal';
import { foundKey } from '../../shared/domain/restore-test';
import { TAG } from '../../shared/domain/tags';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { AWAY, HOME, place, restoreTest } from '../support/builders';
import { Meanwhile } from '../support/meanwhile';
import {
  DATABASE,
  TestJudge,
  TestWorld,
  type TestWorldOptions,
  testedPolicy,
} from '../support/restore-worlds';
import { reportOf } from '../support/world';

/** Every act of the function is judged on its way to AWS. */
async function judged(options: TestWorldOptions = {}) {
  const judge = new TestJudge(2);
  const world = await TestWorld.make({ watch: judge.watch, ...options });
  return { world, judge };
}

const outcomes = async (running: Promise<Report>): Promise<string[]> =>
  (await reportOf(running)).entries.map(({ action, reason, outcome }) => `${action} ${reason} ${outcome}`);

describe('a test of the schedule', () => {
  it('runs to its verdict, one step a tick, and leaves nothing but its record', async () => {
    const { world, judge } = await judged();
    const steps: string[] = [];
    for (let tick = 0; tick < 60; tick += 1) {
      judge.tick();
      const report = await world.test();
      for (const { action, outcome } of report.entries) if (outcome === 'done') steps.push(action);
      await world.inspect({ restored: true });
      await world.advance(5 * MINUTE);
    }
    expect(steps).toEqual(['begin', 'judge', 'release', 'remove']);
    expect(judge.objections).toEqual([]);
    const [record, ...more] = await world.verdicts();
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      verdict: 'passed',
      database: DATABASE,
      checks: expect.arrayContaining([expect.objectContaining({ id: 'recovery.time', verdict: 'passed' })]),
      times: { availableBy: 'RDS event', seconds: { available: expect.any(Number) } },
    });
    // It is due again in the next turn, and looked into once.
    expect(world.inspector.looked).toHaveLength(1);
    expect([await world.testInstances(), await world.underTest()]).toEqual([[], []]);
  });

  it('comes once in every period, of another backup each time', async () => {
    const { world } = await judged({ policy: testedPolicy({ restoreTest: restoreTest({ every: DAY }) }) });
    for (let hour = 0; hour < 4 * 24; hour += 4) {
      await world.play(2 * HOUR);
      await world.advance(2 * HOUR);
    }
    const records = await world.verdicts();
    const chosen = records.sort((a, b) => (a.requested < b.requested ? -1 : 1)).map((one) => one.chosen);
    expect(new Set(chosen)).toEqual(
      new Set(['the newest in us-east-1', 'the newest in us-west-2', 'an older one by chance']),
    );
    // One at once, for there was none; then one a day.
    expect(records.length).toBeGreaterThanOrEqual(4);
    expect(records.length).toBeLessThanOrEqual(5);
  });

  it('costs a listing of instances a tick where nothing is due, and once an hour a look at what is', async () => {
    const { world } = await judged();
    await world.play(6 * HOUR);
    world.router.log.reset();
    await world.play(HOUR);
    expect(world.mutations()).toBe(0);
    // 12 ticks of test-restore in 2 regions, and of inspect-database.
    expect(world.router.log.count({ operation: 'DescribeDBInstances' })).toBe(48);
    expect(world.router.log.count({ operation: 'DescribeDBSnapshots' })).toBe(2);
    expect(world.router.log.count({ operation: 'ListObjectsV2' })).toBe(1);
    expect(world.router.log.count({ operation: 'GetObject' })).toBe(0);
    expect(world.router.log.count({ operation: 'DescribeAccountAttributes' })).toBe(0);
  });

  it('keeps what it tests from being pruned', async () => {
    const { world } = await judged({
      policy: testedPolicy({ retention: { hourly: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 } }),
    });
    await world.test({ database: DATABASE, snapshot: 'holdfast-qrosity-db-20260302-0600' });
    await world.advance(3 * HOUR);
    await world.prune({ allowShare: 1 });
    expect((await world.standing()).map(({ id }) => id)).toContain('holdfast-qrosity-db-20260302-0600');
  });
});

describe('a test by hand', () => {
  it('begins at once, is refused while one is under way, and is carried on by the ticks', async () => {
    const { world, judge } = await judged();
    const answer = await world.test({ database: DATABASE, region: AWAY });
    expect(answer.entries).toMatchObject([
      { action: 'begin', reason: 'asked', outcome: 'done', subject: { region: AWAY } },
    ]);
    expect(await outcomes(world.test({ database: DATABASE, start: true }))).toEqual(
      expect.arrayContaining(['nothing under-way refused']),
    );
    judge.tick();
    await world.play(3 * HOUR, (error) => {
      throw error;
    });
    expect(await world.verdicts()).toMatchObject([
      { verdict: 'passed', region: AWAY, chosen: 'the newest by hand' },
    ]);
  });

  it('takes a snapshot that is not ours, without touching it', async () => {
    const { world } = await judged();
    world.region().stage.snapshots([
      {
        id: 'before-migration',
        instance: DATABASE,
        at: world.now,
        key: 'alias/holdfast',
        tags: { team: 'erp' },
      },
    ]);
    await world.test({ database: DATABASE, snapshot: 'before-migration' });
    expect((await world.testInstances())[0]?.tags).toMatchObject({
      [TAG.owner]: 'holdfast',
      [TAG.database]: DATABASE,
    });
    await world.play(3 * HOUR);
    expect(await world.verdicts()).toMatchObject([{ verdict: 'passed', chosen: 'by hand' }]);
    const [snapshot] = (await world.standing()).filter(({ id }) => id === 'before-migration');
    expect(snapshot?.tags).toEqual({ team: 'erp' });
    expect(await world.testInstances()).toEqual([]);
  });

  it('is a plan and nothing more in a dry run', async () => {
    const { world } = await judged();
    const report = await world.test({ database: DATABASE, start: true }, { dryRun: true });
    expect(report.entries).toMatchObject([{ action: 'begin', outcome: 'planned' }]);
    expect(world.mutations()).toBe(0);
  });

  it('tells a name that nobody knows', async () => {
    const { world } = await judged();
    expect(await outcomes(world.test({ database: 'qrosty-db' }))).toEqual(['nothing no-policy refused']);
  });
});

describe('before anything is touched', () => {
  it.each([
    ['the subnet group is not there', async () => undefined, false, 'place-unseen'],
    [
      'the parameter group preloads pg_cron',
      async (world: TestWorld) => {
        for (const region of [HOME, AWAY])
          await world.region(region).rds.ModifyDBParameterGroup({
            DBParameterGroupName: place(region).parameterGroup,
            Parameters: [
              {
                ParameterName: 'shared_preload_libraries',
                ParameterValue: 'pg_stat_statements,pg_cron',
                ApplyMethod: 'pending-reboot',
              },
            ],
          });
      },
      true,
      'no-place',
    ],
  ] as [string, (world: TestWorld) => Promise<unknown>, boolean, string][])(
    'a test is refused where %s, with the way out',
    async (_, prepare, places, reason) => {
      const { world } = await judged({ places });
      await prepare(world);
      world.router.log.reset();
      const { entries } = await reportOf(world.test({ database: DATABASE, start: true }));
      expect(entries).toMatchObject([{ reason, hint: expect.stringContaining('restoreTest.places') }]);
      expect(world.mutations()).toBe(0);
    },
  );

  it('a test waits where the quota of instances has no head-room', async () => {
    const { world } = await judged({ limits: { instances: 6 } });
    expect(await outcomes(world.test({ database: DATABASE, start: true }))).toEqual([
      'nothing no-head-room refused',
    ]);
    expect(world.mutations()).toBe(0);
  });

  it('only so many begin as the policy allows, and the others when these are done', async () => {
    const databases = ['erp-a', 'erp-b', 'erp-c', 'erp-d'];
    const policy = testedPolicy({}, { databases: [{ match: { identifiers: databases }, policy: 'gold' }] });
    const { world, judge } = await judged({ databases, policy });
    for (let tick = 0; tick < 80; tick += 1) {
      judge.tick();
      await world.test();
      await world.inspect({ restored: true });
      expect((await world.testInstances()).length).toBeLessThanOrEqual(2);
      await world.advance(5 * MINUTE);
    }
    expect(new Set((await world.verdicts()).map(({ database }) => database))).toEqual(new Set(databases));
    expect(judge.objections).toEqual([]);
  });
});

describe('a backup that is bad', () => {
  it('fails its test, which fails the run once, and is cleaned away all the same', async () => {
    const { world } = await judged();
    world.inspector.finds = (facts) => ({ ...facts, server: { ...facts.server, checksums: false } });
    const failures: string[] = [];
    await world.play(3 * HOUR, (error) => failures.push((error as Error).message));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/failed: server\.checksums: off.*evidence restore-tests\/[\s\S]*hint: /);
    expect(await world.verdicts()).toMatchObject([{ verdict: 'failed' }]);
    expect([await world.testInstances(), await world.underTest()]).toEqual([[], []]);
  });

  it('fails where its key cannot be used: nobody could restore it', async () => {
    const { world } = await judged();
    const { Aliases } = await world.region(HOME).kms.ListAliases({});
    const key = Aliases?.find(({ AliasName }) => AliasName === 'alias/holdfast')?.TargetKeyId;
    await world.region(HOME).kms.DisableKey({ KeyId: key });
    await reportOf(world.test({ database: DATABASE, region: HOME }));
    await world.play(2 * HOUR, () => undefined);
    expect(await world.verdicts()).toMatchObject([
      {
        verdict: 'failed',
        why: expect.stringMatching(/its key is lost to us; restore-key-lost: .*KMSKeyNotAccessible/),
      },
    ]);
    expect(await world.underTest()).toEqual([]);
  });

  it('fails where RDS says that it cannot be restored', async () => {
    const { world } = await judged();
    world.region().stage.endNextRestore('incompatible-restore');
    world.region(AWAY).stage.endNextRestore('incompatible-restore');
    await world.play(3 * HOUR, () => undefined);
    expect(await world.verdicts()).toMatchObject([
      { verdict: 'failed', why: expect.stringContaining('incompatible-restore') },
    ]);
    expect(await world.testInstances()).toEqual([]);
  });
});

describe("a fault that is not the backup's", () => {
  it.each([
    ['an instance that failed', 'failed'],
    ['a full disk', 'storage-full'],
  ])('is inconclusive: %s, and tried again a day later', async (_, status) => {
    const { world } = await judged();
    for (const region of [HOME, AWAY]) world.region(region).stage.endNextRestore(status);
    const failures: string[] = [];
    await world.play(3 * HOUR, (error) => failures.push((error as Error).message));
    expect(await world.verdicts()).toMatchObject([
      { verdict: 'inconclusive', why: expect.stringContaining(status) },
    ]);
    expect(failures).toHaveLength(1);
    await world.advance(DAY - 3 * HOUR);
    await world.play(4 * HOUR, () => undefined);
    expect((await world.verdicts()).length).toBeGreaterThanOrEqual(2);
    expect([await world.testInstances(), await world.underTest()]).toEqual([[], []]);
  });

  it('is inconclusive where nobody could look inside, and says what was in the way', async () => {
    const { world } = await judged();
    world.inspector.finds = new Refusal('unreachable', 'look into qrosity: connect ETIMEDOUT');
    await world.play(2 * HOUR, () => undefined);
    await world.advance(7 * HOUR);
    await world.play(HOUR, () => undefined);
    expect(await world.verdicts()).toMatchObject([
      { verdict: 'inconclusive', why: expect.stringMatching(/while inspecting, after 8h.*ETIMEDOUT/) },
    ]);
    expect(await world.testInstances()).toEqual([]);
  });

  it('is inconclusive where RDS never gets there; the instance goes once RDS lets go of it', async () => {
    const { world } = await judged();
    for (const region of [HOME, AWAY]) world.region(region).stage.endNextRestore('creating');
    await world.play(2 * HOUR, () => undefined);
    await world.advance(7 * HOUR);
    await world.play(HOUR, () => undefined);
    expect(await world.verdicts()).toMatchObject([
      { verdict: 'inconclusive', why: expect.stringContaining('while restoring') },
    ]);
    const [stuck] = await world.testInstances();
    if (stuck === undefined) throw new Error('it should stand still');
    world.region(stuck.region).stage.status(stuck.DBInstanceIdentifier ?? '', 'available');
    await world.play(HOUR, () => undefined);
    expect([await world.testInstances(), await world.underTest()]).toEqual([[], []]);
  });
});

describe('what RDS refuses', () => {
  const refusing = async (code: string, asked = {}) => {
    const { world } = await judged();
    const storm = world.faults.refuse(new WireError(code, 'not like this', 400), {
      operation: 'RestoreDBInstanceFromDBSnapshot',
    });
    const report = await reportOf(world.test({ database: DATABASE, start: true, ...asked }));
    return { world, storm, report };
  };

  it('is tried again within the hour where it passes, and the test goes on', async () => {
    const { world, storm, report } = await refusing('InstanceQuotaExceeded');
    expect(report.entries).toMatchObject([{ action: 'begin', outcome: 'postponed' }]);
    storm.end();
    await world.play(3 * HOUR);
    expect(await world.verdicts()).toMatchObject([{ verdict: 'passed', requested: '2026-03-02T09:00:00Z' }]);
  });

  it.each(['InvalidParameterCombination', 'AccessDenied', 'KMSKeyNotAccessibleFault'])(
    'is inconclusive at once where it would be refused again and again, with its words: %s',
    async (code) => {
      const { world, storm } = await refusing(code);
      const failures: string[] = [];
      await world.play(2 * HOUR, (error) => failures.push((error as Error).message));
      storm.end();
      expect(await world.verdicts()).toMatchObject([
        { verdict: 'inconclusive', why: expect.stringContaining('not like this') },
      ]);
      expect(failures).toHaveLength(1);
      expect(await world.underTest()).toEqual([]);
    },
  );

  it('is told to whoever asked, where nothing remembers the test: the snapshot is not ours', async () => {
    const { world } = await judged();
    world
      .region()
      .stage.snapshots([{ id: 'theirs', instance: DATABASE, at: world.now, key: 'alias/holdfast' }]);
    world.faults.refuse(new WireError('InstanceQuotaExceeded', 'not now', 400), {
      operation: 'RestoreDBInstanceFromDBSnapshot',
    });
    const { entries } = await reportOf(world.test({ database: DATABASE, snapshot: 'theirs' }));
    expect(entries).toMatchObject([{ outcome: 'failed', hint: expect.stringContaining('ask again') }]);
  });

  it('begins nothing where the quota cannot be asked for', async () => {
    const { world } = await judged();
    world.faults.refuse(new WireError('AccessDenied', 'no', 403), { operation: 'DescribeAccountAttributes' });
    expect(await outcomes(world.test({ database: DATABASE, start: true }))).toEqual([
      'observe quota-unseen failed',
    ]);
    expect(world.mutations()).toBe(0);
  });

  it('begins nothing where the parameter group is of another family, before anything is touched', async () => {
    const { world } = await judged();
    world.region().stage.instance({ id: 'erp-16', engineVersion: '16.4', key: 'alias/holdfast' });
    const tags = { [TAG.database]: DATABASE };
    world
      .region()
      .stage.snapshots([{ id: 'of-16', instance: 'erp-16', at: world.now, key: 'alias/holdfast', tags }]);
    const { entries } = await reportOf(world.test({ database: DATABASE, snapshot: 'of-16' }));
    expect(entries).toMatchObject([{ reason: 'no-place', hint: expect.stringContaining('postgres16') }]);
    expect(world.mutations()).toBe(0);
  });
});

it('tests a fleet that is too large for its limit in turn: the longest untested first', async () => {
  const databases = Array.from({ length: 10 }, (_, index) => `erp-${index}`);
  const policy = testedPolicy(
    { restoreTest: restoreTest({ every: DAY }) },
    { databases: [{ match: { identifiers: databases }, policy: 'gold' }], limits: { restoreTests: 1 } },
  );
  const { world } = await judged({ databases, policy });
  // Some forty minutes each: not all ten fit into seven hours, and none comes twice before each has come once.
  await world.play(7 * HOUR);
  const tested = (await world.verdicts()).map(({ database }) => database);
  expect(tested.length).toBeGreaterThan(5);
  expect(new Set(tested).size).toBe(tested.length);
});

it('reads nothing out of a record that it does not know, and comes to an end all the same', async () => {
  const { world } = await judged();
  await world.test({ database: DATABASE, region: HOME });
  const test = { database: DATABASE, region: HOME, requested: world.now };
  await world.evidence.keep(foundKey(test), { schema: 'holdfast.inspection/9' });
  await world.play(2 * HOUR, () => undefined);
  expect(await world.verdicts()).toMatchObject([{ verdict: 'inconclusive' }]);
  expect([await world.testInstances(), await world.underTest()]).toEqual([[], []]);
});

it('ends a test whose time was yet to come, by the clock of its instance', async () => {
  const { world } = await judged();
  await reportOf(world.test({ database: DATABASE, start: true }, { now: world.now + 365 * DAY }));
  world.inspector.finds = new Refusal('unreachable', 'connect ETIMEDOUT');
  await world.play(2 * HOUR, () => undefined);
  await world.advance(8 * HOUR);
  await world.play(30 * MINUTE, () => undefined);
  expect([await world.testInstances(), await world.underTest()]).toEqual([[], []]);
  // And its verdict, of next year, keeps nobody from the tests of this one.
  world.inspector.finds = (facts) => facts;
  await world.play(3 * HOUR);
  expect((await world.verdicts()).map(({ verdict }) => verdict).sort()).toEqual(['inconclusive', 'passed']);
});

describe('another hand in between', () => {
  /** The test of the database at its restore; `hand` reaches in right before RDS is asked. */
  async function atItsRestore(hand: (world: TestWorld) => Promise<unknown>) {
    const meanwhile = new Meanwhile();
    const world = await TestWorld.make({ watch: meanwhile.watch });
    meanwhile.at('before', 'RestoreDBInstanceFromDBSnapshot', () => hand(world));
    return { world, report: await reportOf(world.test({ database: DATABASE, region: HOME })) };
  }
  const restored = (world: TestWorld, tags: Readonly<Record<string, string>>) =>
    world.region(HOME).rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'holdfast-test-qrosity-db',
      DBSnapshotIdentifier: 'holdfast-qrosity-db-20260302-0800',
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });

  it('adopts the instance that an earlier try of its own made, whose answer got lost', async () => {
    const { world, report } = await atItsRestore((world) =>
      restored(world, {
        [TAG.owner]: 'holdfast',
        [TAG.database]: DATABASE,
        [TAG.restoreTest]: '2026-03-02T09:00:00Z',
      }),
    );
    expect(report.entries).toMatchObject([
      { action: 'begin', outcome: 'nothing', detail: expect.stringContaining('by an earlier try of ours') },
    ]);
    expect(await world.testInstances()).toHaveLength(1);
  });

  it('leaves an instance alone that somebody else called so, and says whose it may be', async () => {
    const { report } = await atItsRestore((world) => restored(world, { team: 'erp' }));
    expect(report.entries).toMatchObject([
      { action: 'begin', outcome: 'failed', hint: expect.stringContaining('not of this test') },
    ]);
  });

  it('removes nothing that has lost our tags since it was looked at', async () => {
    const meanwhile = new Meanwhile();
    const world = await TestWorld.make({ watch: meanwhile.watch });
    await world.test({ database: DATABASE, region: HOME });
    while ((await world.underTest()).length > 0) await world.play(5 * MINUTE);
    const [made] = await world.testInstances();
    // The second look asks for one instance, after the listing of all and the look at what is kept.
    meanwhile.at('before', 'ListObjectsV2', () =>
      world.region(HOME).rds.RemoveTagsFromResource({
        ResourceName: made?.DBInstanceArn,
        TagKeys: [TAG.owner],
      }),
    );
    await world.advance(5 * MINUTE);
    const report = await world.test();
    expect(report.entries).toMatchObject([
      { action: 'remove', outcome: 'nothing', detail: expect.stringContaining('left alone') },
    ]);
    const { DBInstances } = await world.region(HOME).rds.DescribeDBInstances({});
    expect(DBInstances?.map((one) => one.DBInstanceStatus)).toEqual(['available', 'available']);
  });
});

describe('cleaning up', () => {
  it('takes off the deletion protection that someone put on', async () => {
    const { world, judge } = await judged();
    await world.test({ database: DATABASE, start: true });
    judge.tick();
    await world.advance(5 * MINUTE);
    await world.test();
    const [made] = await world.testInstances();
    await world.advance(HOUR);
    await world.region(made?.region).rds.ModifyDBInstance({
      DBInstanceIdentifier: made?.DBInstanceIdentifier,
      DeletionProtection: true,
      ApplyImmediately: true,
    });
    await world.play(2 * HOUR);
    expect(await world.verdicts()).toMatchObject([{ verdict: 'passed' }]);
    expect(await world.testInstances()).toEqual([]);
  });

  it.each([
    ['whose tag tells no time', { [TAG.restoreTest]: 'yes' }],
    ['whose database nobody knows', {}],
  ])('sweeps an orphan %s once it has outlived its time, and not before', async (_, tags) => {
    const { world } = await judged();
    world.region(AWAY).stage.instance({
      id: 'holdfast-test-orphan',
      tags: { [TAG.owner]: 'holdfast', [TAG.restoreTest]: '2026-03-02T08:00:00Z', ...tags },
      key: 'alias/holdfast',
    });
    const names = async () => (await world.testInstances()).map((one) => one.DBInstanceIdentifier);
    await world.play(2 * HOUR, () => undefined);
    await world.advance(22 * HOUR);
    await world.play(HOUR, () => undefined);
    expect(await names()).toContain('holdfast-test-orphan');
    await world.advance(28 * HOUR);
    await world.play(HOUR, () => undefined);
    expect(await names()).not.toContain('holdfast-test-orphan');
  });

  it('gives an instance up whose policy is gone, and says so', async () => {
    const { world } = await judged();
    const tags = { [TAG.owner]: 'holdfast', [TAG.database]: 'erp-old', [TAG.policy]: 'bronze' };
    const begun = { [TAG.restoreTest]: '2026-03-02T08:00:00Z' };
    world
      .region(AWAY)
      .stage.instance({ id: 'holdfast-test-erp-old', tags: { ...tags, ...begun }, key: 'alias/holdfast' });
    await world.play(2 * HOUR, () => undefined);
    expect((await world.testInstances()).map((one) => one.DBInstanceIdentifier)).toEqual([
      'holdfast-test-erp-old',
    ]);
    // It can be looked into no more: nobody knows by which rules.
    await world.advance(6 * HOUR);
    await world.play(HOUR, () => undefined);
    expect(await world.testInstances()).toEqual([]);
    const record = (await world.verdicts()).find(({ database }) => database === 'erp-old');
    expect(record).toMatchObject({
      verdict: 'inconclusive',
      why: expect.stringContaining('while inspecting'),
    });
  });

  it('never takes what is not ours, whatever it is called', async () => {
    const { world } = await judged();
    const stage = world.region(HOME).stage;
    stage.instance({ id: 'holdfast-test-mine', tags: { team: 'erp' } });
    stage.instance({
      id: 'theirs',
      tags: { [TAG.owner]: 'staging', [TAG.restoreTest]: '2026-01-01T00:00:00Z' },
    });
    await world.advance(60 * DAY);
    await world.play(3 * HOUR, () => undefined);
    const { DBInstances } = await world.region(HOME).rds.DescribeDBInstances({});
    expect(DBInstances?.map((one) => one.DBInstanceIdentifier)).toEqual(
      expect.arrayContaining(['holdfast-test-mine', 'theirs', DATABASE]),
    );
  });

  it('sweeps without the evidence store, once the time is over', async () => {
    const { world } = await judged();
    await world.test({ database: DATABASE, start: true });
    await world.advance(5 * MINUTE);
    await world.test();
    world.faults.refuse(new WireError('ServiceUnavailable', 'Please try again.', 503), { service: 's3' });
    await world.advance(32 * HOUR);
    await world.play(HOUR, () => undefined);
    expect(await world.testInstances()).toEqual([]);
  });
});

it('tests nothing without a policy for it', async () => {
  const { world } = await judged({ policy: testedPolicy({ restoreTest: null }) });
  await world.play(2 * HOUR);
  expect(world.mutations()).toBe(0);
});

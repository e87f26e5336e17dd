import pg from 'pg';
import { type Answer, watched } from '../../../../functions/inspect-database/run';
import { quickFolder } from '../../../../local/postgres/place';
import { PostgresPlane } from '../../../../local/postgres/plane';
import { createQrosity } from '../../../../local/qrosity/create';
import { WireError } from '../../../../local/wire/service';
import type { Report } from '../../../../shared/domain/decision';
import type { InspectionRecord } from '../../../../shared/domain/inspection/record';
import type { InspectionRules } from '../../../../shared/domain/policy';
import { foundKey, unableKey } from '../../../../shared/domain/restore-test';
import { TAG, type Tags } from '../../../../shared/domain/tags';
import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../../../../shared/domain/time';
import { RunFailed } from '../../../../shared/runtime/report';
import { ACCOUNT, AWAY, at, HOME, policy } from '../../../support/builders';
import { World } from '../../../support/world';

// The whole of it on real servers: live ones and restored ones in two regions, TLS, tokens of IAM, and evidence in S3.

jest.setTimeout(60_000);

const LOGIN = { user: 'qrosity', password: 'a-password-for-tests', database: 'qrosity' };
const START = at('2026-03-01 04:00');
const RULES: InspectionRules = {
  database: 'qrosity',
  user: 'holdfast_inspector',
  freshness: [{ table: 'inventory_stock', column: 'updated_at' }],
  quiet: 2 * DAY,
  shrink: 0.2,
  volatile: [],
  checks: [],
};
const GOLD = policy({
  inspection: RULES,
  tenants: { table: 'tenants_tenant', domains: 'tenants_domain', roles: [] },
  extensions: ['uuid-ossp'],
});

let world: World;

const records = (prefix: string) => world.evidence.list(prefix);
const recordAt = async (key: string) => (await world.evidence.read(key)) as InspectionRecord;
const failedIn = ({ checks }: InspectionRecord) =>
  checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
const written = () => world.router.log.count({ operation: 'PutObject' });

/** What an owner types into a server of ours. */
async function on(region: string, id: string, ...statements: readonly string[]): Promise<void> {
  const { DBInstances } = await world.region(region).rds.DescribeDBInstances({ DBInstanceIdentifier: id });
  const { Address: host = '', Port: port = 0 } = DBInstances?.[0]?.Endpoint ?? {};
  const client = new pg.Client({ ...LOGIN, host, port });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function snapshot(id: string): Promise<void> {
  await world.region().rds.CreateDBSnapshot({ DBInstanceIdentifier: 'qrosity-db', DBSnapshotIdentifier: id });
  await world.advance(HOUR);
}

/** As a restore test restores, with tags that say all about it. */
async function restore(
  id: string,
  from: string,
  point: Instant,
  { iam = true, tags = {} as Tags, region = HOME } = {},
): Promise<{ readonly database: string; readonly region: string; readonly requested: Instant }> {
  const requested = world.now;
  const all: Tags = {
    [TAG.owner]: 'holdfast',
    [TAG.database]: 'qrosity-db',
    [TAG.policy]: 'gold',
    [TAG.restoreTest]: formatInstant(requested),
    [TAG.recoveryPoint]: formatInstant(point),
    ...tags,
  };
  await world.region(region).rds.RestoreDBInstanceFromDBSnapshot({
    DBInstanceIdentifier: id,
    DBSnapshotIdentifier: from,
    EnableIAMDatabaseAuthentication: iam,
    Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
  });
  return { database: 'qrosity-db', region, requested };
}

async function remove(id: string): Promise<void> {
  await world.region().rds.DeleteDBInstance({ DBInstanceIdentifier: id, SkipFinalSnapshot: true });
  await world.advance(HOUR);
}

const failure = async (running: Promise<Report>) => {
  const error: unknown = await running.then(
    () => null,
    (error: unknown) => error,
  );
  if (error instanceof RunFailed) return error;
  throw error ?? new Error('it did not fail');
};

beforeAll(async () => {
  const data = await PostgresPlane.open({ parent: quickFolder(2 ** 30) });
  world = new World({ data, start: START, policy: GOLD });
  await world.bucket();
  const home = world.region();
  await home.rds.CreateDBInstance({
    DBInstanceIdentifier: 'qrosity-db',
    Engine: 'postgres',
    DBInstanceClass: 'db.t4g.medium',
    AllocatedStorage: 20,
    BackupRetentionPeriod: 0,
    DBName: LOGIN.database,
    MasterUsername: LOGIN.user,
    MasterUserPassword: LOGIN.password,
    EnableIAMDatabaseAuthentication: true,
  });
  await world.advance(HOUR);
  const { DBInstances } = await home.rds.DescribeDBInstances({ DBInstanceIdentifier: 'qrosity-db' });
  const { Address: host = '', Port: port = 0 } = DBInstances?.[0]?.Endpoint ?? {};
  await createQrosity({ ...LOGIN, host, port }, { tenants: 3, seed: 1, now: world.now });
  await on(
    HOME,
    'qrosity-db',
    'CREATE ROLE holdfast_inspector LOGIN',
    'GRANT rds_iam, pg_monitor, pg_read_all_data TO holdfast_inspector',
  );
  await world.cloud.clock.advanceTo(at('2026-03-01 05:45'));
});
afterAll(() => world?.cloud.close());

describe('a live database', () => {
  it('is only planned for in a dry run: nobody signs in, nothing is kept', async () => {
    const answer = await world.inspect({}, { dryRun: true });
    expect(answer).toMatchObject({ liveRuns: 0, counts: { planned: 1, done: 0 } });
    expect(await records('')).toEqual([]);
  });

  it('is looked into, and what was found is kept: counts and names, and no row', async () => {
    const answer = await world.inspect();
    expect(answer).toMatchObject({
      liveRuns: 1,
      counts: { done: 1, refused: 0, failed: 0 },
      entries: [{ action: 'inspect', reason: 'due' }],
    });
    // Thousands of checks are no answer; the record has them.
    expect(answer).not.toHaveProperty('inspections');
    const [key = '', ...others] = await records('');
    expect(others).toEqual([]);
    expect(key).toMatch(/^inspections\/qrosity-db\/us-east-1\/2026-03-01T05:45:00Z-db-[^/]+\.json$/);
    expect(answer.entries[0]?.detail).toContain(`evidence ${key}`);
    const record = await recordAt(key);
    expect(record).toMatchObject({
      schema: 'holdfast.inspection/1',
      installation: 'holdfast',
      database: 'qrosity-db',
      region: HOME,
      setting: 'live',
      at: '2026-03-01T05:45:00Z',
      as: '2026-03-01T05:45:00Z',
      // Nothing to compare with yet, and no amcheck: that is no pass.
      verdict: 'unknown',
      tenants: 3,
      // With the row that public has among them.
      rows: { public: { tenants_tenant: '4' } },
    });
    expect(record.seconds.finished).toBeGreaterThan(record.seconds.answered);
    // Two of the customers of the tenants, as the data has them.
    const text = JSON.stringify(record);
    expect(text).toContain('sales_customer');
    expect(text).not.toMatch(/@|Abel|Fischer/);
  });

  it('is not looked into twice for one moment', async () => {
    const before = written();
    expect(await world.inspect()).toMatchObject({
      counts: { nothing: 1, done: 0 },
      entries: [{ reason: 'inspected-already' }],
    });
    expect(written()).toBe(before);
  });

  it('is held against the look before, the next day', async () => {
    await world.advance(DAY);
    await world.inspect();
    const key = (await records('inspections/')).at(-1) ?? '';
    const { checks } = await recordAt(key);
    expect(checks.find(({ id }) => id === 'completeness.tables')?.verdict).toBe('passed');
  });

  it('fails the run where a check fails, with what was found, and still leaves its record', async () => {
    await on(HOME, 'qrosity-db', 'CREATE TABLE tenant_bramble.extra ()');
    await world.advance(HOUR);
    const { message } = await failure(world.inspect());
    expect(message).toMatch(
      /refused: inspect qrosity-db us-east-1: due: tenants\.tables: .*tenant_bramble.*; \d+ checks passed; not judged: server\.amcheck; evidence inspections\//,
    );
    expect(message).toContain('hint: functions/inspect-database/README.md');
    const key = (await records('inspections/')).at(-1) ?? '';
    expect(failedIn(await recordAt(key))).toEqual(['tenants.tables']);
    await on(HOME, 'qrosity-db', 'DROP TABLE tenant_bramble.extra');
  });

  it('answers a person who asks for it by name with every check', async () => {
    await world.advance(HOUR);
    const answer = await world.inspect({ database: 'qrosity-db' });
    const key = (await records('inspections/')).at(-1) ?? '';
    expect(answer).toMatchObject({ liveRuns: 0, counts: { done: 1 } });
    expect(answer.inspections).toEqual({ [key]: (await recordAt(key)).checks });
  });

  it('that nobody has heard of is the error of who asked', async () => {
    const { message } = await failure(world.inspect({ database: 'qrosity-bd' }));
    expect(message).toContain('unknown database: no policy selects it\n  hint: ');
  });

  it('fails the run where nobody can sign in, and says what the role needs', async () => {
    await on(HOME, 'qrosity-db', 'REVOKE rds_iam FROM holdfast_inspector');
    await world.advance(HOUR);
    const looked = await records('inspections/');
    const { message } = await failure(world.inspect());
    expect(message).toMatch(
      /failed: inspect qrosity-db .*as holdfast_inspector: .*\n {2}hint: the role needs/,
    );
    expect(await records('inspections/')).toEqual(looked);
    expect(await records('inspections-unable/')).toEqual([
      expect.stringMatching(/^inspections-unable\/qrosity-db\/us-east-1\/.*Z-denied\.json$/),
    ]);
    await on(HOME, 'qrosity-db', 'GRANT rds_iam TO holdfast_inspector');
  });

  it('fails the run where its record cannot be kept: a look that nobody can show later is none', async () => {
    const fault = world.faults.refuse(new WireError('AccessDenied', 'Access Denied', 403), {
      operation: 'PutObject',
    });
    await world.advance(HOUR);
    expect((await failure(world.inspect())).report.counts).toMatchObject({ failed: 1, done: 0 });
    fault.end();
  });

  it('waits for the next run where this one has no time left', async () => {
    const { report } = await failure(world.inspect({}, { timeLeft: () => 29_000 }));
    expect(report.entries).toMatchObject([{ reason: 'out-of-time', outcome: 'postponed' }]);
  });
});

describe('a restored instance', () => {
  const tick = async () => {
    await world.advance(5 * MINUTE);
    return world.inspect({ restored: true });
  };

  it('is looked into once it stands, as of its recovery point, and never again', async () => {
    await snapshot('whole');
    const point = world.now - HOUR;
    const test = await restore('test-whole', 'whole', point);
    expect(await tick()).toMatchObject({
      liveRuns: 0,
      counts: { postponed: 1, done: 0 },
      entries: [{ subject: { database: 'qrosity-db', region: HOME }, reason: 'instance-starting' }],
    });
    await world.advance(HOUR);
    const answer = await tick();
    expect(answer).toMatchObject({
      counts: { done: 1, postponed: 0 },
      entries: [
        { detail: expect.stringMatching(/^\d+ checks passed; not judged: server\.amcheck; evidence /) },
      ],
    });
    const record = await recordAt(foundKey(test));
    expect(record).toMatchObject({
      setting: 'restored',
      database: 'qrosity-db',
      region: HOME,
      as: formatInstant(point),
      verdict: 'unknown',
      tenants: 3,
    });
    // Held against the look at the live one before that point, which every restore is to be as good as.
    expect(record.checks.find(({ id }) => id === 'completeness.tables')?.verdict).toBe('passed');
    const before = written();
    expect(await tick()).toMatchObject({
      counts: { nothing: 1 },
      entries: [{ reason: 'inspected-already' }],
    });
    expect(written()).toBe(before);
    await remove('test-whole');
  });

  it('that lacks what was there at the last live look before it is found out; the verdict is left to the test', async () => {
    await on(HOME, 'qrosity-db', 'DROP SCHEMA tenant_cormorant CASCADE');
    await snapshot('lacking');
    const taken = world.now - HOUR;
    // A later look, that knows of the loss, says nothing about this backup.
    await world.inspect().catch(() => undefined);
    const test = await restore('test-lacking', 'lacking', taken);
    await world.advance(HOUR);
    const answer = await tick();
    expect(answer).toMatchObject({
      counts: { done: 1, refused: 0, failed: 0 },
      entries: [{ detail: expect.stringContaining('tenant_cormorant'), hint: expect.any(String) }],
    });
    const found = failedIn(await recordAt(foundKey(test)));
    expect(found).toEqual(
      expect.arrayContaining(['tenants.schemas', 'completeness.tables', 'completeness.tenants']),
    );
    await remove('test-lacking');
  });

  it('that lets nobody in is tried again at each tick, and the first reason of its kind is kept for the test', async () => {
    const test = await restore('test-locked', 'whole', at('2026-03-02 08:00'), { iam: false });
    await world.advance(HOUR);
    const first = await tick();
    expect(first).toMatchObject({
      counts: { postponed: 1, failed: 0 },
      entries: [{ reason: 'due', hint: expect.stringContaining('rds_iam') }],
    });
    const tried = formatInstant(world.now);
    const before = written();
    await tick();
    expect(written()).toBe(before);
    expect(await records('restored-unable/')).toEqual([unableKey(test, 'denied')]);
    expect(await world.evidence.read(unableKey(test, 'denied'))).toEqual({
      schema: 'holdfast.inspection-unable/1',
      at: tried,
      kind: 'denied',
      why: first.entries[0]?.detail,
    });
    expect(await records(foundKey(test))).toEqual([]);
    await world
      .region()
      .rds.ModifyDBInstance({ DBInstanceIdentifier: 'test-locked', EnableIAMDatabaseAuthentication: true });
    await world.advance(HOUR);
    expect(await tick()).toMatchObject({ counts: { done: 1 } });
    expect(await records(foundKey(test))).toHaveLength(1);
    await remove('test-locked');
  });

  it('without the database that the policy names is a finding about the backup, and is kept as one', async () => {
    world.policy = policy({ inspection: { ...RULES, database: 'qrosity_2' } });
    const test = await restore('test-without', 'whole', at('2026-03-02 08:00'));
    await world.advance(HOUR);
    expect(await tick()).toMatchObject({
      counts: { done: 1 },
      entries: [{ detail: expect.stringContaining('has no database named qrosity_2') }],
    });
    expect(await recordAt(foundKey(test))).toMatchObject({
      verdict: 'failed',
      server: null,
      rows: {},
      checks: [{ id: 'server.answers', verdict: 'failed', subjects: ['qrosity_2'] }],
    });
    await remove('test-without');
    world.policy = GOLD;
  });

  it('is found in each region of the policy; one that does not answer stops no other', async () => {
    await world.region(AWAY).rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:whole`,
      TargetDBSnapshotIdentifier: 'whole-copied',
    });
    await world.advance(2 * HOUR);
    const point = at('2026-03-02 08:00');
    const away = await restore('test-away', 'whole-copied', point, { region: AWAY });
    const home = await restore('test-home', 'whole', point);
    await world.advance(MINUTE);
    await restore('test-unclear', 'whole', point, { tags: { [TAG.policy]: 'silver' } });
    await world.advance(HOUR);
    const fault = world.faults.refuse(new WireError('ServiceUnavailable', 'try later', 503), {
      region: AWAY,
      operation: 'DescribeDBInstances',
    });
    const { report } = await failure(world.inspect({ restored: true }));
    fault.end();
    const told = ({ entries }: Report) =>
      entries.map(({ subject, reason, outcome }) => `${subject.region} ${reason} ${outcome}`);
    expect(told(report)).toEqual([
      `${AWAY} region-unseen failed`,
      `${HOME} due done`,
      `${HOME} unclear-tags refused`,
    ]);
    expect(await records('restored/qrosity-db/')).not.toContain(foundKey(away));
    await remove('test-unclear');
    expect(told(await tick())).toEqual([`${HOME} inspected-already nothing`, `${AWAY} due done`]);
    expect(await recordAt(foundKey(away))).toMatchObject({ region: AWAY, setting: 'restored', tenants: 3 });
    expect(await recordAt(foundKey(home))).toMatchObject({ region: HOME });
  });

  it('of another database is none of the one that a person asked for', async () => {
    const answer = await world.inspect({ restored: true, database: 'qrosity-db' });
    expect(answer.entries.map(({ reason }) => reason)).toEqual(['inspected-already', 'inspected-already']);
    const { message } = await failure(world.inspect({ restored: true, database: 'another-db' }));
    expect(message).toContain('no instance stands that a restore test of this database made');
  });
});

it('lets the alarm for want of runs count runs over all live databases, and says nothing of others', () => {
  const answer = { liveRuns: 1 } as Answer;
  expect(watched(answer)).toEqual({ liveRuns: 1 });
  expect(watched({ ...answer, liveRuns: 0 })).toEqual({});
});

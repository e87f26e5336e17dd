import { HOUR, MINUTE } from '../../shared/domain/time';
import { Stage } from './stage';

/**
 * A restore test through the bundled files of three functions, on a real server: the backup, its restore, the look inside
 * it, the verdict, the clean-up. The stage is set by the `aws` command line, which also confirms each state.
 */

const POLICY = `
home: us-east-1
databases:
  - match: { identifiers: [qrosity-db] }
    policy: gold
policies:
  gold:
    recovery: { point: 2h, time: 4h }
    snapshots: { every: 1h }
    retention: { daily: 30 }
    inspection: { database: qrosity }
    restoreTest:
      every: 7d
      places:
        - { region: us-east-1, subnetGroup: tests, securityGroups: [sg-0a1b2c3d], parameterGroup: tests }
    tenants: { table: tenants_tenant, domains: tenants_domain }
`;

let stage: Stage;
const run = (name: string, event: object = {}) => stage.run(name, event);

interface Described {
  readonly DBInstances: readonly {
    readonly DBInstanceIdentifier: string;
    readonly DBInstanceStatus: string;
    readonly DBParameterGroups: readonly { readonly DBParameterGroupName: string }[];
    readonly DBSubnetGroup: { readonly DBSubnetGroupName: string };
    readonly TagList: readonly { readonly Key: string; readonly Value: string }[];
  }[];
}
const instances = async () => (await stage.aws<Described>('rds', 'describe-db-instances')).DBInstances;
const steps = (answer: unknown) =>
  (answer as { entries: { action: string; outcome: string }[] }).entries
    .filter(({ outcome }) => outcome === 'done')
    .map(({ action }) => action);

async function tagsOfSnapshot(): Promise<string[]> {
  const { DBSnapshots } = await stage.aws<{ DBSnapshots: { TagList: { Key: string }[] }[] }>(
    ...['rds', 'describe-db-snapshots', '--snapshot-type', 'manual'],
  );
  return DBSnapshots.flatMap(({ TagList }) => TagList.map(({ Key }) => Key));
}

beforeAll(async () => {
  stage = await Stage.set(POLICY, '--tags', 'Key=team,Value=erp');
  await stage.aws(
    ...['rds', 'create-db-subnet-group', '--db-subnet-group-name', 'tests'],
    ...['--db-subnet-group-description', 'restore tests'],
    ...['--subnet-ids', 'subnet-0a1b2c3d', 'subnet-4e5f6a7b'],
  );
  await stage.aws(
    ...['rds', 'create-db-parameter-group', '--db-parameter-group-name', 'tests'],
    ...['--db-parameter-group-family', 'postgres17', '--description', 'restore tests'],
  );
  expect(steps((await run('create-snapshot')).answer)).toEqual(['create']);
  await stage.cloud.clock.advance(HOUR);
});

afterAll(() => stage?.close());

it('begins by hand: the snapshot on hold, and restored apart, with our tags and none of its source', async () => {
  const { answer, error } = await run('test-restore', { database: 'qrosity-db', start: true });
  expect(error).toBeUndefined();
  expect(steps(answer)).toEqual(['begin']);
  expect(await tagsOfSnapshot()).toContain('holdfast:under-test');
  const [test] = (await instances()).filter((one) => one.DBInstanceIdentifier !== 'qrosity-db');
  expect(test).toMatchObject({
    DBInstanceIdentifier: 'holdfast-test-qrosity-db',
    DBParameterGroups: [{ DBParameterGroupName: 'tests' }],
    DBSubnetGroup: { DBSubnetGroupName: 'tests' },
  });
  const keys = test?.TagList.map(({ Key }) => Key);
  expect(keys).toContain('holdfast:restore-test');
  expect(keys).not.toContain('team');
});

it('waits while RDS is at it, and while nobody has looked inside', async () => {
  expect((await run('test-restore')).answer).toMatchObject({ entries: [{ reason: 'restoring' }] });
  await stage.cloud.clock.advance(HOUR);
  expect((await run('test-restore')).answer).toMatchObject({ entries: [{ reason: 'inspecting' }] });
});

it('gives its verdict once inspect-database has looked inside, and keeps it', async () => {
  expect(steps((await run('inspect-database', { restored: true })).answer)).toEqual(['inspect']);
  const { answer, error, log } = await run('test-restore');
  expect(error).toBeUndefined();
  expect(steps(answer)).toEqual(['judge']);
  // As the alarm in deploy/test-restore.yml looks for it.
  expect(log).toMatch(/"Namespace":"Holdfast".*"service":"test-restore".*"testsNotPassed":0/);
  const [key = ''] = await stage.keys('restore-tests/');
  expect(await stage.record(key)).toMatchObject({
    schema: 'holdfast.restore-test/1',
    verdict: 'passed',
    chosen: 'the newest by hand',
    times: { availableBy: 'RDS event' },
    checks: expect.arrayContaining([
      expect.objectContaining({ id: 'tenants.schemas', verdict: 'passed' }),
      expect.objectContaining({ id: 'recovery.time', verdict: 'passed' }),
    ]),
  });
});

it('cleans up, one step a tick, and leaves nothing but the evidence', async () => {
  const done: string[][] = [];
  for (let tick = 0; tick < 4; tick += 1) {
    done.push(steps((await run('test-restore')).answer));
    await stage.cloud.clock.advance(15 * MINUTE);
  }
  expect(done).toEqual([['release'], ['remove'], [], []]);
  expect((await instances()).map((one) => one.DBInstanceIdentifier)).toEqual(['qrosity-db']);
  expect(await tagsOfSnapshot()).not.toContain('holdfast:under-test');
});

it('tells bad input before anything is touched', async () => {
  const { error } = await run('test-restore', { snapshot: 'before-migration' });
  expect(error?.message).toContain('database: is missing: a test by hand is of one database (hint: add it)');
});

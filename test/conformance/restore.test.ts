import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createCloud } from '../../local/cloud';
import { quickFolder } from '../../local/postgres/place';
import { PostgresPlane } from '../../local/postgres/plane';
import { createQrosity } from '../../local/qrosity/create';
import { type Listening, listen } from '../../local/wire/listen';
import { Router } from '../../local/wire/router';
import { formatInstant, HOUR, MINUTE } from '../../shared/domain/time';
import { at } from '../support/builders';
import { awsCli } from './aws-cli';
import { type Endpoint, invoke } from './bundles';

/**
 * A restore test through the bundled files of three functions, on a real server: the backup, its restore, the look inside
 * it, the verdict, the clean-up. The stage is set by the `aws` command line, which also confirms each state.
 */

const HOME = 'us-east-1';
const BUCKET = 'holdfast-evidence';
const LOGIN = { user: 'qrosity', password: 'not-a-secret-1', database: 'qrosity' };
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

const bugs: unknown[] = [];
const folder = mkdtempSync(join(tmpdir(), 'holdfast-restore-'));
let cloud: ReturnType<typeof createCloud>;
let listening: Listening;
let endpoint: Endpoint;

const aws = <T = unknown>(...args: string[]) => awsCli<T>(endpoint, HOME, ...args);
type Function = 'create-snapshot' | 'test-restore' | 'inspect-database';
const run = (name: Function, event: object = {}) =>
  invoke(
    endpoint,
    name,
    { time: formatInstant(cloud.clock.now()), ...event },
    {
      POLICY_FILE: join(folder, 'policy.yml'),
      EVIDENCE_BUCKET: BUCKET,
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    },
  );

interface Described {
  readonly DBInstances: readonly {
    readonly DBInstanceIdentifier: string;
    readonly DBInstanceStatus: string;
    readonly DBParameterGroups: readonly { readonly DBParameterGroupName: string }[];
    readonly DBSubnetGroup: { readonly DBSubnetGroupName: string };
    readonly TagList: readonly { readonly Key: string; readonly Value: string }[];
  }[];
}
const instances = async () => (await aws<Described>('rds', 'describe-db-instances')).DBInstances;
const steps = (answer: unknown) =>
  (answer as { entries: { action: string; outcome: string }[] }).entries
    .filter(({ outcome }) => outcome === 'done')
    .map(({ action }) => action);

async function tagsOfSnapshot(): Promise<string[]> {
  const { DBSnapshots } = await aws<{ DBSnapshots: { TagList: { Key: string }[] }[] }>(
    ...['rds', 'describe-db-snapshots', '--snapshot-type', 'manual'],
  );
  return DBSnapshots.flatMap(({ TagList }) => TagList.map(({ Key }) => Key));
}

beforeAll(async () => {
  const data = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
  cloud = createCloud({ start: at('2026-03-01 04:00'), data });
  writeFileSync(join(folder, 'policy.yml'), POLICY);
  writeFileSync(join(folder, 'ca.pem'), cloud.ca ?? '');
  listening = await listen(
    new Router(cloud.services, { account: cloud.account, onError: (error) => bugs.push(error) }),
  );
  endpoint = { url: listening.url, accessKeyId: cloud.account, secretAccessKey: 'local' };
  await aws('s3api', 'create-bucket', '--bucket', BUCKET, '--object-lock-enabled-for-bucket');
  await aws(
    ...['rds', 'create-db-subnet-group', '--db-subnet-group-name', 'tests'],
    ...[
      '--db-subnet-group-description',
      'restore tests',
      '--subnet-ids',
      'subnet-0a1b2c3d',
      'subnet-4e5f6a7b',
    ],
  );
  await aws(
    ...['rds', 'create-db-parameter-group', '--db-parameter-group-name', 'tests'],
    ...['--db-parameter-group-family', 'postgres17', '--description', 'restore tests'],
  );
  await aws(
    ...['rds', 'create-db-instance', '--db-instance-identifier', 'qrosity-db', '--engine', 'postgres'],
    ...['--db-instance-class', 'db.t3.micro', '--allocated-storage', '20', '--db-name', LOGIN.database],
    ...['--master-username', LOGIN.user, '--master-user-password', LOGIN.password],
    ...['--tags', 'Key=team,Value=erp'],
  );
  await cloud.clock.advance(HOUR);
  const { DBInstances } = await aws<{ DBInstances: { Endpoint: { Address: string; Port: number } }[] }>(
    ...['rds', 'describe-db-instances', '--db-instance-identifier', 'qrosity-db'],
  );
  const { Address: host = '', Port: port = 0 } = DBInstances[0]?.Endpoint ?? {};
  await createQrosity({ ...LOGIN, host, port }, { tenants: 3, seed: 1, now: cloud.clock.now() });
  const owner = new pg.Client({ ...LOGIN, host, port });
  await owner.connect();
  await owner.query('CREATE ROLE holdfast_inspector LOGIN');
  await owner.query('GRANT rds_iam, pg_monitor, pg_read_all_data TO holdfast_inspector');
  await owner.end();
  expect(steps((await run('create-snapshot')).answer)).toEqual(['create']);
  await cloud.clock.advance(HOUR);
});

afterAll(async () => {
  await listening?.close();
  await cloud?.close();
  rmSync(folder, { recursive: true });
  expect(bugs).toEqual([]);
});

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
  await cloud.clock.advance(HOUR);
  expect((await run('test-restore')).answer).toMatchObject({ entries: [{ reason: 'inspecting' }] });
});

it('gives its verdict once inspect-database has looked inside, and keeps it', async () => {
  expect(steps((await run('inspect-database', { restored: true })).answer)).toEqual(['inspect']);
  const { answer, error, log } = await run('test-restore');
  expect(error).toBeUndefined();
  expect(steps(answer)).toEqual(['judge']);
  // As the alarm in deploy/test-restore.yml looks for it.
  expect(log).toMatch(/"Namespace":"Holdfast".*"service":"test-restore".*"testsNotPassed":0/);
  const { Contents } = await aws<{ Contents: { Key: string }[] }>(
    ...['s3api', 'list-objects-v2', '--bucket', BUCKET, '--prefix', 'restore-tests/'],
  );
  const file = join(folder, 'record.json');
  await aws('s3api', 'get-object', '--bucket', BUCKET, '--key', Contents[0]?.Key ?? '', file);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
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
    await cloud.clock.advance(15 * MINUTE);
  }
  expect(done).toEqual([['release'], ['remove'], [], []]);
  expect((await instances()).map((one) => one.DBInstanceIdentifier)).toEqual(['qrosity-db']);
  expect(await tagsOfSnapshot()).not.toContain('holdfast:under-test');
});

it('tells bad input before anything is touched', async () => {
  const { error } = await run('test-restore', { snapshot: 'before-migration' });
  expect(error?.message).toContain('database: is missing: a test by hand is of one database (hint: add it)');
});

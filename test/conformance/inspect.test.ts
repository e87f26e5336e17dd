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
import { DAY, formatInstant, HOUR } from '../../shared/domain/time';
import { at } from '../support/builders';
import { awsCli } from './aws-cli';
import { type Endpoint, invoke } from './bundles';

/**
 * The bundle of inspect-database looks into a real server over verified TLS, told as Lambda tells it: certificates by
 * NODE_EXTRA_CA_CERTS, the bucket by EVIDENCE_BUCKET. The stage is set by the `aws` command line, which also reads what
 * was kept.
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
    tenants: { table: tenants_tenant, domains: tenants_domain }
    extensions: [uuid-ossp]
`;

const bugs: unknown[] = [];
const folder = mkdtempSync(join(tmpdir(), 'holdfast-inspect-'));
let cloud: ReturnType<typeof createCloud>;
let listening: Listening;
let endpoint: Endpoint;

const aws = <T = unknown>(...args: string[]) => awsCli<T>(endpoint, HOME, ...args);
const inspect = (event: object = {}, at = endpoint) =>
  invoke(
    at,
    'inspect-database',
    { time: formatInstant(cloud.clock.now()), ...event },
    {
      POLICY_FILE: join(folder, 'policy.yml'),
      EVIDENCE_BUCKET: BUCKET,
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    },
  );

interface Kept {
  readonly Key: string;
}
const keys = async (prefix: string) =>
  (
    await aws<{ Contents?: Kept[] } | undefined>(
      ...['s3api', 'list-objects-v2', '--bucket', BUCKET, '--prefix', prefix],
    )
  )?.Contents?.map(({ Key }) => Key) ?? [];

async function record(key: string): Promise<Record<string, unknown>> {
  const file = join(folder, 'record.json');
  await aws('s3api', 'get-object', '--bucket', BUCKET, '--key', key, file);
  return JSON.parse(readFileSync(file, 'utf8'));
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
    ...['rds', 'create-db-instance', '--db-instance-identifier', 'qrosity-db', '--engine', 'postgres'],
    ...['--db-instance-class', 'db.t3.micro', '--allocated-storage', '20', '--db-name', LOGIN.database],
    ...['--master-username', LOGIN.user, '--master-user-password', LOGIN.password],
    '--enable-iam-database-authentication',
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
  await cloud.clock.advanceTo(at('2026-03-01 05:45'));
});

afterAll(async () => {
  await listening?.close();
  await cloud?.close();
  rmSync(folder, { recursive: true });
  expect(bugs).toEqual([]);
});

it('looks into the live database, and leaves one record, which the aws command line reads', async () => {
  const { answer, error, log } = await inspect();
  expect(error).toBeUndefined();
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 } });
  // As the alarm in deploy/inspect-database.yml looks for it.
  expect(log).toMatch(/"Namespace":"Holdfast".*"service":"inspect-database".*"liveRuns":1/);
  const [key = '', ...others] = await keys('');
  expect(others).toEqual([]);
  expect(key).toMatch(/^inspections\/qrosity-db\/us-east-1\/2026-03-01T05:45:00Z-db-/);
  expect(await record(key)).toMatchObject({
    schema: 'holdfast.inspection/1',
    setting: 'live',
    tenants: 3,
    // With the row that public has among the tenants.
    rows: { public: { tenants_tenant: '4' } },
  });
});

it('does nothing when it is invoked for the same moment again', async () => {
  const { answer } = await inspect();
  expect(answer).toMatchObject({
    counts: { nothing: 1, done: 0 },
    entries: [{ reason: 'inspected-already' }],
  });
});

it('looks into what a restore test has restored, as of its recovery point', async () => {
  const id = ['--db-snapshot-identifier', 'whole'];
  await aws('rds', 'create-db-snapshot', '--db-instance-identifier', 'qrosity-db', ...id);
  await cloud.clock.advance(HOUR);
  const point = formatInstant(cloud.clock.now() - HOUR);
  const asked = formatInstant(cloud.clock.now());
  const tags = {
    'holdfast:owner': 'holdfast',
    'holdfast:database': 'qrosity-db',
    'holdfast:policy': 'gold',
    'holdfast:restore-test': asked,
    'holdfast:recovery-point': point,
  };
  await aws(
    ...['rds', 'restore-db-instance-from-db-snapshot', '--db-instance-identifier', 'holdfast-test', ...id],
    ...['--enable-iam-database-authentication', '--tags'],
    ...Object.entries(tags).map(([key, value]) => `Key=${key},Value=${value}`),
  );
  expect((await inspect({ restored: true })).answer).toMatchObject({ counts: { postponed: 1, done: 0 } });
  await cloud.clock.advance(HOUR);
  const { answer, log } = await inspect({ restored: true });
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 } });
  expect(log).not.toContain('liveRuns');
  const key = `restored/qrosity-db/us-east-1/${asked}-inspection.json`;
  expect(await keys('restored/')).toEqual([key]);
  expect(await record(key)).toMatchObject({ setting: 'restored', as: point, tenants: 3 });
});

it('lets nobody overwrite what it kept', async () => {
  const [key = ''] = await keys('inspections/');
  const forged = join(folder, 'forged.json');
  writeFileSync(forged, '{}');
  const put = ['s3api', 'put-object', '--bucket', BUCKET, '--key', key, '--body', forged];
  await expect(aws(...put, '--if-none-match', '*')).rejects.toThrow('PreconditionFailed');
  expect(await record(key)).toMatchObject({ schema: 'holdfast.inspection/1' });
});

it('says what is wrong where it is not told whom to trust, or where evidence is kept', async () => {
  await cloud.clock.advance(DAY);
  const time = { time: formatInstant(cloud.clock.now()) };
  const file = { POLICY_FILE: join(folder, 'policy.yml') };
  const homeless = await invoke(endpoint, 'inspect-database', time, file);
  expect(homeless.error).toMatchObject({
    name: 'InvalidEnvironment',
    message: expect.stringMatching(/^EVIDENCE_BUCKET: is not set\n {2}hint: /),
  });
  const distrustful = await invoke(endpoint, 'inspect-database', time, { ...file, EVIDENCE_BUCKET: BUCKET });
  expect(distrustful.error).toMatchObject({
    name: 'RunFailed',
    message: expect.stringMatching(/certificate[\s\S]*hint: .*CA bundle/),
  });
});

it('asks an emulator that others wrote the same questions', async () => {
  const { CONFORMANCE_MOTO_URL: url = '' } = process.env;
  const moto: Endpoint = { url, accessKeyId: 'testing', secretAccessKey: 'testing' };
  const other = (text: string) => text.replaceAll('qrosity-db', 'inspected-db');
  writeFileSync(join(folder, 'policy.yml'), other(POLICY));
  await awsCli(moto, HOME, 's3api', 'create-bucket', '--bucket', BUCKET);
  await awsCli(
    moto,
    HOME,
    ...['rds', 'create-db-instance', '--db-instance-identifier', 'inspected-db', '--engine', 'postgres'],
    ...['--db-instance-class', 'db.t3.micro', '--allocated-storage', '20', '--master-username', LOGIN.user],
    ...['--master-user-password', LOGIN.password, '--enable-iam-database-authentication'],
  );
  const { answer, error } = await inspect({ dryRun: true }, moto);
  expect(error).toBeUndefined();
  expect(answer).toMatchObject({ counts: { planned: 1 }, entries: [{ reason: 'due' }] });
  expect((await inspect({ restored: true }, moto)).answer).toMatchObject({ entries: [] });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, formatInstant, HOUR } from '../../shared/domain/time';
import { at } from '../support/builders';
import { awsCli } from './aws-cli';
import { type Endpoint, invoke } from './bundles';
import { BUCKET, HOME, Stage } from './stage';

/**
 * The bundle of inspect-database looks into a real server over verified TLS, told as Lambda tells it: certificates by
 * NODE_EXTRA_CA_CERTS, the bucket by EVIDENCE_BUCKET. The stage is set by the `aws` command line, which also reads what
 * was kept.
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
    tenants: { table: tenants_tenant, domains: tenants_domain }
    extensions: [uuid-ossp]
`;

let stage: Stage;
const inspect = (event: object = {}, endpoint = stage.endpoint) =>
  stage.run('inspect-database', event, {}, endpoint);

beforeAll(async () => {
  stage = await Stage.set(POLICY, '--enable-iam-database-authentication');
  await stage.cloud.clock.advanceTo(at('2026-03-01 05:45'));
});

afterAll(() => stage?.close());

it('looks into the live database, and leaves one record, which the aws command line reads', async () => {
  const { answer, error, log } = await inspect();
  expect(error).toBeUndefined();
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 } });
  // As the alarm in deploy/inspect-database.yml looks for it.
  expect(log).toMatch(/"Namespace":"Holdfast".*"service":"inspect-database".*"liveRuns":1/);
  const [key = '', ...others] = await stage.keys('');
  expect(others).toEqual([]);
  expect(key).toMatch(/^inspections\/qrosity-db\/us-east-1\/2026-03-01T05:45:00Z-db-/);
  expect(await stage.record(key)).toMatchObject({
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
  await stage.aws('rds', 'create-db-snapshot', '--db-instance-identifier', 'qrosity-db', ...id);
  await stage.cloud.clock.advance(HOUR);
  const point = formatInstant(stage.cloud.clock.now() - HOUR);
  const asked = formatInstant(stage.cloud.clock.now());
  const tags = {
    'holdfast:owner': 'holdfast',
    'holdfast:database': 'qrosity-db',
    'holdfast:policy': 'gold',
    'holdfast:restore-test': asked,
    'holdfast:recovery-point': point,
  };
  await stage.aws(
    ...['rds', 'restore-db-instance-from-db-snapshot', '--db-instance-identifier', 'holdfast-test', ...id],
    ...['--enable-iam-database-authentication', '--tags'],
    ...Object.entries(tags).map(([key, value]) => `Key=${key},Value=${value}`),
  );
  expect((await inspect({ restored: true })).answer).toMatchObject({ counts: { postponed: 1, done: 0 } });
  await stage.cloud.clock.advance(HOUR);
  const { answer, log } = await inspect({ restored: true });
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 } });
  expect(log).not.toContain('liveRuns');
  const key = `restored/qrosity-db/us-east-1/${asked}-inspection.json`;
  expect(await stage.keys('restored/')).toEqual([key]);
  expect(await stage.record(key)).toMatchObject({ setting: 'restored', as: point, tenants: 3 });
});

it('lets nobody overwrite what it kept', async () => {
  const [key = ''] = await stage.keys('inspections/');
  const forged = join(stage.folder, 'forged.json');
  writeFileSync(forged, '{}');
  const put = ['s3api', 'put-object', '--bucket', BUCKET, '--key', key, '--body', forged];
  await expect(stage.aws(...put, '--if-none-match', '*')).rejects.toThrow('PreconditionFailed');
  expect(await stage.record(key)).toMatchObject({ schema: 'holdfast.inspection/1' });
});

it('says what is wrong where it is not told whom to trust, or where evidence is kept', async () => {
  await stage.cloud.clock.advance(DAY);
  const time = { time: formatInstant(stage.cloud.clock.now()) };
  const file = { POLICY_FILE: join(stage.folder, 'policy.yml') };
  const homeless = await invoke(stage.endpoint, 'inspect-database', time, file);
  expect(homeless.error).toMatchObject({
    name: 'InvalidEnvironment',
    message: expect.stringMatching(/^EVIDENCE_BUCKET: is not set\n {2}hint: /),
  });
  const distrustful = await invoke(stage.endpoint, 'inspect-database', time, {
    ...file,
    EVIDENCE_BUCKET: BUCKET,
  });
  expect(distrustful.error).toMatchObject({
    name: 'RunFailed',
    message: expect.stringMatching(/certificate[\s\S]*hint: .*CA bundle/),
  });
});

it('asks an emulator that others wrote the same questions', async () => {
  const { CONFORMANCE_MOTO_URL: url = '' } = process.env;
  const moto: Endpoint = { url, accessKeyId: 'testing', secretAccessKey: 'testing' };
  const other = (text: string) => text.replaceAll('qrosity-db', 'inspected-db');
  stage.say(other(POLICY));
  await awsCli(moto, HOME, 's3api', 'create-bucket', '--bucket', BUCKET);
  await awsCli(
    moto,
    HOME,
    ...['rds', 'create-db-instance', '--db-instance-identifier', 'inspected-db', '--engine', 'postgres'],
    ...['--db-instance-class', 'db.t3.micro', '--allocated-storage', '20', '--master-username', 'qrosity'],
    ...['--master-user-password', 'not-a-secret-1', '--enable-iam-database-authentication'],
  );
  const { answer, error } = await inspect({ dryRun: true }, moto);
  expect(error).toBeUndefined();
  expect(answer).toMatchObject({ counts: { planned: 1 }, entries: [{ reason: 'due' }] });
  expect((await inspect({ restored: true }, moto)).answer).toMatchObject({ entries: [] });
});

import { createHash } from 'node:crypto';
import { makeAlarms } from '../../local/furnish-alarms';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { at } from '../support/builders';
import { awsCli } from './aws-cli';
import type { Endpoint } from './bundles';
import { HOME, Stage } from './stage';

/**
 * The bundle of report-compliance over two days: nobody takes snapshots on the first. What it kept is read, and what
 * Security Hub has is asked for, by the `aws` command line; what it told, as it lies in the mailbox.
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
    retention: { hourly: 24 }
compliance: { securityHub: true }
`;
const MAIL = 'oncall@example.com';

let stage: Stage;
let topic: string;

interface Answered {
  readonly pass: string;
  readonly verdict: string | null;
  readonly report: string | null;
  readonly markdown?: string;
  readonly counts: Readonly<Record<string, number>>;
}

async function report(event: object = {}): Promise<Answered> {
  const told = { NOTICES_TOPIC: topic, DEPLOYMENT: 'holdfast-prod' };
  const { answer, error } = await stage.run('report-compliance', event, told);
  expect(error).toBeUndefined();
  expect(answer).toMatchObject({ counts: { failed: 0, refused: 0 } });
  return answer as unknown as Answered;
}

const mails = () => stage.cloud.region(HOME).outbox.to(MAIL);
const about = (words: RegExp) => mails().filter(({ subject }) => words.test(subject ?? ''));

interface HubFinding {
  readonly GeneratorId: string;
  readonly RecordState: string;
  readonly Workflow: { readonly Status: string };
  readonly Compliance: { readonly Status: string };
}

/** What Security Hub has of the snapshots that the schedule promises. */
async function inHub(): Promise<string[]> {
  const { Findings } = await stage.aws<{ Findings: HubFinding[] }>('securityhub', 'get-findings');
  return Findings.filter(({ GeneratorId }) => GeneratorId.endsWith('snapshot-schedule')).map(
    ({ Compliance, Workflow, RecordState }) => `${Compliance.Status} ${Workflow.Status} ${RecordState}`,
  );
}

beforeAll(async () => {
  stage = await Stage.set(POLICY);
  await makeAlarms(stage.cloud, HOME);
  await stage.aws('securityhub', 'enable-security-hub');
  const made = await stage.aws<{ TopicArn: string }>(
    'sns',
    'create-topic',
    '--name',
    'holdfast-prod-notices',
  );
  topic = made.TopicArn;
  await stage.aws(
    ...['sns', 'subscribe', '--topic-arn', topic, '--protocol', 'email', '--notification-endpoint', MAIL],
  );
  expect(stage.cloud.region(HOME).outbox.confirm(MAIL)).toBe(1);
  await stage.cloud.clock.advanceTo(at('2026-03-01 09:34'));
});

afterAll(() => stage?.close());

it('says how a database stands, and keeps and tells nothing', async () => {
  const { markdown } = await report({ database: 'qrosity-db' });
  expect(markdown).toMatch(/^\| qrosity-db \| failed \| gold \|/m);
  await report({ dryRun: true });
  expect(await stage.keys('')).toEqual([]);
  expect(mails()).toEqual([]);
});

it('tells on-call, Security Hub and the auditor that there is no snapshot', async () => {
  const { verdict, report: key } = await report();
  expect(verdict).toBe('failed');
  const [mail, ...others] = about(/^HIGH \d+ opened/);
  expect(others).toEqual([]);
  expect(mail?.subject?.length).toBeLessThan(100);
  expect(mail?.body).toMatch(/there is no good snapshot at home[\s\S]*aws lambda invoke[\s\S]*README\.md#/);
  const record = await stage.record(key ?? '');
  expect(record).toMatchObject({ schema: 'holdfast.report/1', verdict: 'failed' });
  for (const { key: file, sha256 } of record.files as { key: string; sha256: string }[]) {
    expect(
      createHash('sha256')
        .update(await stage.read(file))
        .digest('hex'),
    ).toBe(sha256);
  }
  const { findings } = await stage.record(String(record.findings));
  expect(findings).toContainEqual(
    expect.objectContaining({ id: 'snapshot-schedule/qrosity-db/us-east-1', pending: [] }),
  );
  expect(await inHub()).toEqual(['FAILED NEW ACTIVE']);
});

it('says it once', async () => {
  const before = mails().length;
  for (let pass = 0; pass < 3; pass += 1) {
    await stage.cloud.clock.advance(10 * MINUTE);
    expect(await report({ pass: 'light' })).toMatchObject({ pass: 'light', report: null, verdict: null });
  }
  expect(mails()).toHaveLength(before);
});

it('says that it is over, and Security Hub with it', async () => {
  expect((await stage.run('create-snapshot')).answer).toMatchObject({ counts: { done: 1 } });
  await stage.cloud.clock.advance(20 * MINUTE);
  await report({ pass: 'light' });
  await stage.cloud.clock.advance(DAY);
  await stage.run('create-snapshot');
  await stage.cloud.clock.advance(HOUR);
  await report();
  expect(about(/^HIGH resolved: snapshot-schedule/)).toHaveLength(1);
  expect(await inHub()).toEqual(['PASSED RESOLVED ACTIVE']);
});

it('tells bad input before anything is looked at', async () => {
  const { error } = await stage.run('report-compliance', { pass: 'hourly' });
  expect(error?.message).toMatch(/^invalid event: pass: "hourly" .*hint: /);
});

it('asks an emulator that others wrote the same questions', async () => {
  const { CONFORMANCE_MOTO_URL: url = '' } = process.env;
  const moto: Endpoint = { url, accessKeyId: 'testing', secretAccessKey: 'testing' };
  const bucket = 'holdfast-reports';
  await awsCli(moto, HOME, 's3api', 'create-bucket', '--bucket', bucket);
  const { TopicArn } = await awsCli<{ TopicArn: string }>(
    moto,
    HOME,
    'sns',
    'create-topic',
    '--name',
    'reports',
  );
  const told = { NOTICES_TOPIC: TopicArn, DEPLOYMENT: 'holdfast-prod', EVIDENCE_BUCKET: bucket };
  for (const pass of ['light', 'daily']) {
    const { answer, error } = await stage.run('report-compliance', { pass }, told, moto);
    expect(error).toBeUndefined();
    expect(answer).toMatchObject({ pass, counts: { failed: 0, refused: 0, postponed: 0 } });
    expect(answer?.entries.map(({ reason }) => reason)).toContain('security-hub');
  }
  const { Contents } = await awsCli<{ Contents: { Key: string }[] }>(
    ...[moto, HOME, 's3api', 'list-objects-v2', '--bucket', bucket, '--prefix', 'reports/'],
  );
  expect(Contents.map(({ Key }) => Key.replace(/^.*\//, '')).sort()).toEqual([
    expect.stringMatching(/\.json$/),
    ...['compliance.csv', 'compliance.html', 'compliance.md'],
    ...['encryption.json', 'ocsf.jsonl.gz', 'sharing.jsonl.gz'],
  ]);
});

import { createHash } from 'node:crypto';
import { type Cloud, createCloud } from '../../../local/cloud';
import { EVIDENCE, makeEvidenceBucket } from '../../../local/furnish';
import { Auditor } from '../../../local/rehearsal/auditor';
import { StoryOfProofs } from '../../../local/rehearsal/proofs';
import type { Report } from '../../../shared/domain/decision';
import { evidenceKey } from '../../../shared/domain/evidence';
import type { Verdict } from '../../../shared/domain/inspection/check';
import { testKey } from '../../../shared/domain/restore-test';
import { TAG } from '../../../shared/domain/tags';
import { DAY, formatInstant, HOUR, type Instant } from '../../../shared/domain/time';
import { AWAY, at, HOME } from '../../support/builders';

const NOW = at('2026-03-02 09:00');

let cloud: Cloud;
let auditor: Auditor;
let told: string[];
const telling = { note: (line: string) => told.push(line), progress: () => undefined };

beforeEach(async () => {
  cloud = createCloud({ start: NOW });
  auditor = new Auditor(cloud, HOME, 'qrosity-db');
  told = [];
  await makeEvidenceBucket(cloud, HOME, 'deploy/evidence.yml', null);
});

const keep = (Key: string, record: object) => {
  const Body = JSON.stringify(record);
  const ContentMD5 = createHash('md5').update(Body).digest('base64');
  return cloud.region(HOME).s3.PutObject({ Bucket: EVIDENCE, Key, Body, ContentMD5 });
};

const check = (verdict: Verdict, id = 'tenants.rows') => ({
  id,
  requirement: 'TEN-4',
  verdict,
  expectation: '',
  found: '',
  subjects: [],
});

const test = (requested: Instant, fields: { region?: string; verdict?: string; snapshot?: string } = {}) => {
  const { region = HOME, verdict = 'passed', snapshot = 'rds:one' } = fields;
  return keep(testKey({ database: 'qrosity-db', region, requested }, 'passed'), {
    schema: 'holdfast.restore-test/1',
    region,
    requested: formatInstant(requested),
    verdict,
    why: 'as it says',
    snapshot: { arn: `arn:aws:rds:${region}:111122223333:snapshot:${snapshot}`, recoveryPoint: null },
    checks: [check('passed')],
    times: { seconds: { available: 540, answered: 600, validated: 601.5, waited: 60 } },
  });
};

const look = (instant: Instant, verdict: Verdict = 'passed') =>
  keep(evidenceKey('inspections', 'qrosity-db', HOME, instant, 'db-1'), {
    schema: 'holdfast.inspection/1',
    at: formatInstant(instant),
    database: 'qrosity-db',
    tenants: 12,
    checks: [check(verdict), check('passed', 'tenants.domains')],
  });

const run = (name: string, fields: object = {}) => ({
  function: name,
  at: NOW,
  event: {},
  failed: null,
  report: null,
  ...fields,
});
const judged = run('test-restore', { report: { entries: [{ action: 'judge' }] } as unknown as Report });
const story = (promised = { inspection: true, restoreTest: true }) =>
  new StoryOfProofs(auditor, promised, (snapshot) => snapshot.startsWith('planted'));

describe('the evidence', () => {
  it('is read in the order in which tests were asked for, whatever their region', async () => {
    await test(NOW + HOUR);
    await test(NOW, { region: AWAY });
    await test(NOW + DAY, { region: AWAY });
    expect((await auditor.tests()).map(({ region, requested }) => [region, requested])).toEqual([
      [AWAY, '2026-03-02T09:00:00Z'],
      [HOME, '2026-03-02T10:00:00Z'],
      [AWAY, '2026-03-03T09:00:00Z'],
    ]);
  });

  it('leaves out what is another database or another kind of record', async () => {
    await keep(testKey({ database: 'other-db', region: HOME, requested: NOW }, 'passed'), {
      schema: 'holdfast.restore-test/1',
    });
    await keep(testKey({ database: 'qrosity-db', region: HOME, requested: NOW }, 'passed'), {
      schema: 'other/1',
    });
    expect(await auditor.tests()).toEqual([]);
  });
});

it('what tests leave over is instances and tags, in every region, and nothing of other people', async () => {
  const { stage } = cloud.region(HOME);
  stage.instance({ id: 'qrosity-db', tags: { [TAG.owner]: 'holdfast' } });
  stage.snapshots([{ id: 'held', instance: 'qrosity-db', at: NOW, tags: { [TAG.hold]: 'yes' } }]);
  expect(await auditor.leftOver()).toEqual([]);
  cloud.region(AWAY).stage.instance({ id: 'test', tags: { [TAG.restoreTest]: 'then' } });
  // More than a page of them, with the one that matters on the last.
  stage.snapshots(
    Array.from({ length: 120 }, (_, index) => ({ id: `many-${index}`, instance: 'qrosity-db', at: NOW })),
  );
  stage.snapshots([{ id: 'z', instance: 'qrosity-db', at: NOW, tags: { [TAG.underTest]: 'then' } }]);
  expect(await auditor.leftOver()).toEqual(['us-east-1 z (holdfast:under-test)', 'us-west-2 test']);
});

describe('the story', () => {
  it('tells of each scheduled test once, with times that are called local', async () => {
    const proofs = story();
    await test(NOW, { snapshot: 'planted-one', verdict: 'failed' });
    await test(NOW + HOUR);
    proofs.hear(judged);
    await proofs.attend(telling, NOW + 2 * HOUR);
    proofs.hear(judged);
    await proofs.attend(telling, NOW + 3 * HOUR);
    expect(told).toEqual([
      '2026-03-02T11:00:00Z restore test of rds:one in us-east-1: passed, 1 checks; available after 9m, first answer after 10m, validated after 10m2s (local times)',
    ]);
    await test(NOW + DAY, { verdict: 'failed', region: AWAY });
    proofs.hear(judged);
    await proofs.attend(telling, NOW + DAY);
    expect(told[1]).toMatch(/in us-west-2: failed \(as it says\), 1 checks/);
  });

  it('tells of a daily look when it finds something else than the one before', async () => {
    const proofs = story();
    for (const [day, verdict] of (['passed', 'passed', 'failed'] as const).entries()) {
      await look(NOW + day * DAY, verdict);
      proofs.hear(run('inspect-database'));
      await proofs.attend(telling, NOW + day * DAY);
    }
    expect(told).toEqual([
      '2026-03-02T09:00:00Z the daily look into qrosity-db: 12 tenants, 2 checks, none failed',
      '2026-03-04T09:00:00Z the daily look into qrosity-db: 12 tenants, 2 checks, tenants.rows',
    ]);
  });

  const promises = async (proofs: StoryOfProofs) =>
    (await proofs.verdicts()).map(({ measured, held }) => [measured, held]);

  it('holds the schedule to its tests: one at least, and each of them passed', async () => {
    const proofs = story({ inspection: false, restoreTest: true });
    await test(NOW, { snapshot: 'planted-one', verdict: 'failed' });
    expect(await promises(proofs)).toEqual([['none', false]]);
    await test(NOW + HOUR);
    expect(await promises(proofs)).toEqual([['passed', true]]);
    await test(NOW + DAY, { verdict: 'inconclusive' });
    expect(await promises(proofs)).toEqual([['passed, inconclusive', false]]);
  });

  it('holds it to its daily looks: each run leaves a record, and no check fails', async () => {
    const proofs = story({ inspection: true, restoreTest: false });
    expect(await promises(proofs)).toEqual([['0, none', false]]);
    proofs.hear(run('inspect-database'));
    expect(await promises(proofs)).toEqual([['0, none', false]]);
    await look(NOW);
    expect(await promises(proofs)).toEqual([['1, none', true]]);
    // Ticks for restored instances are no looks at the live one.
    proofs.hear(run('inspect-database', { event: { restored: true }, failed: 'no' }));
    expect(await promises(proofs)).toEqual([['1, none', true]]);
    await look(NOW + DAY, 'failed');
    proofs.hear(run('inspect-database'));
    expect(await promises(proofs)).toEqual([['2, tenants.rows', false]]);
  });

  it('promises nothing that the policy does not', async () => {
    expect(await promises(story({ inspection: false, restoreTest: false }))).toEqual([]);
  });
});

import { at } from '../support/builders';
import { type Deployed, deploy, GOLD } from '../support/deployed';
import { EVIDENCE } from '../support/world';

// The handler as Lambda runs it: what its environment and its event have to say. What it finds is tested on real servers
// (test/unit/functions/inspect-database, test/conformance).

let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy(GOLD, { start: at('2026-03-01 05:45') });
  deployed.cloud.region('us-east-1').stage.instance({ id: 'qrosity-db' });
});
afterAll(() => deployed.close());

const failing = (event: unknown) =>
  deployed.invoke('inspect-database', event).then(
    () => 'no error',
    (error: Error) => error.message,
  );

it('looks at home alone, or where restore tests restore, and says why it does nothing', async () => {
  expect(await deployed.tick('inspect-database')).toMatchObject({
    function: 'inspect-database',
    at: '2026-03-01T05:45:00Z',
    entries: [{ subject: { database: 'qrosity-db', region: 'us-east-1' }, reason: 'no-inspection' }],
    liveRuns: 1,
  });
  deployed.router.log.reset();
  expect(await deployed.invoke('inspect-database', { restored: true })).toMatchObject({
    entries: [],
    liveRuns: 0,
  });
  expect(deployed.router.log.count({ operation: 'DescribeDBInstances' })).toBe(2);
  // Evidence is asked for where there is something to look into.
  expect(deployed.router.log.count({ service: 's3' })).toBe(0);
});

it('says what is wrong with an event, and touches nothing', async () => {
  deployed.router.log.reset();
  expect(await failing({ restored: 'yes' })).toBe(
    'invalid event: restored: "yes" is neither true nor false (hint: without quotes)',
  );
  expect(await failing({ restore: true })).toBe(
    'invalid event: restore: unknown key (hint: this function knows time, dryRun, database, restored)',
  );
  expect(deployed.router.log.count()).toBe(0);
});

it('looks into nothing where it is not told in which bucket to keep what it finds', async () => {
  deployed.router.log.reset();
  delete process.env.EVIDENCE_BUCKET;
  try {
    expect(await failing({})).toMatch(/^EVIDENCE_BUCKET: is not set\n {2}hint: name the bucket/);
  } finally {
    process.env.EVIDENCE_BUCKET = EVIDENCE;
  }
  expect(deployed.router.log.count()).toBe(0);
});

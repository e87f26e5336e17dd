import { DAY, formatInstant, HOUR, type Instant } from '../../shared/domain/time';
import { awsCli, manualSnapshots, prepare } from './aws-cli';
import { type Endpoint, invoke } from './bundles';

/**
 * The bundles against moto, an emulator that others wrote: requests and answers are AWS's as they understood it, not
 * as we did. It keeps few of AWS's rules (all is `available` at once, no limits, no pages, every creation time is
 * now), so the rules are tested elsewhere; it has no DescribeAccountAttributes, so the policy's limit stands in.
 */

const url = process.env.CONFORMANCE_MOTO_URL;
if (url === undefined) throw new Error('CONFORMANCE_MOTO_URL is not set\nhint: run npm run conformance');
const moto: Endpoint = { url, accessKeyId: 'testing', secretAccessKey: 'testing' };

// Moto stamps what it makes with the machine's clock, so the story begins now, at one instant for all of it.
const begun: Instant = Math.floor(Date.now() / 1000) * 1000;
const on = (moment: Instant) => ({ time: formatInstant(moment) });
const slot = (moment: Instant) =>
  `holdfast-qrosity-db-${new Date(moment).toISOString().slice(0, 13).replaceAll('-', '').replace('T', '-')}00`;
const named = async (region: string) =>
  (await manualSnapshots(moto, region)).map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier);

let keyAway: string;

beforeAll(async () => {
  keyAway = await prepare(moto);
});

it('answers a dry run with the plan, and changes nothing', async () => {
  const { answer } = await invoke(moto, 'create-snapshot', { ...on(begun), dryRun: true });
  expect(answer).toMatchObject({ dryRun: true, counts: { planned: 1 } });
  expect(answer?.entries[0]).toMatchObject({ action: 'create', reason: 'slot-due' });
  expect(await named('us-east-1')).toEqual([]);
});

it("takes the slot's snapshot, encrypted as its instance and with our tags", async () => {
  const { answer } = await invoke(moto, 'create-snapshot', on(begun));
  expect(answer?.counts).toMatchObject({ done: 1, failed: 0, refused: 0 });
  const [taken, ...others] = await manualSnapshots(moto, 'us-east-1');
  expect(others).toEqual([]);
  expect(taken).toMatchObject({ DBSnapshotIdentifier: slot(begun), Status: 'available', Encrypted: true });
  expect(taken?.TagList).toContainEqual({ Key: 'holdfast:owner', Value: 'holdfast' });
});

it('copies it to the other region, under the key of that region', async () => {
  const { answer } = await invoke(moto, 'copy-snapshot', on(begun));
  expect(answer?.counts).toMatchObject({ done: 1, failed: 0, refused: 0 });
  const [copy] = await manualSnapshots(moto, 'us-west-2');
  expect(copy).toMatchObject({
    DBSnapshotIdentifier: `${slot(begun)}-from-us-east-1`,
    Encrypted: true,
    KmsKeyId: keyAway,
  });
  expect(copy?.TagList).toContainEqual({ Key: 'holdfast:owner', Value: 'holdfast' });
});

it.each(['create-snapshot', 'copy-snapshot', 'prune-snapshots'])(
  '%s does nothing the second time',
  async (name) => {
    const { answer } = await invoke(moto, name, on(begun));
    expect(answer?.counts).toMatchObject({ done: 0, failed: 0, refused: 0, postponed: 0 });
    expect(await named('us-east-1')).toEqual([slot(begun)]);
    expect(await named('us-west-2')).toEqual([`${slot(begun)}-from-us-east-1`]);
  },
);

it("turns the rotation of the copies' key on, and saves it when somebody schedules its deletion", async () => {
  const kms = <T = unknown>(...args: string[]) => awsCli<T>(moto, 'us-west-2', 'kms', ...args);
  const first = await invoke(moto, 'rotate-keys', on(begun));
  expect(first.answer?.counts).toMatchObject({ done: 1, failed: 0, refused: 0 });
  // Moto drops the period that it is asked for, and tells of none: a year is what KMS means by that.
  expect(await kms('get-key-rotation-status', '--key-id', keyAway)).toMatchObject({
    KeyRotationEnabled: true,
  });
  // By its id: of an ARN, moto makes an error of its own here.
  await kms(
    'schedule-key-deletion',
    '--key-id',
    keyAway.replace(/^.*\//, ''),
    '--pending-window-in-days',
    '7',
  );
  const { answer } = await invoke(moto, 'rotate-keys', on(begun));
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 }, keysInDanger: 1 });
  expect(await kms('describe-key', '--key-id', keyAway)).toMatchObject({
    KeyMetadata: { KeyState: 'Enabled' },
  });
});

it('is woken by an event of RDS as by its schedule', async () => {
  await invoke(moto, 'create-snapshot', on(begun + HOUR));
  const { answer } = await invoke(moto, 'copy-snapshot', {
    source: 'aws.rds',
    'detail-type': 'RDS DB Snapshot Event',
    time: formatInstant(begun + HOUR),
    detail: { EventID: 'RDS-EVENT-0042', SourceIdentifier: slot(begun + HOUR) },
  });
  expect(answer).toMatchObject({ at: formatInstant(begun + HOUR), counts: { done: 1 } });
});

it("prunes in both regions what the retention does not keep, never the newest, and nobody else's", async () => {
  await awsCli(
    moto,
    'us-east-1',
    ...['rds', 'create-db-snapshot', '--db-instance-identifier', 'qrosity-db'],
    ...['--db-snapshot-identifier', 'holdfast-of-someone-else'],
  );
  const later = on(begun + 30 * DAY);
  const plan = await invoke(moto, 'prune-snapshots', { ...later, dryRun: true });
  expect(plan.answer?.counts).toMatchObject({ planned: 2, done: 0 });
  expect(await named('us-east-1')).toHaveLength(3);

  const { answer } = await invoke(moto, 'prune-snapshots', later);
  expect(answer?.counts).toMatchObject({ done: 2, failed: 0, refused: 0 });
  expect(await named('us-east-1')).toEqual([slot(begun + HOUR), 'holdfast-of-someone-else'].sort());
  expect(await named('us-west-2')).toEqual([`${slot(begun + HOUR)}-from-us-east-1`]);
});

it('takes a snapshot by hand, and answers with its identifier and state', async () => {
  const asked = { database: 'qrosity-db', reason: 'before migration 42', keep: '7d' };
  const { answer } = await invoke(moto, 'create-snapshot', asked);
  expect(answer).toMatchObject({ state: 'available', counts: { done: 1 } });
  expect(answer?.identifier).toMatch(/^holdfast-qrosity-db-\d{8}-\d{4}-before-migration-42$/);
  expect(await named('us-east-1')).toContain(answer?.identifier);
});

it.each([
  ['create-snapshot', { databse: 'qrosity-db' }, 'InvalidEvent', /databse: unknown key/],
  [
    'create-snapshot',
    { database: 'qrosity-db', reason: 'x', keep: '7 days' },
    'InvalidEvent',
    /"7 days" is not a duration/,
  ],
  ['create-snapshot', { database: 'no-such-db' }, 'RunFailed', /unknown database/],
  ['copy-snapshot', 'now', 'InvalidEvent', /"now" is not an object/],
  ['prune-snapshots', { allowShare: 1 }, 'InvalidEvent', /allowShare/],
])('%s refuses %j', async (name, event, error, message) => {
  const came = await invoke(moto, name, event);
  expect(came.answer).toBeUndefined();
  expect(came.error).toMatchObject({ name: error, message: expect.stringMatching(message) });
});

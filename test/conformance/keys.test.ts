import { createCloud } from '../../local/cloud';
import { type Listening, listen } from '../../local/wire/listen';
import { Router } from '../../local/wire/router';
import { DAY, formatInstant, HOUR } from '../../shared/domain/time';
import { at } from '../support/builders';
import { awsCli, manualSnapshots, prepare } from './aws-cli';
import { type Endpoint, invoke } from './bundles';

/**
 * The life of two keys, played by the bundle against our own endpoints: what became of them is asked by the `aws`
 * command line, and the hands that are not Holdfast's are its too.
 */

const HOME = 'us-east-1';
const AWAY = 'us-west-2';
const START = at('2026-03-01 06:25');

const bugs: unknown[] = [];
const cloud = createCloud({ start: START });
let listening: Listening;
let endpoint: Endpoint;
let away: string;
let home: string;

const now = () => ({ time: formatInstant(cloud.clock.now()) });
const kms = <T = unknown>(region: string, ...args: string[]) => awsCli<T>(endpoint, region, 'kms', ...args);

interface Status {
  readonly KeyRotationEnabled: boolean;
  readonly RotationPeriodInDays?: number;
  readonly NextRotationDate?: string;
}
const status = (region: string, key: string) =>
  kms<Status>(region, 'get-key-rotation-status', '--key-id', key);
const rotations = async (region: string, key: string) =>
  (
    await kms<{ Rotations: { RotationType: string }[] }>(region, 'list-key-rotations', '--key-id', key)
  ).Rotations.map(({ RotationType }) => RotationType);
const state = async (region: string, key: string) =>
  (await kms<{ KeyMetadata: { KeyState: string } }>(region, 'describe-key', '--key-id', key)).KeyMetadata
    .KeyState;

beforeAll(async () => {
  const router = new Router(cloud.services, { account: cloud.account, onError: (error) => bugs.push(error) });
  listening = await listen(router);
  endpoint = { url: listening.url, accessKeyId: cloud.account, secretAccessKey: 'local' };
  away = await prepare(endpoint);
  await cloud.clock.advance(HOUR);
  const { DBInstances } = await awsCli<{ DBInstances: { KmsKeyId: string }[] }>(
    endpoint,
    HOME,
    ...['rds', 'describe-db-instances'],
  );
  home = DBInstances[0]?.KmsKeyId ?? '';
});

afterAll(async () => {
  await listening?.close();
  await cloud.close();
  expect(bugs).toEqual([]);
});

it('reports what is encrypted under which key as a table, and changes nothing', async () => {
  const { answer } = await invoke(endpoint, 'rotate-keys', { ...now(), report: true });
  expect(answer).toMatchObject({ dryRun: true, counts: { planned: 1, done: 0 } });
  expect((answer as unknown as { table: string }).table).toMatch(
    /qrosity-db .* us-east-1 .* database .* yes/,
  );
  expect(await status(AWAY, away)).toMatchObject({ KeyRotationEnabled: false });
});

it('turns the rotation of the key on that the policy names, and leaves the other until it carries our tag', async () => {
  const { answer } = await invoke(endpoint, 'rotate-keys', now());
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 } });
  expect(await status(AWAY, away)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
  expect(await status(HOME, home)).toMatchObject({ KeyRotationEnabled: false });
  await kms(HOME, 'tag-resource', '--key-id', home, '--tags', 'TagKey=holdfast:owner,TagValue=holdfast');
  await invoke(endpoint, 'rotate-keys', now());
  expect(await status(HOME, home)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
});

it('puts a period back that drifted', async () => {
  await kms(AWAY, 'enable-key-rotation', '--key-id', away, '--rotation-period-in-days', '2560');
  expect(await status(AWAY, away)).toMatchObject({ RotationPeriodInDays: 2560 });
  await invoke(endpoint, 'rotate-keys', now());
  expect(await status(AWAY, away)).toMatchObject({ RotationPeriodInDays: 365 });
});

it('rotates on demand what is overdue, once, and leaves what KMS has rotated', async () => {
  await cloud.clock.advance(100 * DAY);
  await kms(AWAY, 'disable-key-rotation', '--key-id', away);
  await cloud.clock.advance(267 * DAY);
  const first = await invoke(endpoint, 'rotate-keys', now());
  expect(first.answer?.entries.map(({ reason, outcome }) => `${reason} ${outcome}`).sort()).toEqual([
    'never-rotated done',
    'rotates nothing',
    'rotation-off done',
  ]);
  const again = await invoke(endpoint, 'rotate-keys', now());
  expect(again.answer).toMatchObject({ counts: { done: 0, postponed: 1, failed: 0, refused: 0 } });
  await cloud.clock.advance(HOUR);
  expect(await rotations(AWAY, away)).toEqual(['ON_DEMAND']);
  expect(await rotations(HOME, home)).toEqual(['AUTOMATIC']);
  const last = await invoke(endpoint, 'rotate-keys', now());
  expect(last.answer).toMatchObject({ counts: { done: 0, postponed: 0, failed: 0, refused: 0 } });
});

it('saves a key that somebody disables or schedules for deletion', async () => {
  await kms(AWAY, 'schedule-key-deletion', '--key-id', away, '--pending-window-in-days', '7');
  await kms(HOME, 'disable-key', '--key-id', home);
  expect([await state(AWAY, away), await state(HOME, home)]).toEqual(['PendingDeletion', 'Disabled']);
  const { answer, log } = await invoke(endpoint, 'rotate-keys', now());
  expect(answer).toMatchObject({ counts: { done: 2, failed: 0, refused: 0 }, keysInDanger: 1 });
  // As the alarm in deploy/rotate-keys.yml looks for it.
  expect(log).toMatch(/"Namespace":"Holdfast".*"service":"rotate-keys".*"keysInDanger":1/);
  expect([await state(AWAY, away), await state(HOME, home)]).toEqual(['Enabled', 'Enabled']);
  expect(await status(AWAY, away)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
});

it('re-keys data: the newest recovery point of each region is copied under the new key', async () => {
  const wanted = at('2027-03-04 00:30');
  await cloud.clock.advanceTo(wanted);
  await invoke(endpoint, 'create-snapshot', now());
  await cloud.clock.advance(20 * 60_000);
  await invoke(endpoint, 'copy-snapshot', now());
  await cloud.clock.advance(HOUR);
  const keys: Record<string, string> = {};
  for (const region of [HOME, AWAY]) {
    const { KeyMetadata } = await kms<{ KeyMetadata: { Arn: string } }>(region, 'create-key');
    keys[region] = KeyMetadata.Arn;
    await kms(region, 'create-alias', '--alias-name', 'alias/next', '--target-key-id', KeyMetadata.Arn);
  }
  const rekey = { database: 'qrosity-db', rekey: { to: 'alias/next' } };
  const { answer } = await invoke(endpoint, 'copy-snapshot', { ...now(), ...rekey });
  expect(answer).toMatchObject({ counts: { done: 2, failed: 0, refused: 0 } });
  expect(answer?.entries[1]?.detail).toContain('the next copies will be full');
  await cloud.clock.advance(2 * HOUR);
  for (const region of [HOME, AWAY]) {
    const rekeyed = (await manualSnapshots(endpoint, region)).filter((one) =>
      one.DBSnapshotIdentifier.includes('-under-'),
    );
    expect(rekeyed).toMatchObject([{ Status: 'available', Encrypted: true, KmsKeyId: keys[region] }]);
  }
});

it('says what is wrong with an event, and touches nothing', async () => {
  const wrong = async (name: string, event: unknown) => (await invoke(endpoint, name, event)).error?.message;
  expect(await wrong('rotate-keys', { report: 'yes' })).toBe(
    'invalid event: report: "yes" is neither true nor false (hint: without quotes)',
  );
  expect(await wrong('copy-snapshot', { rekey: { to: 'alias/next' } })).toBe(
    'invalid event: database: is missing: re-keying is of one database (hint: add it)',
  );
  expect(await wrong('copy-snapshot', { database: 'qrosity-db', rekey: { to: 'next' } })).toBe(
    'invalid event: rekey.to: "next" is not a KMS key (hint: write alias/<name>, a key id, or the ARN of a key)',
  );
  expect(await wrong('copy-snapshot', { database: 'qrosity-db', rekey: { key: 'alias/next' } })).toMatch(
    /rekey\.key: unknown key \(hint: rekey is/,
  );
});

import { createCloud } from '../../local/cloud';
import { type Listening, listen } from '../../local/wire/listen';
import { Router } from '../../local/wire/router';
import { DAY, formatInstant } from '../../shared/domain/time';
import { at } from '../support/builders';
import { awsCli, manualSnapshots, prepare } from './aws-cli';
import { type Endpoint, invoke } from './bundles';

/**
 * The bundles and the `aws` command line against our own endpoints, which keep AWS's rules: states that take their
 * time, keys that belong to a region, quotas. What they answer is read by clients that we did not write.
 */

const bugs: unknown[] = [];
const cloud = createCloud({
  start: at('2026-03-01 09:03'),
  limitsAt: { 'us-west-2': { manualSnapshots: 2 } },
});
let listening: Listening;
let endpoint: Endpoint;
let keyAway: string;

const now = () => ({ time: formatInstant(cloud.clock.now()) });
const until = (time: string) => cloud.clock.advanceTo(at(`2026-03-01 ${time}`));
const states = async (region: string) =>
  (await manualSnapshots(endpoint, region)).map(
    ({ DBSnapshotIdentifier, Status }) => `${DBSnapshotIdentifier} ${Status}`,
  );

beforeAll(async () => {
  const router = new Router(cloud.services, { account: cloud.account, onError: (error) => bugs.push(error) });
  listening = await listen(router);
  endpoint = { url: listening.url, accessKeyId: cloud.account, secretAccessKey: 'local' };
  keyAway = await prepare(endpoint);
  await until('09:33');
});

afterAll(async () => {
  await listening?.close();
  await cloud.close();
  expect(bugs).toEqual([]);
});

it('begins the snapshot of the slot, and lets the copy wait until it is done', async () => {
  const { answer } = await invoke(endpoint, 'create-snapshot', now());
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 } });
  expect(await states('us-east-1')).toEqual(['holdfast-qrosity-db-20260301-0900 creating']);
  const early = await invoke(endpoint, 'copy-snapshot', now());
  expect(early.answer).toMatchObject({ counts: { done: 0, failed: 0, refused: 0 } });
  expect(await states('us-west-2')).toEqual([]);
});

it('copies it under the key of the other region, and takes its time', async () => {
  await until('09:53');
  const { answer } = await invoke(endpoint, 'copy-snapshot', now());
  expect(answer).toMatchObject({ counts: { done: 1, failed: 0, refused: 0 } });
  const [copy] = await manualSnapshots(endpoint, 'us-west-2');
  expect(copy).toMatchObject({
    DBSnapshotIdentifier: 'holdfast-qrosity-db-20260301-0900-from-us-east-1',
    KmsKeyId: keyAway,
    Encrypted: true,
  });
  expect(copy?.Status).not.toBe('available');
  // CreateDBInstance gave the instance a tag of its owner's; its snapshot and the copy say whose they are.
  expect(copy?.TagList).toContainEqual({ Key: 'holdfast:owner', Value: 'holdfast' });
  await until('10:40');
  expect(await states('us-west-2')).toEqual(['holdfast-qrosity-db-20260301-0900-from-us-east-1 available']);
});

it('does nothing the second time', async () => {
  await until('10:41');
  await invoke(endpoint, 'create-snapshot', now());
  await until('10:52');
  await invoke(endpoint, 'copy-snapshot', now());
  await until('10:58');
  const before = [await states('us-east-1'), await states('us-west-2')];
  expect(before.flat()).toHaveLength(4);
  for (const name of ['create-snapshot', 'copy-snapshot', 'prune-snapshots']) {
    const { answer } = await invoke(endpoint, name, now());
    expect([name, answer?.counts]).toMatchObject([name, { done: 0, failed: 0, refused: 0 }]);
  }
  expect([await states('us-east-1'), await states('us-west-2')]).toEqual(before);
});

it('refuses a copy that the quota of its region has no room for, and says what to do', async () => {
  await until('11:03');
  await invoke(endpoint, 'create-snapshot', now());
  await until('11:33');
  const { answer, error } = await invoke(endpoint, 'copy-snapshot', now());
  expect(answer).toBeUndefined();
  expect(error).toMatchObject({
    name: 'RunFailed',
    message: expect.stringMatching(/quota-full[\s\S]*hint: /),
  });
  expect(await states('us-west-2')).toHaveLength(2);
});

it("prunes in both regions, and leaves what is on hold and nobody else's", async () => {
  const [first] = await manualSnapshots(endpoint, 'us-east-1');
  await awsCli(
    endpoint,
    'us-east-1',
    ...['rds', 'add-tags-to-resource', '--resource-name'],
    `arn:aws:rds:us-east-1:${cloud.account}:snapshot:${first?.DBSnapshotIdentifier}`,
    ...['--tags', 'Key=holdfast:hold,Value=audit'],
  );
  await cloud.clock.advance(2 * DAY);
  const { answer } = await invoke(endpoint, 'prune-snapshots', now());
  expect(answer).toMatchObject({ counts: { failed: 0, refused: 0 } });
  const left = (await manualSnapshots(endpoint, 'us-east-1')).map((one) => one.DBSnapshotIdentifier);
  expect(left[0]).toBe(first?.DBSnapshotIdentifier);
  expect(left).toHaveLength(2);
  expect(await manualSnapshots(endpoint, 'us-west-2')).toHaveLength(1);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { awsCli, manualSnapshots, prepare } from './aws-cli';
import { type Endpoint, invoke, ROOT } from './bundles';

/** `npm run local` as the README has it: real PostgreSQL servers behind it, time at 600 minutes a minute. */

let local: ChildProcess;
let endpoint: Endpoint;
/** What it prints to be exported. */
const variables: Record<string, string> = {};

beforeAll(async () => {
  // A process group of its own: npm does not hand every signal on.
  local = spawn('npm', ['run', 'local', '--', '--port', '0', '--speed', '600'], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (local.stdout === null) throw new Error('npm run local has no output');
  for await (const line of createInterface(local.stdout)) {
    const url = /^AWS on this machine: (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) endpoint = { url, accessKeyId: '111122223333', secretAccessKey: 'local' };
    const [, exported = ''] = /^ +export (.*)$/.exec(line) ?? [];
    for (const [, name = '', value = ''] of exported.matchAll(/(\w+)=(\S+)/g)) variables[name] = value;
    if (line.startsWith('Ctrl-C')) break;
  }
  if (endpoint === undefined) throw new Error('npm run local ended without naming its address');
});

/** SIGTERM to npm and all below it, as Ctrl-C in a terminal would; returns when npm has ended. */
async function end(): Promise<void> {
  if (local?.pid === undefined || local.exitCode !== null || local.signalCode !== null) return;
  const ended = once(local, 'exit');
  process.kill(-local.pid, 'SIGTERM');
  await ended;
}

afterAll(end);

/** Asks until the answer is the wanted one, for half a minute of ours. */
async function eventually<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if (JSON.stringify(await ask()) === JSON.stringify(wanted)) return;
    await wait(500);
  }
  expect(await ask()).toEqual(wanted);
}

const states = async (region: string) =>
  (await manualSnapshots(endpoint, region)).map(({ Status }) => Status);

it('plays a database, its snapshot and the copy, with the bundles and the aws command line', async () => {
  const key = await prepare(endpoint);
  await eventually(async () => {
    const { DBInstances } = await awsCli<{ DBInstances: { DBInstanceStatus: string }[] }>(
      endpoint,
      'us-east-1',
      ...['rds', 'describe-db-instances'],
    );
    return DBInstances.map(({ DBInstanceStatus }) => DBInstanceStatus);
  }, ['available']);

  // Time runs by itself here: an automated backup may be under way, and the slot is taken at a later tick.
  await eventually(async () => {
    const taken = await invoke(endpoint, 'create-snapshot', {});
    expect(taken).toMatchObject({ answer: { counts: { failed: 0, refused: 0 } } });
    return (await states('us-east-1')).length;
  }, 1);
  await eventually(() => states('us-east-1'), ['available']);

  const copied = await invoke(endpoint, 'copy-snapshot', {});
  expect(copied).toMatchObject({ answer: { counts: { done: 1, failed: 0, refused: 0 } } });
  await eventually(() => states('us-west-2'), ['available']);
  expect((await manualSnapshots(endpoint, 'us-west-2'))[0]).toMatchObject({ Encrypted: true, KmsKeyId: key });
}, 120_000);

it('prints all that the bundles need to be told', async () => {
  for (const name of ['inspect-database', 'test-restore', 'report-compliance']) {
    const { error } = await invoke(endpoint, name, { dryRun: true }, variables);
    expect([name, error]).toEqual([name, undefined]);
  }
  const told = await invoke(endpoint, 'report-compliance', {}, variables);
  expect(told).toMatchObject({ answer: { counts: { failed: 0, refused: 0 } } });
});

it('frees its port when it is told to end', async () => {
  await end();
  await eventually(
    () =>
      fetch(endpoint.url).then(
        () => 'answers',
        (error: Error) => error.message,
      ),
    'fetch failed',
  );
});

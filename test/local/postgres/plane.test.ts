import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import type { Endpoint } from '../../../local/engine/data';
import type { Captured } from '../../../local/postgres/capture';
import { quickFolder } from '../../../local/postgres/place';
import { PostgresPlane } from '../../../local/postgres/plane';

/** What the tests of one plane need at most, with room to spare. */
const ROOM = 2 ** 30;
const OWNER = { user: 'qrosity', password: `it's "secret"`, database: 'qrosity' };

async function ask<T extends pg.QueryResultRow>(endpoint: Endpoint, text: string): Promise<T[]> {
  const client = new pg.Client({ ...endpoint, ...OWNER });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

async function rows(endpoint: Endpoint): Promise<number> {
  const [answer] = await ask<{ n: number }>(endpoint, 'SELECT count(*)::integer AS n FROM t');
  return answer?.n ?? Number.NaN;
}

const fill = (endpoint: Endpoint, howMany: number) =>
  ask(endpoint, `INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, ${howMany}) i`);

/** The servers under a root, by the files that they write themselves. */
function postmasters(root: string): { pid: number; memory: string }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('postmaster.pid'))
    .map((path) => readFileSync(join(root, path), 'utf8').split('\n'))
    .map((lines) => ({ pid: Number(lines[0]), memory: lines[6]?.trim().split(/\s+/)[1] ?? '' }));
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A process and its children, by number. */
function family(pid: number): number[] {
  const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  return [pid, ...pairs.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []))];
}

function sharedMemory(): string[] {
  const table = execFileSync('ipcs', ['-m'], { encoding: 'utf8' });
  return table.split('\n').map((row) => row.trim().split(/\s+/)[1] ?? '');
}

async function refused({ host, port }: Endpoint): Promise<boolean> {
  const socket = createConnection(port, host);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 10_000) throw new Error('it did not come about within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const open = (onCapture: (instance: string, captured: Captured) => void = () => {}) =>
  PostgresPlane.open({ parent: quickFolder(ROOM), onCapture });

describe('PostgreSQL servers behind instances', () => {
  // One plane for all, because its first cluster takes a second; each test has two regions of its own.
  let plane: PostgresPlane;
  let captures: Captured[];
  let test = 0;
  let HOME: string;
  let AWAY: string;
  beforeAll(async () => {
    plane = await open((_, captured) => captures.push(captured));
  });
  beforeEach(() => {
    captures = [];
    HOME = `home-${++test}`;
    AWAY = `away-${test}`;
  });
  afterEach(async () => {
    await plane.loseRegion(HOME);
    await plane.loseRegion(AWAY);
  });
  afterAll(() => plane.close());

  it('are there for their owner, with checksums and the extensions that Qrosity wants', async () => {
    const endpoint = await plane.create('db', HOME, OWNER);
    await ask(endpoint, 'CREATE EXTENSION "uuid-ossp"; CREATE EXTENSION pg_stat_statements');
    const [answer] = await ask(
      endpoint,
      `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('data_checksums') AS checksums,
         current_setting('wal_level') AS wal, uuid_generate_v4() IS NOT NULL AS uuid,
         (SELECT count(*) > 0 FROM pg_stat_statements) AS statements`,
    );
    expect(answer).toEqual({ version: 18, checksums: 'on', wal: 'replica', uuid: true, statements: true });
    await expect(plane.create('db', HOME, OWNER)).rejects.toThrow('instance db is there already');
  });

  // Catches: processes that are not all stopped, files shared that have changed, WAL left out.
  it('are captured in the middle of their work as exactly a prefix of what was committed', async () => {
    const endpoint = await plane.create('db', HOME, OWNER);
    await ask(
      endpoint,
      `CREATE TABLE left_hand (i int PRIMARY KEY, filler text); CREATE TABLE right_hand (i int PRIMARY KEY, filler text);
       CREATE INDEX ON left_hand (filler); CREATE EXTENSION amcheck`,
    );
    const writers = new pg.Client({ ...endpoint, ...OWNER });
    writers.on('error', () => {});
    await writers.connect();
    // In the server, which runs on while this process captures; small pages of work, each committed.
    const work = writers
      .query(
        `DO $$ BEGIN FOR n IN 1..10000000 LOOP
           INSERT INTO left_hand VALUES (n, md5(n::text)); INSERT INTO right_hand VALUES (n, repeat('y', 300)); COMMIT;
           IF n % 5000 = 0 THEN CHECKPOINT; END IF;
         END LOOP; END $$`,
      )
      .catch(() => 'ended');
    await plane.capture('db', 's1', HOME);
    for (const snapshot of ['s2', 's3', 's4']) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await plane.capture('db', snapshot, HOME);
    }
    await plane.stop('db');
    await work;
    await writers.end();
    let before = -1;
    for (const snapshot of ['s1', 's2', 's3', 's4']) {
      const restored = await plane.restore(snapshot, `from-${snapshot}`, HOME);
      const [found] = await ask<{ newest: number }>(
        restored,
        `SELECT coalesce(max(l.i), 0) AS newest, count(l.i)::int AS pairs, count(r.i)::int AS rights
         FROM left_hand l FULL JOIN right_hand r USING (i)`,
      );
      expect(found).toEqual({ newest: found?.newest, pairs: found?.newest, rights: found?.newest });
      expect(found?.newest).toBeGreaterThan(before);
      before = found?.newest ?? 0;
      // Every index against its table, every page of the tables, and what the checksums said on the way.
      await ask(
        restored,
        `SELECT bt_index_check(indexrelid, true) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
         JOIN pg_am ON pg_am.oid = relam WHERE amname = 'btree' AND relpersistence = 'p'`,
      );
      const heap =
        "SELECT * FROM verify_heapam('left_hand') UNION ALL SELECT * FROM verify_heapam('right_hand')";
      expect(await ask(restored, heap)).toEqual([]);
      expect(
        await ask(restored, 'SELECT sum(checksum_failures)::int AS failures FROM pg_stat_database'),
      ).toEqual([{ failures: 0 }]);
      await plane.destroy(`from-${snapshot}`);
    }
  }, 60_000);

  it('give snapshots that move little after the first, and outlive each other', async () => {
    const endpoint = await plane.create('db', HOME, OWNER);
    await ask(endpoint, 'CREATE TABLE t (i int, filler text)');
    const first = await plane.capture('db', 's1', HOME);
    expect(first.bytes).toBe(first.totalBytes);
    await fill(endpoint, 1);
    const second = await plane.capture('db', 's2', HOME);
    expect(second.bytes).toBeGreaterThan(0);
    // A segment of WAL or two, and what the first left young.
    expect(second.bytes).toBeLessThan(second.totalBytes / 8);
    await fill(endpoint, 1);
    await plane.capture('db', 's3', HOME);
    await plane.discard('s2');
    await plane.discard('s2');
    await expect(plane.restore('s2', 'gone', HOME)).rejects.toThrow('there is no data of snapshot s2');
    expect(await rows(await plane.restore('s1', 'r1', HOME))).toBe(0);
    expect(await rows(await plane.restore('s3', 'r3', HOME))).toBe(2);
    // With the last snapshot the storage is empty.
    await plane.discard('s1');
    await plane.discard('s3');
    const [region] = readdirSync(plane.root).filter((name) => name.startsWith(HOME));
    expect(readdirSync(join(plane.root, region ?? '', 'blobs'))).toEqual([]);
  });

  it('stand still for milliseconds only, also for the first snapshot', async () => {
    await plane.create('db', HOME, OWNER);
    for (const snapshot of ['s1', 's2', 's3']) await plane.capture('db', snapshot, HOME);
    // 10 to 20 ms alone on two cores; the bound leaves room for other tests on them.
    expect(Math.max(...captures.map(({ frozenMs }) => frozenMs))).toBeLessThan(300);
  });

  it('come back in the other region after the loss of their own', async () => {
    const endpoint = await plane.create('db', HOME, OWNER);
    await ask(endpoint, 'CREATE TABLE t (i int, filler text)');
    await fill(endpoint, 10);
    await plane.capture('db', 's1', HOME);
    const first = await plane.transfer('s1', 'c1', AWAY, false);
    expect(first.bytes).toBe(first.totalBytes);
    await fill(endpoint, 5);
    await plane.capture('db', 's2', HOME);
    const second = await plane.transfer('s2', 'c2', AWAY, false);
    expect(second.bytes).toBeLessThan(second.totalBytes / 8);
    const full = await plane.transfer('s2', 'c2-full', AWAY, true);
    expect(full.bytes).toBe(full.totalBytes);
    await expect(plane.restore('s2', 'wrong', AWAY)).rejects.toThrow(
      `s2 is in ${HOME}, not in ${AWAY}\nhint: `,
    );

    const pids = postmasters(plane.root).flatMap(({ pid }) => family(pid));
    await plane.loseRegion(HOME);
    expect(pids.length).toBeGreaterThan(3);
    await until(() => !pids.some(alive));
    expect(await refused(endpoint)).toBe(true);
    expect(readdirSync(plane.root).filter((name) => name.startsWith(HOME))).toEqual([]);
    await expect(plane.restore('s2', 'gone', HOME)).rejects.toThrow('there is no data of snapshot s2');
    await plane.destroy('db');
    await plane.discard('c1');

    expect(await rows(await plane.restore('c2', 'back', AWAY))).toBe(15);
    // The region can be used again, empty.
    await plane.create('db', HOME, OWNER);
  });

  it('lose what is under way when their region is lost', async () => {
    const endpoint = await plane.create('db', HOME, OWNER);
    await plane.create('second', HOME, OWNER);
    await plane.capture('db', 's1', HOME);
    const acts = [
      plane.create('third', HOME, OWNER),
      plane.transfer('s1', 'c1', AWAY, false),
      plane.capture('second', 's2', HOME),
    ];
    const results = Promise.allSettled(acts);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await plane.loseRegion(HOME);
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(postmasters(plane.root)).toEqual([]);
    expect(await refused(endpoint)).toBe(true);
  });

  it('keep their data and their place over a stop and a start', async () => {
    const endpoint = await plane.create('db', HOME, OWNER);
    await ask(endpoint, 'CREATE TABLE t (i int, filler text)');
    await fill(endpoint, 3);
    await plane.stop('db');
    await plane.stop('db');
    expect(await refused(endpoint)).toBe(true);
    await expect(plane.capture('db', 's1', HOME)).rejects.toThrow('the server is not running');
    await plane.start('db');
    await plane.start('db');
    expect(await rows(endpoint)).toBe(3);
  });

  it('wait for their port where somebody took it in the meantime', async () => {
    const endpoint = await plane.create('db', HOME, OWNER);
    await plane.stop('db');
    const squatter = createServer().listen(endpoint.port, endpoint.host);
    await once(squatter, 'listening');
    const started = plane.start('db');
    await new Promise((resolve) => setTimeout(resolve, 300));
    squatter.close();
    await started;
    expect(await ask(endpoint, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('what is left of servers', () => {
  const [HOME, AWAY] = ['us-east-1', 'us-west-2'];

  it('is no process, port, shared memory or folder when they are closed, once or twice', async () => {
    const plane = await open();
    const endpoint = await plane.create('db', HOME, OWNER);
    await plane.create('other', AWAY, OWNER);
    const servers = postmasters(plane.root);
    const pids = servers.flatMap(({ pid }) => family(pid));
    expect(servers.filter(({ memory }) => sharedMemory().includes(memory))).toHaveLength(2);
    const late = Promise.allSettled([plane.create('late', HOME, OWNER), plane.capture('db', 's1', HOME)]);
    await Promise.all([plane.close(), plane.close()]);
    await plane.close();
    await late;
    await until(() => !pids.some(alive));
    expect(servers.filter(({ memory }) => sharedMemory().includes(memory))).toEqual([]);
    expect(await refused(endpoint)).toBe(true);
    expect(existsSync(plane.root)).toBe(false);
    await expect(plane.create('after', HOME, OWNER)).rejects.toThrow('have been closed');
  });

  // Catches: a watcher that is not there, or that does not find the servers.
  it.each(['exit', 'SIGKILL'] as const)(
    'is nothing when the process that started them ends by %s',
    async (how) => {
      const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'orphan.ts'), how], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      await until(() => text.includes('\n') || child.exitCode !== null);
      const root = text.trim();
      const servers = postmasters(root);
      expect(servers).toHaveLength(1);
      const pids = servers.flatMap(({ pid }) => family(pid));
      child.kill(how === 'exit' ? 'SIGUSR2' : how);
      await exit;
      if (how === 'exit') expect(existsSync(root)).toBe(false);
      await until(() => !pids.some(alive) && !existsSync(root));
      await until(() => !servers.some(({ memory }) => sharedMemory().includes(memory)));
    },
  );
});

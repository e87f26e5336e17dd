import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Unstartable } from '../engine/data';
import { type Account, ENVIRONMENT } from './account';
import type { Binaries } from './binaries';
import { type Frozen, freeze, killAll, signal } from './processes';

/** The superuser of every server: named as RDS names its own. */
export const SUPERUSER = 'rdsadmin';

/** What all servers of a process run share. */
export interface Installation {
  readonly binaries: Binaries;
  readonly account: Account | null;
  /** The superuser's. */
  readonly password: string;
  /** The folder of all servers' sockets, which only the account can enter. */
  readonly sockets: string;
}

const READY_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;
const POLL_MS = 10;

/** One PostgreSQL server: a data folder, the process on it, and the socket that it listens on. */
export class Server {
  readonly data: string;
  /** What the server writes: beside its data, so that no snapshot holds it. */
  private readonly log: string;
  private child: ChildProcess | null = null;
  private ended = false;

  /**
   * @param folder holds `data`, which is there already, and the log
   * @param number its port, for PostgreSQL, which makes it part of the socket's name
   */
  constructor(
    folder: string,
    private readonly number: number,
    private readonly installation: Installation,
  ) {
    this.data = join(folder, 'data');
    this.log = join(folder, 'server.log');
  }

  get running(): boolean {
    return this.child !== null;
  }

  get socket(): string {
    return socketOf(this.installation.sockets, this.number);
  }

  /** Starts it and returns once it answers a query. */
  async start(): Promise<void> {
    if (this.running) return;
    if (this.ended) throw new Error('the server was ended before it started');
    const failure = await this.launch();
    if (failure !== null) throw new Unstartable(`the server on ${this.data} did not start:\n${failure}`);
  }

  /** Shuts down cleanly, with a checkpoint; clients are disconnected. */
  async stop(): Promise<void> {
    const child = this.child;
    if (child?.pid === undefined) return;
    const exit = this.exitOf(child);
    signal(child.pid, 'SIGINT');
    const patience = new AbortController();
    const late = pause(STOP_PATIENCE_MS, 'late', { signal: patience.signal }).catch(() => 'ended');
    if ((await Promise.race([exit, late])) === 'late') await this.cut();
    patience.abort();
  }

  /** Ends it at once, as a power cut would, for good. */
  async kill(): Promise<void> {
    this.ended = true;
    await this.cut();
  }

  private async cut(): Promise<void> {
    const child = this.child;
    if (child?.pid === undefined) return;
    const memory = this.sharedMemory();
    const exit = this.exitOf(child);
    killAll(child.pid);
    await exit;
    if (memory !== null) await removeSharedMemory(memory);
  }

  freeze(): Frozen {
    if (this.child?.pid === undefined) throw new Error('the server is not running');
    return freeze(this.child.pid);
  }

  /** Has it read its files again. */
  reload(): void {
    if (this.child?.pid !== undefined) signal(this.child.pid, 'SIGHUP');
  }

  /** As the superuser, past the gate. */
  async connect(database = 'postgres'): Promise<pg.Client> {
    const { password, sockets } = this.installation;
    const client = new pg.Client({
      host: sockets,
      port: this.number,
      user: SUPERUSER,
      password,
      database,
      connectionTimeoutMillis: 5_000,
    });
    // A connection that breaks when nobody waits for it tells so by this event; the next query fails anyway.
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** `null` when it came up, else what it wrote. */
  private async launch(): Promise<string | null> {
    const output = openSync(this.log, 'a');
    const begin = readFileSync(this.log).length;
    const { binaries, account, sockets } = this.installation;
    // A session of its own: the terminal's Ctrl-C is for us, who end the servers in order.
    const child = spawn(binaries.postgres, ['-D', this.data, '-k', `"${sockets}"`, '-p', `${this.number}`], {
      ...account,
      cwd: this.data,
      env: ENVIRONMENT,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.child = child;
    const exit = new Promise<'exit'>((resolve) => {
      const over = () => {
        if (this.child === child) this.child = null;
        resolve('exit');
      };
      child.once('exit', over);
      child.once('error', over);
    });
    child.unref();
    const answer = await Promise.race([exit, this.answers(child)]);
    if (answer === 'answers') return null;
    if (answer === 'late') await this.cut();
    const written = readFileSync(this.log).subarray(begin).toString().trim();
    return written === '' ? `it ended without a word (${child.signalCode ?? child.exitCode})` : written;
  }

  private async answers(child: ChildProcess): Promise<'answers' | 'late' | 'exit'> {
    const deadline = performance.now() + READY_PATIENCE_MS;
    while (this.child === child) {
      if (performance.now() > deadline) return 'late';
      try {
        const client = await this.connect();
        try {
          await client.query('SELECT 1');
        } finally {
          await client.end();
        }
        return 'answers';
      } catch {
        // Refused, or "the database system is starting up". If it never answers, the log tells why.
        await pause(POLL_MS);
      }
    }
    return 'exit';
  }

  /** A server keeps our process from ending only while somebody waits for the server's own end. */
  private exitOf(child: ChildProcess): Promise<unknown> {
    child.ref();
    return once(child, 'exit');
  }

  /** Line 7 of postmaster.pid: the key and id of 56 bytes of System V shared memory, which outlive a killed server. */
  private sharedMemory(): string | null {
    try {
      const line = readFileSync(join(this.data, 'postmaster.pid'), 'latin1').split('\n')[6];
      return line?.trim().split(/\s+/)[1] ?? null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}

export function socketOf(folder: string, number: number): string {
  return join(folder, `.s.PGSQL.${number}`);
}

async function removeSharedMemory(id: string): Promise<void> {
  // Also fails where the machine has no ipcrm: 56 bytes then stay until it is restarted.
  await new Promise<void>((resolve) => execFile('ipcrm', ['-m', id], () => resolve()));
}

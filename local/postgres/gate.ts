import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import type { Instant } from '../../shared/domain/time';
import type { Endpoint } from '../engine/data';
import { admit, type Door } from './admission';

export const HOST = '127.0.0.1';

/**
 * Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections: one of those could
 * take the port while the server is stopped.
 */
const PORTS = [15_000, 32_000] as const;
const PORTS_TO_TRY = 20;
/** How long a restarted server waits for its port, which is part of its endpoint and cannot change. */
const PORT_PATIENCE_MS = 5_000;
/** How long clients of a server that has shut down may take to read its last words. */
const READ_PATIENCE_MS = 1_000;

/** What the gates of a plane have in common. */
export interface Keeping {
  readonly secure: SecureContext;
  now(): Instant;
}

/** Whom a gate lets in; may change while it is open. */
export interface Rules {
  readonly iamAuthentication: boolean;
  /** Nobody comes in without TLS. */
  readonly forceSsl: boolean;
}

/**
 * The endpoint of an instance, as RDS has one before its server: it ends TLS, knows IAM tokens, and hands on the rest
 * untouched. The servers themselves listen on sockets in a folder of their own account, so nobody comes in past it.
 * To them every client is local: `pg_stat_activity` has no address of it.
 */
export class Gate {
  private listener: Server | null = null;
  private port: number | null = null;
  private ended = false;
  private readonly sockets = new Set<Socket>();

  /**
   * @param socket of the server behind it
   * @param note where it is written down why a token was refused
   */
  constructor(
    private readonly region: string,
    private readonly socket: string,
    private readonly keeping: Keeping,
    public rules: Rules,
    private readonly note: (line: string) => void,
  ) {}

  get endpoint(): Endpoint {
    if (this.port === null) throw new Error('the server was never started');
    return { host: HOST, port: this.port };
  }

  /**
   * Opens on the port it had before, or on a free one. A port is only known to be free when it is held: looking for a
   * free one first would race with everyone else who does.
   */
  async open(): Promise<void> {
    const deadline = performance.now() + PORT_PATIENCE_MS;
    for (let attempt = 1; ; attempt++) {
      const port = this.port ?? randomInt(...PORTS);
      const listener = await this.listen(port);
      if (this.ended) {
        listener?.close();
        throw new Error('the server was ended while it started');
      }
      if (listener !== null) {
        this.listener = listener;
        this.port = port;
        return;
      }
      const again = this.port === null ? attempt < PORTS_TO_TRY : performance.now() < deadline;
      if (!again) throw new Error(`somebody else has taken port ${port} on ${HOST}`);
      if (this.port !== null) await pause(100);
    }
  }

  /** Lets nobody in any more. Who is inside stays. */
  close(): void {
    this.listener?.close();
    this.listener = null;
  }

  /** Resolves when everyone has left, as they do when the server has; who does not read its last words is cut off. */
  async drain(): Promise<void> {
    const left = Promise.all(
      [...this.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
    const patience = new AbortController();
    const late = pause(READ_PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([left, late]);
    patience.abort();
    this.cut();
  }

  /** Cuts every connection off, for good. */
  end(): void {
    this.ended = true;
    this.close();
    this.cut();
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** `null` when somebody has the port. */
  private async listen(port: number): Promise<Server | null> {
    const listener = createServer({ noDelay: true }, (socket) => {
      admit(socket, this.door()).catch(() => socket.destroy());
    });
    try {
      await once(listener.listen(port, HOST), 'listening');
      // As the servers do not, no gate keeps our process from ending.
      return listener.unref();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
      throw error;
    }
  }

  private door(): Door {
    const { region, socket, keeping, rules, note, endpoint } = this;
    return { ...rules, ...keeping, endpoint, region, socket, note, keep: (kept) => this.keep(kept) };
  }

  private keep<S extends Socket>(socket: S): S {
    this.sockets.add(socket);
    // Whoever is at the other end learns of a failure by the close.
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
    return socket.unref();
  }
}

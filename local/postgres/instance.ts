import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint, ServerSettings } from '../engine/data';
import type { Manifest } from './capture';
import { Gate, type Keeping } from './gate';
import { type Installation, Server } from './server';
import { rulesOf, writeSettings } from './settings';

/** A server and the gate before it. */
export class Instance {
  readonly server: Server;
  /** Its newest capture: what the next one need not copy again. */
  newest: Manifest | null = null;
  private readonly gate: Gate;

  /**
   * @param folder holds `data`, which is there already, and what the server writes besides
   * @param number of its own among all of the plane's
   */
  constructor(
    readonly folder: string,
    number: number,
    region: string,
    private readonly installation: Installation,
    keeping: Keeping,
    settings: ServerSettings,
  ) {
    this.server = new Server(folder, number, installation);
    const note = (line: string) => appendFileSync(join(folder, 'gate.log'), `${line}\n`);
    this.gate = new Gate(region, this.server.socket, keeping, rulesOf(settings), note);
  }

  get endpoint(): Endpoint {
    return this.gate.endpoint;
  }

  /** Returns once it answers queries at its endpoint. */
  async start(): Promise<void> {
    if (this.server.running) return;
    await this.server.start();
    try {
      await this.gate.open();
    } catch (error) {
      await this.server.stop();
      throw error;
    }
  }

  /** Shuts down cleanly, with a checkpoint; clients are told so and disconnected. */
  async stop(): Promise<void> {
    this.gate.close();
    await this.server.stop();
    await this.gate.drain();
  }

  /** Ends it at once, as a power cut would, for good. */
  async kill(): Promise<void> {
    this.gate.end();
    await this.server.kill();
  }

  /** IAM authentication changes for who comes next; a running server takes over within moments what it can. */
  configure(settings: ServerSettings): void {
    this.gate.rules = rulesOf(settings);
    writeSettings(this.folder, settings, this.installation.binaries);
    this.server.reload();
  }
}

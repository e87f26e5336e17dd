/** Names one thing in one region of one account: an instance or a snapshot, by its ARN. */
export type Arn = string;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface NewServer {
  readonly user: string;
  readonly password: string;
  /** The initial database. */
  readonly database: string;
}

/** What of an instance's settings concerns its server. */
export interface ServerSettings {
  /** Members of `rds_iam` come in with a token; without it they do not come in at all. */
  readonly iamAuthentication: boolean;
  /** What its parameter group sets itself, by name; all else is the server's own default. */
  readonly parameters: Readonly<Record<string, string>>;
}

export const PLAIN: ServerSettings = { iamAuthentication: false, parameters: {} };

/** How much data an act moved, and how much there is. */
export interface Moved {
  readonly bytes: number;
  readonly totalBytes: number;
}

/** No server comes up on the data: it is damaged too far. Any other error is one of this machine's own. */
export class Unstartable extends Error {}

/**
 * What stands behind instances and snapshots. The engine keeps AWS's rules and states; this moves the data. One
 * implementation runs PostgreSQL servers, the light one keeps nothing.
 */
export interface DataPlane {
  /** The certificate (PEM) to verify endpoints with, RDS's bundle; `null` where there is nothing to connect to. */
  readonly ca: string | null;
  create(instance: Arn, region: string, server: NewServer, settings?: ServerSettings): Promise<Endpoint>;
  /** Takes over what can change while a server runs; the rest waits for the next start. */
  configure(instance: Arn, settings: ServerSettings): Promise<void>;
  start(instance: Arn): Promise<void>;
  stop(instance: Arn): Promise<void>;
  /** Ends the server and removes its data. */
  destroy(instance: Arn): Promise<void>;
  /** A crash-consistent copy of the instance's data, as of this moment. */
  capture(instance: Arn, snapshot: Arn, region: string): Promise<Moved>;
  /** The same data in another region (or the same); `full` when no chain of copies can be continued. */
  transfer(source: Arn, target: Arn, region: string, full: boolean): Promise<Moved>;
  /** A new server on a snapshot's data, recovered as after a crash. Throws `Unstartable` where none comes up on it. */
  restore(snapshot: Arn, instance: Arn, region: string, settings?: ServerSettings): Promise<Endpoint>;
  discard(snapshot: Arn): Promise<void>;
  /** The region is gone: its servers end at once, without warning, and its data with them. */
  loseRegion(region: string): Promise<void>;
  /** Ends every server and removes every folder. */
  close(): Promise<void>;
}

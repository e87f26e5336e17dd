import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Instant } from '../../shared/domain/time';
import {
  type Arn,
  type DataPlane,
  type Endpoint,
  type Moved,
  type NewServer,
  PLAIN,
  type ServerSettings,
} from '../engine/data';
import { type Account, runnable, serverAccount } from './account';
import { findBinaries } from './binaries';
import { BlobStore } from './blobs';
import { blobsOf, type Captured, capture, type Manifest } from './capture';
import { makeAuthority } from './certificate';
import { HOST, type Keeping } from './gate';
import { Instance } from './instance';
import { createOwner } from './owner';
import { Reaper } from './reaper';
import { type Installation, socketOf } from './server';
import { writeSettings } from './settings';
import { makeTemplate } from './template';
import { makeFolder, makePassage, overwrite, plant, readTree } from './tree';

export interface PlaneOptions {
  /** Where the one folder for everything is made; the system's folder for temporary files when left out. */
  readonly parent?: string;
  /** Told of every capture, for measuring. */
  readonly onCapture?: (instance: Arn, captured: Captured) => void;
  /**
   * The clock that IAM tokens are measured by: the machine's, because the SDK signs them by that, whatever time it is
   * in AWS here. Another one is for tests.
   */
  readonly now?: () => Instant;
}

/** One region's servers and snapshots, under one folder. */
interface Region {
  readonly name: string;
  readonly folder: string;
  readonly store: BlobStore;
  /** Those that were started, or are about to be. */
  readonly instances: Set<Instance>;
  lost: boolean;
}

/** Where an instance lies. */
interface Placed {
  readonly region: Region;
  readonly instance: Instance;
}

interface Snapshot {
  readonly region: Region;
  readonly manifest: Manifest;
}

/**
 * Instances and snapshots as PostgreSQL servers and copies of their data folders, on this machine. Snapshots are
 * incremental as on AWS: a file that did not change between two captures is stored and transferred once.
 *
 * What concerns one instance or snapshot happens in the order of the calls. `destroy` and `discard` do not mind
 * that there is nothing: a lost region takes the things it held along.
 */
export class PostgresPlane implements DataPlane {
  private readonly regions = new Map<string, Region>();
  private readonly instances = new Map<Arn, Placed>();
  private readonly snapshots = new Map<Arn, Snapshot>();
  /** The last act asked for on each name, and all that are under way. */
  private readonly tails = new Map<Arn, Promise<void>>();
  private readonly underWay = new Set<Promise<void>>();
  private folders = 0;
  private closing: Promise<void> | null = null;

  private constructor(
    /** Holds everything there is; gone after `close`. */
    readonly root: string,
    /** The certificate (PEM) to verify the instances' endpoints with. */
    readonly ca: string,
    private readonly installation: Installation,
    private readonly keeping: Keeping,
    private readonly reaper: Reaper,
    private readonly options: PlaneOptions,
  ) {}

  /** Finds PostgreSQL, and makes the empty cluster that servers start from (about a second). */
  static async open(options: PlaneOptions = {}): Promise<PostgresPlane> {
    const found = findBinaries();
    const account = serverAccount();
    // Absolute, and from here on always spelled so: reap.sh knows the servers by the folder in their command lines.
    const root = mkdtempSync(join(resolve(options.parent ?? tmpdir()), 'holdfast-'));
    const reaper = new Reaper(root);
    try {
      makePassage(root);
      const binaries = runnable(found, account, root);
      const sockets = makeSockets(root, account);
      const password = randomBytes(24).toString('base64url');
      const installation = { binaries, account, password, sockets };
      const authority = makeAuthority();
      const secure = createSecureContext({
        ...authority.issue([HOST, 'localhost']),
        minVersion: 'TLSv1.2',
      });
      await makeTemplate(join(root, 'template'), installation);
      const keeping = { secure, now: options.now ?? Date.now };
      return new PostgresPlane(root, authority.ca, installation, keeping, reaper, options);
    } catch (error) {
      await rm(root, REMOVE);
      await reaper.dismiss();
      throw error;
    }
  }

  create(instance: Arn, region: string, wanted: NewServer, settings = PLAIN): Promise<Endpoint> {
    return this.inOrder([instance], () => {
      const template = join(this.root, 'template');
      const { folders, files } = readTree(template);
      const sources = [...files.keys()].map((path) => [path, join(template, path)] as const);
      return this.newInstance(instance, region, settings, folders, sources, ({ server }) =>
        createOwner(server, wanted),
      );
    });
  }

  configure(instance: Arn, settings: ServerSettings): Promise<void> {
    return this.inOrder([instance], async () => this.placed(instance).instance.configure(settings));
  }

  start(instance: Arn): Promise<void> {
    return this.inOrder([instance], () => this.placed(instance).instance.start());
  }

  stop(instance: Arn): Promise<void> {
    return this.inOrder([instance], () => this.placed(instance).instance.stop());
  }

  destroy(instance: Arn): Promise<void> {
    return this.inOrder([instance], async () => {
      const found = this.instances.get(instance);
      if (found === undefined) return;
      this.instances.delete(instance);
      await found.instance.kill();
      found.region.instances.delete(found.instance);
      await rm(found.instance.folder, REMOVE);
    });
  }

  /** What a bad disk does: bytes of a file of the instance's data are others than were written, and nobody is told. */
  damage(instance: Arn, path: string, at: number): Promise<void> {
    return this.inOrder([instance], async () =>
      overwrite(this.placed(instance).instance.server.data, path, at),
    );
  }

  capture(instance: Arn, snapshot: Arn, region: string): Promise<Moved> {
    return this.inOrder([instance, snapshot], async () => {
      const { instance: source } = this.placed(instance);
      const target = this.region(region);
      this.refuseTaken(snapshot);
      const { server } = source;
      const captured = await capture(server.data, target.store, source.newest, () => server.freeze());
      assertThere(target);
      source.newest = captured.manifest;
      this.snapshots.set(snapshot, { region: target, manifest: captured.manifest });
      this.options.onCapture?.(instance, captured);
      return captured.moved;
    });
  }

  transfer(source: Arn, target: Arn, region: string, full: boolean): Promise<Moved> {
    return this.inOrder([source, target], async () => {
      const { region: from, manifest } = this.snapshot(source);
      const to = this.region(region);
      this.refuseTaken(target);
      const fetched: string[] = [];
      let bytes = 0;
      try {
        for (const blob of blobsOf(manifest)) {
          if (!full && to.store.has(blob)) continue;
          bytes += await to.store.fetch(blob, from.store);
          fetched.push(blob);
          assertThere(from);
          assertThere(to);
        }
        to.store.retain(blobsOf(manifest));
        this.snapshots.set(target, { region: to, manifest });
      } finally {
        to.store.sweep(fetched);
      }
      return { bytes, totalBytes: manifest.totalBytes };
    });
  }

  restore(snapshot: Arn, instance: Arn, region: string, settings = PLAIN): Promise<Endpoint> {
    return this.inOrder([snapshot, instance], () => {
      const { region: from, manifest } = this.snapshot(snapshot);
      if (from.name !== region) {
        throw new Error(
          `snapshot ${snapshot} is in ${from.name}, not in ${region}\nhint: transfer it there first`,
        );
      }
      const sources = [...manifest.files].map(([path, { blob }]) => [path, from.store.pathOf(blob)] as const);
      return this.newInstance(instance, region, settings, manifest.folders, sources);
    });
  }

  discard(snapshot: Arn): Promise<void> {
    return this.inOrder([snapshot], async () => {
      const found = this.snapshots.get(snapshot);
      if (found === undefined) return;
      this.snapshots.delete(snapshot);
      found.region.store.release(blobsOf(found.manifest));
    });
  }

  async loseRegion(name: string): Promise<void> {
    const region = this.regions.get(name);
    if (region === undefined) return;
    region.lost = true;
    this.regions.delete(name);
    for (const [arn, placed] of this.instances) if (placed.region === region) this.instances.delete(arn);
    for (const [arn, snapshot] of this.snapshots) if (snapshot.region === region) this.snapshots.delete(arn);
    const ends = await Promise.allSettled([...region.instances].map((instance) => instance.kill()));
    // What was under way there fails when it looks again; until then it may still write.
    await Promise.all(this.underWay);
    await rm(region.folder, REMOVE);
    throwAny(ends);
  }

  /** Can be called at any time, and again: what is under way fails, and nothing is left. */
  close(): Promise<void> {
    this.closing ??= this.shut().catch((error) => {
      this.closing = null;
      throw error;
    });
    return this.closing;
  }

  private async shut(): Promise<void> {
    const ends = await Promise.allSettled([...this.regions.keys()].map((name) => this.loseRegion(name)));
    await Promise.all(this.underWay);
    await rm(this.root, REMOVE);
    throwAny(ends);
    await this.reaper.dismiss();
  }

  /** Lays data down in a new folder and starts a server on it. Nothing of it stays if that fails. */
  private async newInstance(
    arn: Arn,
    regionName: string,
    settings: ServerSettings,
    folders: readonly string[],
    sources: readonly (readonly [string, string])[],
    prepare: (instance: Instance) => Promise<void> = async () => {},
  ): Promise<Endpoint> {
    const region = this.region(regionName);
    if (this.instances.has(arn)) throw new Error(`instance ${arn} is there already`);
    const number = ++this.folders;
    const folder = join(region.folder, 'servers', `${number}`);
    makePassage(folder);
    const { installation, keeping } = this;
    const instance = new Instance(folder, number, regionName, installation, keeping, settings);
    region.instances.add(instance);
    try {
      writeSettings(folder, settings, installation.binaries);
      plant(instance.server.data, folders, sources, installation.account);
      assertThere(region);
      await instance.start();
      await prepare(instance);
      assertThere(region);
    } catch (error) {
      await instance.kill();
      region.instances.delete(instance);
      await rm(folder, REMOVE);
      throw error;
    }
    this.instances.set(arn, { region, instance });
    return instance.endpoint;
  }

  private region(name: string): Region {
    const found = this.regions.get(name);
    if (found !== undefined) return found;
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`"${name}" is not the name of a region`);
    // A region that comes back after its loss starts anew, while the old folder is still being removed.
    const folder = join(this.root, `${name}.${++this.folders}`);
    makePassage(join(folder, 'servers'));
    makePassage(folder);
    makePassage(join(folder, 'blobs'));
    const region: Region = {
      name,
      folder,
      store: new BlobStore(join(folder, 'blobs')),
      instances: new Set(),
      lost: false,
    };
    this.regions.set(name, region);
    return region;
  }

  private placed(arn: Arn): Placed {
    const found = this.instances.get(arn);
    if (found === undefined) throw new Error(`there is no instance ${arn}`);
    return found;
  }

  private snapshot(arn: Arn): Snapshot {
    const found = this.snapshots.get(arn);
    if (found === undefined) throw new Error(`there is no data of snapshot ${arn}`);
    return found;
  }

  private refuseTaken(snapshot: Arn): void {
    if (this.snapshots.has(snapshot)) throw new Error(`snapshot ${snapshot} is there already`);
  }

  /** Runs an act when all earlier ones on the same names have ended, whatever came of them. */
  private async inOrder<T>(names: readonly Arn[], act: () => Promise<T>): Promise<T> {
    const before = names.map((name) => this.tails.get(name));
    const result = (async () => {
      await Promise.all(before);
      if (this.closing !== null) throw new Error('the servers of this machine have been closed');
      return act();
    })();
    const tail = result.then(
      () => {},
      () => {},
    );
    this.underWay.add(tail);
    for (const name of names) this.tails.set(name, tail);
    try {
      return await result;
    } finally {
      this.underWay.delete(tail);
      for (const name of names) if (this.tails.get(name) === tail) this.tails.delete(name);
    }
  }
}

/** A process that was just killed may still have a file on the way. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const;

function assertThere(region: Region): void {
  if (region.lost) throw new Error(`region ${region.name} is lost`);
}

function throwAny(results: readonly PromiseSettledResult<void>[]): void {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, 'some servers could not be ended');
}

/** A socket's path is a field of 104 bytes on macOS and of 108 on Linux, its closing zero included. */
const LONGEST_SOCKET = 103;

function makeSockets(root: string, account: Account | null): string {
  const folder = join(root, 'sockets');
  if (Buffer.byteLength(socketOf(folder, 65_535)) > LONGEST_SOCKET) {
    throw new Error(`the path ${folder} is too long for sockets\nhint: set TMPDIR to a shorter one`);
  }
  makeFolder(folder, account);
  return folder;
}

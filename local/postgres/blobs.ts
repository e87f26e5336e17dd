import { copyFileSync, rmSync, statSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CLONE } from './tree';

/** A file's content at one moment. It has the same name in every region that holds it. */
export type BlobId = string;

let blobs = 0;
let drafts = 0;

/**
 * The storage of one region's snapshots: contents of files, each kept for as long as a snapshot needs it.
 */
export class BlobStore {
  /** How many snapshots hold each blob; one that nobody has retained yet stands at 0. */
  private readonly holders = new Map<BlobId, number>();

  constructor(private readonly folder: string) {}

  get size(): number {
    return this.holders.size;
  }

  has(id: BlobId): boolean {
    return this.holders.has(id);
  }

  pathOf(id: BlobId): string {
    return join(this.folder, id);
  }

  /** Takes in a file that stands still. */
  take(file: string): BlobId {
    const id = `${++blobs}`;
    copyFileSync(file, this.pathOf(id), CLONE);
    this.holders.set(id, 0);
    return id;
  }

  /**
   * Takes in a file that may be written to meanwhile: the caller finds out whether it was. `null` when it is gone.
   */
  async takeLive(file: string): Promise<BlobId | null> {
    const id = `${++blobs}`;
    try {
      await copyFile(file, this.pathOf(id), CLONE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    this.holders.set(id, 0);
    return id;
  }

  /** Brings a blob over from another region, again when it is already here. Answers its size. */
  async fetch(id: BlobId, from: BlobStore): Promise<number> {
    const draft = this.pathOf(`${id}.${++drafts}`);
    await copyFile(from.pathOf(id), draft, CLONE);
    await rename(draft, this.pathOf(id));
    if (!this.holders.has(id)) this.holders.set(id, 0);
    return statSync(this.pathOf(id)).size;
  }

  retain(ids: Iterable<BlobId>): void {
    for (const id of ids) this.holders.set(id, (this.holders.get(id) ?? 0) + 1);
  }

  /** Gives the ids up, and removes those that nobody holds any more. */
  release(ids: Iterable<BlobId>): void {
    const orphans: BlobId[] = [];
    for (const id of ids) {
      const left = (this.holders.get(id) ?? 0) - 1;
      if (left > 0) this.holders.set(id, left);
      else if (this.holders.delete(id)) orphans.push(id);
    }
    // Forgotten first, so that nobody counts on a file that is about to go.
    for (const id of orphans) rmSync(this.pathOf(id), { force: true });
  }

  /** Removes those of the ids that nobody has retained. */
  sweep(ids: Iterable<BlobId>): void {
    for (const id of ids) {
      if (this.holders.get(id) !== 0) continue;
      this.holders.delete(id);
      rmSync(this.pathOf(id), { force: true });
    }
  }
}

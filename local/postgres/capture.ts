import type { Moved } from '../engine/data';
import type { BlobId, BlobStore } from './blobs';
import type { Frozen } from './processes';
import { readTree, type Stamp, sameStamp } from './tree';

/** A snapshot: what lay in the data folder at one moment. */
export interface Manifest {
  readonly folders: readonly string[];
  readonly files: ReadonlyMap<string, Kept>;
  readonly totalBytes: number;
}

/** A file in a snapshot. */
export interface Kept extends Stamp {
  readonly blob: BlobId;
  /** The same stamp on a later look means the same content. */
  readonly settled: boolean;
}

export interface Captured {
  readonly manifest: Manifest;
  readonly moved: Moved;
  /** How long the server stood still. */
  readonly frozenMs: number;
}

/**
 * File systems take a write's time from a clock that ticks every 1 to 10 ms, so a file written just before it was
 * copied may be written again under the same time. Git has the same trouble with its index and the same answer: what
 * is that young counts as changed the next time.
 */
const TICK_NS = 50_000_000n;
/** For file systems that keep whole seconds (HFS+), or two of them (FAT). */
const COARSE_TICK_NS = 2_000_000_000n;
const SECOND_NS = 1_000_000_000n;

function settled(stamp: Stamp, copiedNs: bigint): boolean {
  const tick = stamp.modifiedNs % SECOND_NS === 0n ? COARSE_TICK_NS : TICK_NS;
  return copiedNs - stamp.modifiedNs > tick;
}

/** The machine's clock, for comparison with the file system's: nothing to do with AWS's time here. */
function clockNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/**
 * A copy of a running server's data folder as of one instant: what the disk would hold if the power went, so that
 * a server started on it recovers from its WAL. Files that have not changed since `previous` are shared with it.
 *
 * The server stands still only while its files are looked at and the changed ones copied. The first time, when
 * that is all of them (some 0.4 s), they are copied beforehand, and only those that were written meanwhile again.
 */
export async function capture(
  data: string,
  store: BlobStore,
  previous: Manifest | null,
  freeze: () => Frozen,
): Promise<Captured> {
  const taken: BlobId[] = [];
  try {
    const whole = previous !== null && [...blobsOf(previous)].every((blob) => store.has(blob));
    const known = whole ? previous.files : await copyAhead(data, store, previous?.files ?? new Map(), taken);
    const start = performance.now();
    const frozen = freeze();
    let manifest: Manifest;
    try {
      manifest = copyFrozen(data, store, known, taken);
    } finally {
      frozen.thaw();
    }
    const frozenMs = performance.now() - start;
    store.retain(blobsOf(manifest));
    const fresh = new Set(taken);
    let bytes = 0;
    for (const file of manifest.files.values()) if (fresh.has(file.blob)) bytes += file.size;
    return { manifest, frozenMs, moved: { bytes, totalBytes: manifest.totalBytes } };
  } finally {
    store.sweep(taken);
  }
}

function unchanged(before: Kept | undefined, stamp: Stamp, store: BlobStore): before is Kept {
  return before?.settled === true && sameStamp(before, stamp) && store.has(before.blob);
}

function copyFrozen(
  data: string,
  store: BlobStore,
  known: ReadonlyMap<string, Kept>,
  taken: BlobId[],
): Manifest {
  const tree = readTree(data);
  const now = clockNs();
  const files = new Map<string, Kept>();
  let totalBytes = 0;
  for (const [path, stamp] of tree.files) {
    totalBytes += stamp.size;
    const before = known.get(path);
    if (unchanged(before, stamp, store)) {
      files.set(path, before);
      continue;
    }
    const blob = store.take(`${data}/${path}`);
    taken.push(blob);
    files.set(path, { ...stamp, blob, settled: settled(stamp, now) });
  }
  return { folders: tree.folders, files, totalBytes };
}

/** Copies what is not just being written. A write after this moves the file's time, which the frozen look sees. */
async function copyAhead(
  data: string,
  store: BlobStore,
  known: ReadonlyMap<string, Kept>,
  taken: BlobId[],
): Promise<Map<string, Kept>> {
  const files = new Map<string, Kept>();
  const now = clockNs();
  for (const [path, stamp] of readTree(data).files) {
    const before = known.get(path);
    if (unchanged(before, stamp, store)) {
      files.set(path, before);
    } else if (settled(stamp, now)) {
      const blob = await store.takeLive(`${data}/${path}`);
      // Dropped since we looked: a table, or a WAL segment after a checkpoint.
      if (blob === null) continue;
      taken.push(blob);
      files.set(path, { ...stamp, blob, settled: true });
    }
  }
  return files;
}

export function* blobsOf(manifest: Manifest): Iterable<BlobId> {
  for (const { blob } of manifest.files.values()) yield blob;
}

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobStore } from '../../../local/postgres/blobs';
import { blobsOf, capture, type Manifest } from '../../../local/postgres/capture';

/** Folders stand in for a server's: what is under test is which file is copied, shared or left out. */
describe('capture', () => {
  let root: string;
  let data: string;
  let store: BlobStore;
  let thaws: number;

  const still = () => ({ processes: 1, thaw: () => void thaws++ });
  const take = (previous: Manifest | null) => capture(data, store, previous, still);
  const contentOf = (manifest: Manifest, path: string) => {
    const kept = manifest.files.get(path);
    return kept === undefined ? undefined : readFileSync(store.pathOf(kept.blob), 'utf8');
  };
  /** @param secondsAgo 0 is within the tick */
  const write = (path: string, content: string, secondsAgo: number, now = Date.now()) => {
    writeFileSync(join(data, path), content);
    // Not a whole second, which would count as young for two of them.
    const time = Math.floor(now / 1000) - secondsAgo + 0.123;
    if (secondsAgo > 0) utimesSync(join(data, path), time, time);
    else utimesSync(join(data, path), now / 1000, now / 1000);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    data = join(root, 'data');
    mkdirSync(join(data, 'base'), { recursive: true });
    mkdirSync(join(root, 'blobs'));
    store = new BlobStore(join(root, 'blobs'));
    thaws = 0;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('shares with the one before what has not changed since', async () => {
    write('base/1', 'one', 9);
    write('base/2', 'two', 9);
    const first = await take(null);
    appendFileSync(join(data, 'base/2'), '!');
    const second = await take(first.manifest);
    expect(second.moved).toEqual({ bytes: 4, totalBytes: 7 });
    expect(second.manifest.files.get('base/1')?.blob).toBe(first.manifest.files.get('base/1')?.blob);
    expect(contentOf(second.manifest, 'base/2')).toBe('two!');
    expect(contentOf(first.manifest, 'base/2')).toBe('two');
  });

  // Catches: a stamp that is trusted although the file was written in the same tick of the clock.
  it('copies again what was young, although size and time say that it is the same', async () => {
    const now = Date.now();
    write('base/1', 'old', 0, now);
    const first = await take(null);
    write('base/1', 'new', 0, now);
    expect(statSync(join(data, 'base/1'), { bigint: true }).mtimeNs).toBe(
      first.manifest.files.get('base/1')?.modifiedNs,
    );
    const second = await take(first.manifest);
    expect(contentOf(second.manifest, 'base/1')).toBe('new');
  });

  // Catches: what was copied ahead is taken for granted.
  it('holds what was there at the freeze, not what was there when copying began', async () => {
    write('base/1', 'before', 9);
    write('base/2', 'dropped', 9);
    const { manifest } = await capture(data, store, null, () => {
      writeFileSync(join(data, 'base/1'), 'frozen');
      writeFileSync(join(data, 'base/3'), 'added');
      rmSync(join(data, 'base/2'));
      return still();
    });
    expect([...manifest.files.keys()].sort()).toEqual(['base/1', 'base/3']);
    expect(contentOf(manifest, 'base/1')).toBe('frozen');
    expect(contentOf(manifest, 'base/3')).toBe('added');
    expect(store.size).toBe(2);
  });

  it('leaves out the running process and what a start throws away', async () => {
    mkdirSync(join(data, 'base/pgsql_tmp'));
    mkdirSync(join(data, 'pg_stat_tmp'));
    for (const path of [
      'postmaster.pid',
      'postmaster.opts',
      'base/pgsql_tmp/1',
      'pg_stat_tmp/1',
      'PG_VERSION',
    ]) {
      write(path, 'x', 9);
    }
    const { manifest } = await take(null);
    expect([...manifest.files.keys()]).toEqual(['PG_VERSION']);
    expect(manifest.folders).toEqual(expect.arrayContaining(['base/pgsql_tmp', 'pg_stat_tmp']));
  });

  it('lets the server go on, and keeps nothing, when a file cannot be copied', async () => {
    write('base/1', 'one', 9);
    const frozen = () => {
      rmSync(join(root, 'blobs'), { recursive: true });
      write('base/1', 'changed', 0);
      return still();
    };
    await expect(capture(data, store, null, frozen)).rejects.toThrow('ENOENT');
    expect(thaws).toBe(1);
    expect(store.size).toBe(0);
  });

  it('copies a file again when the snapshots that had it are gone', async () => {
    write('base/1', 'one', 9);
    const first = await take(null);
    store.release(blobsOf(first.manifest));
    expect(store.size).toBe(0);
    const second = await take(first.manifest);
    expect(second.moved.bytes).toBe(3);
    expect(contentOf(second.manifest, 'base/1')).toBe('one');
  });
});

import { chmodSync, cpSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runnable, serverAccount } from '../../../local/postgres/account';
import { binariesIn, findBinaries, linkLibraries } from '../../../local/postgres/binaries';
import { quickFolder } from '../../../local/postgres/place';

const asRoot = process.getuid?.() === 0;

describe('the user that servers run as', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(quickFolder(2 ** 28), 'holdfast-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is never root', () => {
    const account = serverAccount();
    if (asRoot) expect(account?.uid).toBeGreaterThan(0);
    else expect(account).toBeNull();
  });

  // As npm lays them down without install scripts: no symlinks.
  it('can run the binaries once their links are made, and not before', () => {
    chmodSync(folder, 0o755);
    const native = join(folder, 'native');
    cpSync(findBinaries().native, native, {
      recursive: true,
      filter: (path) => !path.endsWith('.a') && !lstatSync(path).isSymbolicLink(),
    });
    const binaries = binariesIn(native);
    if (process.platform === 'linux') {
      expect(() => runnable(binaries, null, folder)).toThrow(/cannot be run: .*\.so[\s\S]*\nhint: try /);
    }
    linkLibraries(native, 'the package');
    expect(runnable(binaries, serverAccount(), folder)).toBe(binaries);
  });

  // Root's servers run as another user, who cannot go everywhere; an ordinary user's run as themselves.
  if (!asRoot) return;

  it('gets a copy of the binaries where it cannot go', () => {
    const hidden = join(folder, 'hidden');
    cpSync(findBinaries().native, join(hidden, 'native'), { recursive: true, verbatimSymlinks: true });
    chmodSync(hidden, 0o700);
    chmodSync(folder, 0o711);
    const copied = runnable(binariesIn(join(hidden, 'native')), serverAccount(), folder);
    expect(copied).toEqual(binariesIn(join(folder, 'native')));
  });

  it('is told what to do where not even a copy can be reached', () => {
    chmodSync(folder, 0o700);
    const hidden = join(folder, 'hidden');
    cpSync(findBinaries().native, join(hidden, 'native'), { recursive: true, verbatimSymlinks: true });
    expect(() => runnable(binariesIn(join(hidden, 'native')), serverAccount(), folder)).toThrow(
      /cannot be run: [\s\S]*\nhint: .*TMPDIR must be a folder that every user can enter/,
    );
  });
});

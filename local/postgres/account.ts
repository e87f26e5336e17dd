import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type Binaries, binariesIn } from './binaries';

/** The user that servers run as, where it is not our own. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** First choice first. `nobody` is there where PostgreSQL was never installed. */
const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root, so root's servers run as a user that exists: `initdb` wants a name for its user
 * id, and one made with `useradd` would outlive us. `null` when we are an ordinary user ourselves.
 */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of CANDIDATES) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new Error(
    `postgresql refuses to run as root, and there is no user ${CANDIDATES.join(', ')}\n` +
      'hint: run as an ordinary user',
  );
}

function idOf(flag: '-u' | '-g', name: string): number | null {
  try {
    return Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return null; // `id` leaves with 1 where there is no such user.
  }
}

/** What programs of PostgreSQL get to see: not the caller's PGPORT, PGOPTIONS, locale or time zone. */
export const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/**
 * Binaries that the account can run: those given, or a copy of them (60 MB) in `folder` when they lie where only root
 * can go, such as a clone in /root.
 */
export function runnable(binaries: Binaries, account: Account | null, folder: string): Binaries {
  const refused = tryOut(binaries, account);
  if (refused === null) return binaries;
  if (account === null) throw cannotRun(refused, binaries);
  const native = join(folder, 'native');
  cpSync(binaries.native, native, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  execFileSync('chmod', ['-R', 'a+rX', native]);
  const copy = binariesIn(native);
  const still = tryOut(copy, account);
  if (still !== null) throw cannotRun(still, copy);
  return copy;
}

/** Runs `postgres --version` as the account: reach, mode, libraries and processor in one. `null` when it works. */
function tryOut(binaries: Binaries, account: Account | null): string | null {
  const { error, status, stderr } = spawnSync(binaries.postgres, ['--version'], {
    ...account,
    cwd: '/',
    env: ENVIRONMENT,
    encoding: 'utf8',
  });
  if (error !== undefined) return error.message;
  return status === 0 ? null : stderr.trim() || `it left with ${status}`;
}

function cannotRun(why: string, { postgres }: Binaries): Error {
  return new Error(
    `postgresql cannot be run: ${why}\n` +
      `hint: try \`${postgres} --version\`; the binaries need glibc (not Alpine) on Linux, and as root TMPDIR must be ` +
      'a folder that every user can enter',
  );
}

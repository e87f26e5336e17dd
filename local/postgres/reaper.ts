import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const SCRIPT = join(__dirname, 'reap.sh');

/**
 * The last resort for servers and folders under `root`, when nobody got to close them in an orderly way. At
 * `process.on('exit')` it ends them before the process does. A watcher, one `sh` that waits at a pipe from us, does so
 * when there was no exit to speak of: SIGKILL, or a Ctrl-C that nothing handles.
 */
export class Reaper {
  private readonly watcher;
  private readonly atExit: () => void;

  constructor(root: string) {
    this.atExit = () => spawnSync('sh', [SCRIPT, root], { stdio: 'ignore' });
    process.once('exit', this.atExit);
    // In a session of its own: the terminal sends Ctrl-C to our whole process group.
    this.watcher = spawn('sh', ['-c', 'cat >/dev/null; exec sh "$0" "$1"', SCRIPT, root], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.watcher.unref();
    (this.watcher.stdin as unknown as { unref(): void }).unref();
  }

  /** Ends the watch, which finds nothing left to do. */
  async dismiss(): Promise<void> {
    process.removeListener('exit', this.atExit);
    if (this.watcher.exitCode !== null || this.watcher.signalCode !== null) return;
    const gone = once(this.watcher, 'exit');
    this.watcher.ref();
    this.watcher.stdin.end();
    await gone;
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A server's processes, all stopped. */
export interface Frozen {
  /** How many processes stand still. */
  readonly processes: number;
  thaw(): void;
}

/** A stopped process is seen as such in microseconds; this much means that the kernel is stuck on its disk. */
const PATIENCE_MS = 5_000;

/**
 * Stops a postmaster and all of its children, and returns when every one of them has really stopped: a signal is
 * only on its way when `kill` returns, and a process inside a write still ends that write.
 *
 * The postmaster goes first, so that no children are added. Linux warns that its list of children may skip one while
 * another exits, hence the list is read again until it holds nobody new.
 */
export function freeze(postmaster: number): Frozen {
  const stopped = new Set<number>();
  const thaw = () => {
    for (const pid of [...stopped].reverse()) signal(pid, 'SIGCONT');
    stopped.clear();
  };
  const halt = (pids: readonly number[]) => {
    for (const pid of pids) {
      if (signal(pid, 'SIGSTOP')) stopped.add(pid);
    }
    for (const pid of pids) waitUntilStopped(pid);
  };
  try {
    halt([postmaster]);
    for (;;) {
      const added = childrenOf(postmaster).filter((pid) => !stopped.has(pid) && stateOf(pid) !== 'gone');
      if (added.length === 0) return { processes: stopped.size, thaw };
      halt(added);
    }
  } catch (error) {
    thaw();
    throw error;
  }
}

/** Ends a postmaster and all of its children at once, without their knowing. */
export function killAll(postmaster: number): void {
  if (!signal(postmaster, 'SIGSTOP')) return;
  const children = childrenOf(postmaster);
  for (const pid of [postmaster, ...children]) signal(pid, 'SIGKILL');
}

/** `false` when there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function waitUntilStopped(pid: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + PATIENCE_MS;
  while (stateOf(pid) === 'running') {
    if (performance.now() > deadline) throw new Error(`process ${pid} did not stop within ${PATIENCE_MS} ms`);
    Atomics.wait(pause, 0, 0, 0.1);
  }
}

type State = 'running' | 'stopped' | 'gone';

function stateOf(pid: number): State {
  const letter = process.platform === 'linux' ? procState(pid) : psState(pid);
  if (letter === '' || letter === 'Z' || letter === 'X') return 'gone';
  return letter === 'T' || letter === 't' ? 'stopped' : 'running';
}

function procState(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
  return stat === null ? '' : (stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '');
}

function psState(pid: number): string {
  const row = ps().find((process) => process.pid === pid);
  return row === undefined ? '' : (row.state[0] ?? '');
}

function childrenOf(pid: number): number[] {
  // One read, where the kernel has CONFIG_PROC_CHILDREN; macOS has no /proc at all.
  const list = process.platform === 'linux' ? read(`/proc/${pid}/task/${pid}/children`) : null;
  if (list !== null) return list.split(' ').filter(Boolean).map(Number);
  return ps()
    .filter(({ parent }) => parent === pid)
    .map((process) => process.pid);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

function ps(): { pid: number; parent: number; state: string }[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,ppid=,state='], { encoding: 'utf8' }).trim().split('\n');
  return rows.map((row) => {
    const [pid, parent, state] = row.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state: state ?? '' };
  });
}

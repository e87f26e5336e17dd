import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freeze, killAll } from '../../../local/postgres/processes';

function stateOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'state=', '-p', `${pid}`], { encoding: 'utf8' }).trim()[0] ?? '';
  } catch {
    return ''; // `ps` leaves with 1 when there is none.
  }
}

/** Wait for a state that the kernel brings about in its own time. */
async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 5_000) throw new Error('it did not come about within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a process and its children', () => {
  let parent: ChildProcess;
  let pids: number[];

  beforeEach(async () => {
    parent = spawn('sh', ['-c', 'for i in 1 2 3; do sleep 60 & echo $!; done; echo done; wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    parent.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    await until(() => text.includes('done'));
    pids = [parent.pid as number, ...text.split('\n').map(Number).filter(Boolean)];
  });
  afterEach(async () => {
    if (parent.exitCode === null && parent.signalCode === null) {
      const exit = once(parent, 'exit');
      killAll(parent.pid as number);
      await exit;
    }
  });

  // Catches: children that are forgotten, or only on their way to a stop.
  it('have all stopped when freeze returns, and run on after the thaw', async () => {
    const frozen = freeze(parent.pid as number);
    expect(frozen.processes).toBe(4);
    expect(pids.map(stateOf)).toEqual(['T', 'T', 'T', 'T']);
    frozen.thaw();
    await until(() => pids.every((pid) => stateOf(pid) === 'S'));
  });

  it('end together, also when they are frozen', async () => {
    freeze(parent.pid as number);
    const exit = once(parent, 'exit');
    killAll(parent.pid as number);
    await exit;
    await until(() => pids.every((pid) => ['', 'Z'].includes(stateOf(pid))));
  });

  it('are left alone once the first has gone', async () => {
    const exit = once(parent, 'exit');
    killAll(parent.pid as number);
    await exit;
    expect(() => killAll(parent.pid as number)).not.toThrow();
  });
});

import Table from 'cli-table3';
import { copyName, slotName } from '../shared/domain/names';
import { testKey } from '../shared/domain/restore-test';
import { TAG, type Tags } from '../shared/domain/tags';
import { DAY, formatInstant, HOUR } from '../shared/domain/time';
import { ACCOUNT, AWAY, at, HOME, policy, restoreTest } from '../test/support/builders';
import { type FunctionName, MUTATIONS, World } from '../test/support/world';

// What a run costs when there is nothing to do, which is what nearly all runs find. Calls are exact and the same on
// every machine; times and memory are of this one, in this run, with AWS in the same process.

const SNAPSHOTS_EACH = 26;
const NOW = at('2026-03-02 12:30');
const PAGE = 100;
const nameOf = (n: number) => `erp-${String(n).padStart(4, '0')}`;
/** What rotate-keys asks about one key: what it is, whose it is, how it rotates, and when it did. */
const CALLS_A_KEY = 4;

/**
 * Databases with a snapshot for each of the last 26 hours, all copied, under keys that rotate: nothing is due, missing or
 * too old. All are under one key a region, or each under a key of its own at home.
 */
async function settled(databases: number, keyEach: boolean): Promise<World> {
  const ids = Array.from({ length: databases }, (_, n) => nameOf(n));
  const tested = { restoreTest: restoreTest() };
  const rules = policy(tested, { databases: [{ match: { tags: { holdfast: 'gold' } }, policy: 'gold' }] });
  const world = new World({
    start: NOW,
    policy: rules,
    limits: { manualSnapshots: databases * 60, instances: databases },
  });
  await world.keys();
  const home = world.region(HOME).stage;
  const away = world.region(AWAY).stage;
  for (const instance of ids) {
    const own = keyEach ? (await world.region(HOME).kms.CreateKey({})).KeyMetadata?.KeyId : undefined;
    const key = own ?? 'alias/holdfast';
    home.instance({ id: instance, key, tags: { holdfast: 'gold' } });
    // 25 hours, and the newest of the day before yesterday: all that 24 hourly and 30 daily keep of them.
    const slots = Array.from({ length: SNAPSHOTS_EACH }, (_, n) =>
      n < 25 ? at('2026-03-02 12:00') - n * HOUR : at('2026-02-28 23:00'),
    );
    for (const slot of slots) {
      const tags: Tags = {
        [TAG.owner]: 'holdfast',
        [TAG.database]: instance,
        [TAG.policy]: 'gold',
        [TAG.slot]: formatInstant(slot),
      };
      const id = slotName(instance, slot);
      home.snapshots([{ id, instance, at: slot, key, tags }]);
      const copyOf = `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:${id}`;
      away.snapshots([
        {
          id: copyName(id, HOME),
          instance,
          at: slot,
          copyOf,
          key: 'alias/holdfast',
          tags: { ...tags, [TAG.copyOf]: copyOf },
        },
      ]);
    }
  }
  await world.rotate();
  await world.bucket();
  // Each was tested yesterday.
  for (const database of ids) {
    const test = { database, region: HOME, requested: NOW - DAY };
    await world.evidence.keep(testKey(test, 'passed'), {
      schema: 'holdfast.restore-test/1',
      verdict: 'passed',
    });
  }
  world.router.log.reset();
  return world;
}

/** Reads that no tool can do without: every page of what there is to know. */
function floor(
  name: FunctionName,
  databases: number,
  keyEach: boolean,
): { readonly home: number; readonly away: number } {
  const instances = Math.ceil(databases / PAGE);
  const snapshots = Math.ceil((databases * SNAPSHOTS_EACH) / PAGE);
  if (name === 'rotate-keys') {
    const keys = keyEach ? databases : 1;
    // A page of aliases and one of AWS Backup's snapshots a region; away, a page of instances, though there are none.
    return { home: instances + snapshots + 2 + CALLS_A_KEY * keys, away: 1 + snapshots + 2 + CALLS_A_KEY };
  }
  if (name === 'test-restore') {
    // Half past the hour: nobody asks what is due, and there is nothing to see but instances.
    return { home: instances, away: 1 };
  }
  return { home: instances + snapshots, away: name === 'create-snapshot' ? 0 : snapshots };
}

const ALL = ['create-snapshot', 'copy-snapshot', 'prune-snapshots', 'rotate-keys', 'test-restore'] as const;

async function main(): Promise<void> {
  const table = new Table({
    head: [
      'databases',
      'keys',
      'function',
      'calls home',
      'floor',
      'calls away',
      'floor',
      'seconds',
      'peak MB',
    ],
    colAligns: ['right', 'right', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const scenes = [
    { databases: 100, keyEach: false, names: ALL },
    { databases: 1_000, keyEach: false, names: ALL },
    { databases: 1_000, keyEach: true, names: ['rotate-keys'] },
  ] as const;
  for (const { databases, keyEach, names } of scenes) {
    const world = await settled(databases, keyEach);
    for (const name of names) {
      world.router.log.reset();
      global.gc?.();
      const before = process.hrtime.bigint();
      let peak = 0;
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 20);
      await world.run(name);
      clearInterval(watch);
      const seconds = Number(process.hrtime.bigint() - before) / 1e9;
      peak = Math.max(peak, process.memoryUsage().rss);
      const calls = (region: string) => world.router.log.count({ region });
      const least = floor(name, databases, keyEach);
      const changed = MUTATIONS.reduce((sum, operation) => sum + world.router.log.count({ operation }), 0);
      if (changed > 0)
        throw new Error(`${name} found ${changed} things to do in a settled world: the figures mean nothing`);
      table.push([
        databases,
        keyEach ? databases + 1 : 2,
        name,
        calls(HOME),
        least.home,
        calls(AWAY),
        least.away,
        seconds.toFixed(2),
        Math.round(peak / 2 ** 20),
      ]);
    }
  }
  process.stdout.write(
    `nothing to do, ${SNAPSHOTS_EACH} snapshots a database in each of two regions\n${table}\n`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

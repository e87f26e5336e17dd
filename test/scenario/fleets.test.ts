import { copyName, slotName } from '../../shared/domain/names';
import { TAG } from '../../shared/domain/tags';
import { formatInstant, HOUR, MINUTE } from '../../shared/domain/time';
import { AWAY, at, copyTarget, HOME, policy, retention } from '../support/builders';
import { reportOf, World } from '../support/world';

describe('large fleets', () => {
  const names = Array.from({ length: 1_000 }, (_, n) => `erp-${String(n).padStart(4, '0')}`);

  it('1,000 databases get their slot in one run, page by page', async () => {
    const rules = policy(
      { copies: [] },
      { databases: [{ match: { tags: { holdfast: 'gold' } }, policy: 'gold' }] },
    );
    const world = new World({
      start: at('2026-03-01 09:00'),
      policy: rules,
      limits: { manualSnapshots: 2_000 },
    });
    for (const id of names) world.region().stage.instance({ id, tags: { holdfast: 'gold' } });
    expect((await world.create()).counts).toMatchObject({ done: 1_000, failed: 0 });
    expect(await world.standing()).toHaveLength(1_000);
    world.router.log.reset();
    expect((await world.create()).counts).toMatchObject({ nothing: 1_000, done: 0 });
    expect(world.router.log.table()).toEqual({
      'rds us-east-1 DescribeDBInstances': 10,
      'rds us-east-1 DescribeDBSnapshots': 10,
    });
  });

  it('what a run has no time for, the next one takes', async () => {
    const rules = policy(
      { copies: [] },
      { databases: [{ match: { identifiers: names.slice(0, 20) }, policy: 'gold' }] },
    );
    const world = new World({ start: at('2026-03-01 09:00'), policy: rules });
    for (const id of names.slice(0, 20)) world.region().stage.instance({ id });
    let calls = 0;
    const first = await reportOf(world.create({}, { timeLeft: () => (calls++ < 12 ? 15 * MINUTE : 0) }));
    expect(first.counts).toMatchObject({ done: 12, postponed: 8 });
    expect((await world.create()).counts).toMatchObject({ done: 8, nothing: 12 });
  });

  it('100 databases with 26 snapshots each and nothing to do: copy and prune make a read call a page, and no other', async () => {
    const rules = policy(
      {
        retention: retention({ hourly: 26 }),
        copies: [copyTarget({ retention: retention({ hourly: 26 }) })],
      },
      { databases: [{ match: { tags: { holdfast: 'gold' } }, policy: 'gold' }] },
    );
    const world = new World({
      start: at('2026-03-02 09:30'),
      policy: rules,
      limits: { manualSnapshots: 5_000, instances: 100 },
    });
    await world.keys();
    seed(world, names.slice(0, 100));
    for (const name of ['copy-snapshot', 'prune-snapshots'] as const) {
      world.router.log.reset();
      expect((await world.run(name)).counts).toMatchObject({ done: 0, failed: 0, postponed: 0 });
      expect(world.router.log.table()).toEqual({
        'rds us-east-1 DescribeDBInstances': 1,
        'rds us-east-1 DescribeDBSnapshots': 26,
        'rds us-west-2 DescribeDBSnapshots': 26,
      });
    }
  });
});

function seed(world: World, names: readonly string[]): void {
  const account = world.cloud.account;
  for (const instance of names) {
    world.region().stage.instance({ id: instance, key: 'alias/holdfast', tags: { holdfast: 'gold' } });
    for (let n = 0; n < 26; n += 1) {
      const slot = at('2026-03-02 09:00') - n * HOUR;
      const id = slotName(instance, slot);
      const tags = {
        [TAG.owner]: 'holdfast',
        [TAG.database]: instance,
        [TAG.policy]: 'gold',
        [TAG.slot]: formatInstant(slot),
      };
      world.region().stage.snapshots([{ id, instance, at: slot, key: 'alias/holdfast', tags }]);
      const copyOf = `arn:aws:rds:${HOME}:${account}:snapshot:${id}`;
      world.region(AWAY).stage.snapshots([
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
}

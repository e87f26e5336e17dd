import { readTriggers } from '../../local/schedules';
import { copyName, slotName } from '../../shared/domain/names';
import { keptByTier } from '../../shared/domain/retention';
import { TAG } from '../../shared/domain/tags';
import { DAY, formatInstant, HOUR, MINUTE } from '../../shared/domain/time';
import { AWAY, at, copyTarget, HOME, policy, retention } from '../support/builders';
import { type Deployed, deploy, makeKeys } from '../support/deployed';
import type { FunctionName } from '../support/world';
import { reportOf, World } from '../support/world';

/** The days (UTC) of the slots that stand, oldest first, each once. */
const days = (snapshots: readonly { tags: Readonly<Record<string, string>> }[]) =>
  [...new Set(snapshots.map(({ tags }) => tags[TAG.slot]?.slice(0, 10) ?? ''))].sort();

describe('four days of the deployed schedules, handlers over HTTP', () => {
  const WEEK = `
home: us-east-1
databases:
  - match: { identifiers: [erp-a] }
    policy: gold
policies:
  gold:
    recovery: { point: 1h, time: 4h }
    snapshots: { every: 1h }
    retention: { hourly: 6, daily: 2 }
    copies:
      - { region: us-west-2, key: alias/holdfast, point: 3h }
`;
  let deployed: Deployed;
  const START = at('2026-02-26 23:58');
  beforeAll(async () => {
    deployed = await deploy(WEEK, { start: START, limits: { manualSnapshots: 30 } });
    await makeKeys(deployed.cloud);
    for (const id of ['erp-a', 'erp-b'])
      deployed.cloud.region(HOME).stage.instance({ id, key: 'alias/holdfast' });
  });
  afterAll(() => deployed.close());

  it('holds every promise of retention across a month end, and nothing fails', async () => {
    const { clock, events } = deployed.cloud;
    const { schedules, rules } = readTriggers('serverless.yml');
    events.listen(async (event) => {
      for (const rule of rules)
        if (rule.matches(event)) await deployed.invoke(rule.function as FunctionName, event);
    });
    const most = { [HOME]: 0, [AWAY]: 0 };
    while (clock.now() < START + 4 * DAY - 10 * MINUTE) {
      const next = Math.min(...schedules.map((schedule) => schedule.next(clock.now())));
      await clock.advanceTo(next);
      for (const schedule of schedules) {
        if (schedule.next(next - 1) === next)
          await deployed.invoke(schedule.function as FunctionName, schedule.event(next));
      }
      for (const region of [HOME, AWAY] as const) {
        const { DBSnapshots } = await deployed.cloud
          .region(region)
          .rds.DescribeDBSnapshots({ SnapshotType: 'manual' });
        most[region] = Math.max(most[region], DBSnapshots?.length ?? 0);
      }
    }
    // 7 hours and 3 days, of which today's is one of the hours. Home has one more from a slot to the prune after it;
    // a copy arrives when that prune is done.
    expect(most).toEqual({ [HOME]: 7 + 3 - 1 + 1, [AWAY]: 7 + 3 - 1 });
    for (const region of [HOME, AWAY] as const) {
      const { DBSnapshots } = await deployed.cloud
        .region(region)
        .rds.DescribeDBSnapshots({ DBInstanceIdentifier: 'erp-a' });
      const standing = (DBSnapshots ?? []).map(({ TagList }) => ({
        tags: Object.fromEntries((TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
      }));
      expect(days(standing)).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
    }
  }, 120_000);
});

describe('six weeks with ticks two hours apart, over a leap day', () => {
  it('ends with the days, weeks and months that the tiers name, in both regions, and the rest gone', async () => {
    const tiers = retention({ daily: 5, weekly: 3, monthly: 2 });
    const rules = policy(
      {
        snapshots: { every: 6 * HOUR, takes: 10 * MINUTE },
        retention: tiers,
        copies: [copyTarget({ retention: tiers })],
      },
      { limits: { pruneShare: 0.5 } },
    );
    const world = new World({ start: at('2024-01-25 00:00'), policy: rules });
    await world.keys();
    world.region().stage.instance({ id: 'qrosity-db', key: 'alias/holdfast' });
    const end = at('2024-03-08 12:30');
    while (world.now < end) {
      await world.create();
      await world.advance(10 * MINUTE);
      await world.copy();
      await world.advance(100 * MINUTE);
      await world.prune();
      await world.advance(10 * MINUTE);
    }
    for (const region of [HOME, AWAY]) {
      const standing = await world.standing(region);
      expect(days(standing)).toEqual([
        '2024-01-31', // the newest of January
        '2024-02-18', // Sundays, the newest of their weeks
        '2024-02-25',
        '2024-02-29', // the newest of February
        '2024-03-03',
        '2024-03-04',
        '2024-03-05',
        '2024-03-06',
        '2024-03-07',
        '2024-03-08',
      ]);
      expect([...keptByTier(standing, tiers, world.now).keys()].sort()).toEqual(
        standing.map(({ id }) => id).sort(),
      );
    }
  }, 120_000);
});

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

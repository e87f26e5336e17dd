import { readTriggers } from '../../local/schedules';
import { keptByTier } from '../../shared/domain/retention';
import { TAG } from '../../shared/domain/tags';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { AWAY, at, copyTarget, HOME, policy, retention } from '../support/builders';
import { type Deployed, deploy, makeKeys } from '../support/deployed';
import type { FunctionName } from '../support/world';
import { World } from '../support/world';

/** The days (UTC) of the slots that stand, oldest first, each once. */
const days = (snapshots: readonly { tags: Readonly<Record<string, string>> }[]) =>
  [...new Set(snapshots.map(({ tags }) => tags[TAG.slot]?.slice(0, 10) ?? ''))].sort();

describe('three days of the deployed schedules, handlers over HTTP', () => {
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
  const START = at('2026-02-27 23:58');
  beforeAll(async () => {
    deployed = await deploy(WEEK, { start: START, limits: { manualSnapshots: 30 } });
    await makeKeys(deployed.cloud);
    const { TopicArn } = await deployed.cloud.region(HOME).sns.CreateTopic({ Name: 'holdfast-prod-notices' });
    process.env.NOTICES_TOPIC = TopicArn;
    for (const id of ['erp-a', 'erp-b'])
      deployed.cloud.region(HOME).stage.instance({ id, key: 'alias/holdfast' });
  });
  afterAll(async () => {
    delete process.env.NOTICES_TOPIC;
    await deployed.close();
  });

  it('holds every promise of retention across a month end, and nothing fails', async () => {
    const { clock, events } = deployed.cloud;
    const { schedules, rules } = readTriggers('serverless.yml');
    events.listen(async (event) => {
      for (const rule of rules)
        if (rule.matches(event)) await deployed.invoke(rule.function as FunctionName, event);
    });
    const most = { [HOME]: 0, [AWAY]: 0 };
    while (clock.now() < START + 3 * DAY - 10 * MINUTE) {
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

describe('six weeks with ticks three hours apart, over a leap day', () => {
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
      await world.advance(160 * MINUTE);
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

import type { Assessment } from '../../shared/domain/controls/control';
import { copiesAgree } from '../../shared/domain/controls/copies-agree';
import type { Policy, Retention } from '../../shared/domain/policy';
import { type Duration, formatInstant, HOUR, type Instant, MINUTE } from '../../shared/domain/time';
import { AWAY, at, copyTarget, HOME, retention } from '../support/builders';
import { complianceWorld } from '../support/compliance-world';
import { complete, databaseSeen, judged, seen } from '../support/seen';
import type { World } from '../support/world';

/*
 * What copies-agree says of days of ordinary life on the light engine, with the real create-snapshot, copy-snapshot and
 * prune-snapshots: never that an end lacks what it keeps, whichever retention each end has and at whichever moment it is
 * looked at; and that it does, once the history of either end is deleted. The functions run as in a quiet hour of the
 * month's scenario; looks come at each quarter of the hour, between them.
 */

const START = at('2026-02-26 00:00');
const ID = 'qrosity-db';

const keeping = (here: Partial<Retention>, away: Partial<Retention>): Policy =>
  complete({ retention: retention(here), copies: [copyTarget({ retention: retention(away) })] });

async function look(world: World): Promise<Assessment> {
  const database = databaseSeen({ id: ID, resource: '', created: START });
  const [home, away] = [await world.standing(HOME), await world.standing(AWAY)];
  return judged(
    copiesAgree,
    seen({ databases: [database], home, away }, { now: world.now, policy: world.policy }),
  );
}

/** Lives until then; answers what was not right at each look. */
async function live(
  world: World,
  length: Duration,
  also: (hour: Instant) => unknown = () => undefined,
): Promise<string[]> {
  const wrong: string[] = [];
  const note = async () => {
    const { verdict, found } = await look(world);
    if (verdict === 'failed') wrong.push(`${formatInstant(world.now)} ${found}`);
  };
  const end = world.now + length;
  for (let hour = world.now; hour < end; hour += HOUR) {
    await also(hour);
    for (let minute = 0; minute < 60; minute += 5) {
      await world.cloud.clock.advanceTo(hour + minute * MINUTE);
      if (minute === 0) await world.create();
      if (minute === 10 || minute === 40) await world.copy();
      if (minute === 50) await world.prune();
      if (minute % 15 === 5) await note();
    }
  }
  return wrong;
}

const born = (policy: Policy) => complianceWorld({ start: START, policy, databases: [ID] });

async function removed(world: World, region: string, which: (index: number) => boolean): Promise<void> {
  const all = (await world.standing(region)).sort((a, b) => (b.recoveryPoint ?? 0) - (a.recoveryPoint ?? 0));
  for (const [index, { id }] of all.entries())
    if (which(index)) await world.region(region).rds.DeleteDBSnapshot({ DBSnapshotIdentifier: id });
}

describe('days of ordinary life', () => {
  it.each<[string, Partial<Retention>, Partial<Retention>, number]>([
    ['both ends keep the same', { hourly: 24, daily: 30 }, { hourly: 24, daily: 30 }, 3],
    ['home keeps less', { hourly: 5, daily: 2 }, { hourly: 24, daily: 30 }, 3],
    ['the copy region keeps less', { hourly: 24, daily: 30 }, { daily: 2 }, 3],
    ['home keeps hours and the copy region days', { hourly: 6 }, { hourly: 3, daily: 2 }, 3],
    [
      'one keeps weeks and the other months, over the end of one',
      { daily: 2, weekly: 2 },
      { hourly: 3, monthly: 1 },
      4,
    ],
  ])('never fail where %s', async (_, here, away, days) => {
    const world = await born(keeping(here, away));
    expect(await live(world, days * 24 * HOUR)).toEqual([]);
    expect((await look(world)).verdict).toBe('passed');
  });

  it('never fail with snapshots by hand, a re-keyed one, and one on hold', async () => {
    const world = await born(keeping({ hourly: 5, daily: 1 }, { hourly: 5, daily: 1 }));
    const byHand = async (hour: Instant) => {
      const hours = (hour - START) / HOUR;
      if (hours === 8) await world.create({ database: ID, reason: 'before a migration', keep: 4 * HOUR });
      if (hours === 10) {
        for (const region of [HOME, AWAY]) {
          const { kms } = world.region(region);
          const { KeyMetadata } = await kms.CreateKey({});
          await kms.CreateAlias({ AliasName: 'alias/next', TargetKeyId: KeyMetadata?.KeyId });
        }
        await world.copy({ database: ID, rekey: { to: 'alias/next', keep: 6 * HOUR } });
      }
      if (hours === 12)
        for (const region of [HOME, AWAY]) {
          const [one] = await world.standing(region);
          await world.region(region).rds.AddTagsToResource({
            ResourceName: one?.arn,
            Tags: [{ Key: 'holdfast:hold', Value: 'audit' }],
          });
        }
    };
    expect(await live(world, 40 * HOUR, byHand)).toEqual([]);
  });

  it('never say that something is gone at home when slots were missed, or copies came late', async () => {
    const world = await born(keeping({ hourly: 5, daily: 3 }, { hourly: 24, daily: 30 }));
    const trouble = (hour: Instant) => {
      const hours = (hour - START) / HOUR;
      if (hours === 21) world.region().stage.status(ID, 'modifying');
      if (hours === 26) world.region().stage.status(ID, 'available');
    };
    const wrong = await live(world, 2 * 24 * HOUR, trouble);
    expect(wrong.filter((line) => line.includes('gone at home'))).toEqual([]);
  });
});

describe('history that was deleted', () => {
  const policy = keeping({ hourly: 4, daily: 3 }, { hourly: 4, daily: 3 });

  it('is told, at whichever end', async () => {
    for (const region of [HOME, AWAY]) {
      const world = await born(policy);
      await live(world, 40 * HOUR);
      await removed(world, region, (index) => index > 0);
      const { verdict, found } = await look(world);
      expect([region, verdict]).toEqual([region, 'failed']);
      expect(found).toContain(region === HOME ? 'gone at home' : 'without a good copy');
    }
  });

  it('is told of a single day, and of all that there was', async () => {
    const world = await born(policy);
    await live(world, 40 * HOUR);
    const days = (await world.standing(HOME)).length;
    await removed(world, HOME, (index) => index === days - 1);
    expect((await look(world)).measure?.value).toBe(1);
    await removed(world, HOME, () => true);
    expect((await look(world)).measure?.value).toBeGreaterThan(4);
  });

  it('leaves nothing that could be told, where it is deleted at both: then nobody knows', async () => {
    const world = await born(policy);
    await live(world, 12 * HOUR);
    for (const region of [HOME, AWAY]) await removed(world, region, () => true);
    expect((await look(world)).verdict).toBe('unknown');
  });
});

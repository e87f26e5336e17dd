import { CallerDied } from '../../local/wire/in-process';
import type { WireError } from '../../local/wire/service';
import { newestGood } from '../../shared/domain/snapshot';
import { TAG } from '../../shared/domain/tags';
import { HOUR, MINUTE } from '../../shared/domain/time';
import { AWAY, HOME } from '../support/builders';
import fc from '../support/seeded';
import { type FunctionName, reportOf, type World } from '../support/world';
import { build, fingerprint, type Setting, settings } from '../support/worlds';

const FUNCTIONS: readonly FunctionName[] = ['create-snapshot', 'copy-snapshot', 'prune-snapshots'];

/** A run that may fail for what it refuses, and may be killed; any other error is a fault. */
async function attempt(world: World, name: FunctionName, context = {}) {
  try {
    return await reportOf(world.run(name, context));
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause;
    if (error instanceof CallerDied || cause instanceof CallerDied) return null;
    throw error;
  }
}

/** Ticks go on with nothing in the way: long enough for every copy, of a dozen snapshots and one at a time. */
async function calm(world: World, hours: number): Promise<void> {
  await world.live(world.now + hours * HOUR, () => undefined);
}

async function each(setting: Setting, property: (world: World) => Promise<void>): Promise<void> {
  const { world, judge } = await build(setting);
  await property(world);
  expect(judge.objections).toEqual([]);
}

describe('in any world', () => {
  // Bites: with `if (dryRun)` taken out of carryOut.
  it('a dry run changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(settings, (setting) =>
        each(setting, async (world) => {
          for (const name of FUNCTIONS) await world.run(name, { dryRun: true });
          expect(world.mutations()).toBe(0);
        }),
      ),
      { numRuns: 25 },
    );
  });

  // Bites: with a slot's name made from `now` and not from the slot.
  it('the second run does nothing, also later in the slot', async () => {
    await fc.assert(
      fc.asyncProperty(settings, fc.constantFrom(...FUNCTIONS), (setting, name) =>
        each(setting, async (world) => {
          await attempt(world, name);
          // Later in the same slot, when the instance is free again; a copy that is done by then makes way for the next.
          if (name === 'create-snapshot') await world.advance(20 * MINUTE);
          world.router.log.reset();
          await attempt(world, name);
          expect(world.mutations()).toBe(0);
        }),
      ),
      { numRuns: 40 },
    );
  });

  // Bites: with the destination's retention left out of what is wanted there (what prune deletes is copied again).
  it('converges: after some quiet hours only new slots change anything', async () => {
    await fc.assert(
      fc.asyncProperty(settings, (setting) =>
        each({ ...setting, room: 100, copiesInFlight: 3 }, async (world) => {
          await calm(world, 10);
          world.router.log.reset();
          await calm(world, 3);
          const ready = setting.databases.filter(({ status }) => status !== 'stopped').map(({ id }) => id);
          // A stranger may sit on the name of one of the slots: up to one slot less.
          const created = world.router.log.count({ operation: 'CreateDBSnapshot' });
          expect(created).toBe(3 * ready.length);
          expect(world.router.log.count({ operation: 'CopyDBSnapshot' })).toBe(created);
          await expectCopied(world, ready);
        }),
      ),
      { numRuns: 4 },
    );
  });

  // Bites, each by itself: with the newest good one not kept; with `<` for `<=` in the tiers; with sources of pending
  // copies not kept; with isOurs taken out of oursByDatabase; with the quota not asked for; with copies in flight not
  // counted against the limit; with more than one copy of a database at a time; with on-demand ones not kept for
  // their time; with a snapshot created without its tags. It does not bite when one of two guards goes: a hold is seen
  // by the plan and by the second look.
  it('nothing that must stay goes, nothing of others is touched, and no limit is broken, whatever happens', async () => {
    const happenings = fc.array(
      fc.record({
        after: fc.integer({ min: 1, max: 12 }).map((ticks) => ticks * 10 * MINUTE),
        run: fc.constantFrom(...FUNCTIONS),
        dies: fc.option(fc.integer({ min: 1, max: 9 })),
        fails: fc.constantFrom('snapshot', 'copy', null),
        throttled: fc.integer({ min: 0, max: 2 }),
        copiedByHand: fc.boolean(),
      }),
      { minLength: 6, maxLength: 14 },
    );
    let acts = 0;
    await fc.assert(
      fc.asyncProperty(settings, happenings, async (setting, story) => {
        const { world, judge } = await build(setting);
        for (const { after, run, dies, fails, throttled, copiedByHand } of story) {
          await world.advance(after);
          if (fails !== null) world.region(fails === 'copy' ? AWAY : HOME).stage.failNext(fails);
          if (copiedByHand) await copyOldestByHand(world);
          const storm = throttled > 0 ? world.faults.throttle({ times: throttled }) : null;
          if (dies !== null) world.faults.kill({ at: dies, moment: dies % 2 === 0 ? 'before' : 'after' });
          for (const name of [run, ...FUNCTIONS]) await attemptUnderFaults(world, name);
          world.faults.revive();
          storm?.end();
        }
        expect(judge.objections).toEqual([]);
        acts += judge.acts;
      }),
      { numRuns: 40 },
    );
    // A judge that saw little to judge would prove little.
    expect(acts).toBeGreaterThan(200);
  });
});

/** Someone copies our oldest snapshot under a name of their own: it must outlive that copy's pending. */
async function copyOldestByHand(world: World): Promise<void> {
  const ours = (await world.standing(HOME)).filter(
    (one) => one.tags[TAG.owner] === 'holdfast' && one.state === 'available',
  );
  const [oldest] = ours.sort((a, b) => (a.recoveryPoint ?? 0) - (b.recoveryPoint ?? 0));
  if (oldest === undefined) return;
  const order = {
    SourceDBSnapshotIdentifier: oldest.arn,
    TargetDBSnapshotIdentifier: `by-hand-${world.now}`,
    KmsKeyId: 'alias/holdfast',
  };
  try {
    await world.region(AWAY).rds.CopyDBSnapshot(order);
  } catch (error) {
    expect((error as WireError).code).toBe('SnapshotQuotaExceeded');
  }
}

/** Throttled before it saw anything, a run breaks off as a whole: that is how it should be. */
async function attemptUnderFaults(world: World, name: FunctionName): Promise<void> {
  try {
    await attempt(world, name);
  } catch (error) {
    expect((error as { kind?: string }).kind).toBe('throttled');
  }
}

async function expectCopied(world: World, databases: readonly string[]): Promise<void> {
  const [home, away] = [await world.standing(HOME), await world.standing(AWAY)];
  const of = (list: typeof home, id: string) =>
    newestGood(list.filter(({ tags }) => tags[TAG.database] === id && tags[TAG.owner] === 'holdfast'));
  for (const id of databases) {
    // The newest snapshot at home is minutes old: its copy may be on its way, the one before has arrived.
    const lag = (of(home, id)?.recoveryPoint ?? 0) - (of(away, id)?.recoveryPoint ?? 0);
    expect(lag).toBeLessThanOrEqual(HOUR);
  }
}

// Bites: with a slot's name made from `now`; with a failed copy that is not removed before it is begun anew.
it('killed at any call, before or after it took effect, the next runs end the same', async () => {
  await fc.assert(
    fc.asyncProperty(settings, fc.constantFrom(...FUNCTIONS), async (setting, name) => {
      const undisturbed = await build(setting);
      await attempt(undisturbed.world, name);
      const calls = undisturbed.world.router.log.count();
      await undisturbed.world.advance(10 * MINUTE);
      await attempt(undisturbed.world, name);
      await calm(undisturbed.world, 3);
      const expected = await fingerprint(undisturbed.world);
      for (let at = 1; at <= calls; at += 1) {
        for (const moment of ['before', 'after'] as const) {
          const { world, judge } = await build(setting);
          const death = world.faults.kill({ at, moment });
          await attempt(world, name);
          expect(death.call).not.toBeNull();
          world.faults.revive();
          // The next run comes before the slot is over: a slot that passed while nobody ran is lost, and rightly so.
          await world.advance(10 * MINUTE);
          await attempt(world, name);
          await calm(world, 3);
          expect({ at, moment, stands: await fingerprint(world) }).toEqual({ at, moment, stands: expected });
          expect(judge.objections).toEqual([]);
        }
      }
    }),
    { numRuns: 4 },
  );
});

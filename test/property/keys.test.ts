import { CallerDied } from '../../local/wire/in-process';
import { DAY, HOUR } from '../../shared/domain/time';
import {
  buildKeys,
  days,
  type JudgedKeys,
  type KeysSetting,
  keyFingerprint,
  keySettings,
} from '../support/key-worlds';
import fc from '../support/seeded';
import { reportOf, type World } from '../support/world';

/** A run that may fail for what it refuses, and may be killed; any other error is a fault. */
async function attempt(world: World) {
  try {
    return await reportOf(world.rotate());
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause;
    if (error instanceof CallerDied || cause instanceof CallerDied) return null;
    throw error;
  }
}

async function each(setting: KeysSetting, property: (judged: JudgedKeys) => Promise<void>): Promise<void> {
  const judged = await buildKeys(setting);
  await property(judged);
  expect(judged.judge.objections).toEqual([]);
}

describe('in any world of keys', () => {
  // Bites: with `if (dryRun)` taken out of carryOut; with the report not taken for a dry run.
  it('a dry run changes nothing, nor does the report', async () => {
    await fc.assert(
      fc.asyncProperty(keySettings, (setting) =>
        each(setting, async ({ world }) => {
          await world.rotate({}, { dryRun: true });
          await world.rotate({ report: true });
          expect(world.mutations()).toBe(0);
        }),
      ),
      { numRuns: 30 },
    );
  });

  // Bites: with the rotation under way not looked at.
  it('the third run on the same day changes nothing: rescued by the first, put right by the second', async () => {
    await fc.assert(
      fc.asyncProperty(keySettings, (setting) =>
        each(setting, async ({ world }) => {
          await attempt(world);
          await attempt(world);
          world.router.log.reset();
          await attempt(world);
          expect(world.mutations()).toBe(0);
          await world.advance(HOUR);
          await attempt(world);
          expect(world.mutations()).toBe(0);
        }),
      ),
      { numRuns: 30 },
    );
  });

  // Bites, each by itself: with `ours` not asked; with rescue not asked; with the budget off by one; with the rotation
  // under way not looked at; with a period changed while a look had failed.
  it('only ours are changed, never beyond the budget, never before their time, whatever happens', async () => {
    const happenings = fc.array(
      fc.record({
        after: fc.integer({ min: 1, max: 120 }),
        dies: fc.option(fc.integer({ min: 1, max: 25 })),
        throttled: fc.integer({ min: 0, max: 2 }),
        hand: fc.constantFrom('disable', 'schedule-deletion', 'rotation-off', 'period', 'rotate', null),
        key: fc.nat(3),
      }),
      { minLength: 4, maxLength: 10 },
    );
    const acts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(keySettings, happenings, async (setting, story) => {
        const judged = await buildKeys(setting);
        const { world, judge, arns } = judged;
        for (const { after, dies, throttled, hand, key } of story) {
          await world.advance(after * DAY);
          await byHand(world, arns[key % arns.length] ?? '', hand);
          const storm = throttled > 0 ? world.faults.throttle({ share: 0.3, times: throttled }) : null;
          if (dies !== null) world.faults.kill({ at: dies, moment: dies % 2 === 0 ? 'before' : 'after' });
          await attempt(world);
          world.faults.revive();
          storm?.end();
          await attempt(world);
          await days(world, 1, () => attempt(world));
        }
        expect(judge.objections).toEqual([]);
        for (const [name, count] of judge.acts) acts.set(name, (acts.get(name) ?? 0) + count);
      }),
      { numRuns: 50 },
    );
    // A judge that saw little to judge would prove little.
    for (const name of ['EnableKeyRotation', 'RotateKeyOnDemand', 'CancelKeyDeletion', 'EnableKey']) {
      expect([name, (acts.get(name) ?? 0) > 10]).toEqual([name, true]);
    }
  });

  // Bites: with on-demand rotations never asked for; with `now >= due`, which meets KMS's own rotation.
  it('no key of ours that KMS can rotate gets older than promised, but for the two days that it takes to act', async () => {
    await fc.assert(
      fc.asyncProperty(keySettings, (setting) =>
        each(
          { ...setting, granted: 25, rescue: true, strictRescue: true },
          async ({ world, arns, promised }) => {
            const ours = arns.filter((_, index) =>
              ['tagged', 'named'].includes(setting.keys[index]?.whose ?? ''),
            );
            await attempt(world);
            await attempt(world);
            await days(world, 2, () => attempt(world));
            for (let month = 0; month < 14; month += 1) {
              await days(world, 30, () => attempt(world));
              for (const arn of ours) {
                const age = world.now - (await lastChange(world, arn));
                expect(age).toBeLessThanOrEqual(promised(arn) + 2 * DAY);
              }
            }
          },
        ),
      ),
      { numRuns: 2 },
    );
  }, 60_000);
});

async function byHand(world: World, arn: string, hand: string | null): Promise<void> {
  const { kms } = world.region(arn.split(':')[3] ?? '');
  const KeyId = arn;
  const acts: Record<string, () => Promise<unknown>> = {
    disable: () => kms.DisableKey({ KeyId }),
    'schedule-deletion': () => kms.ScheduleKeyDeletion({ KeyId }),
    'rotation-off': () => kms.DisableKeyRotation({ KeyId }),
    period: () => kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 2560 }),
    rotate: () => kms.RotateKeyOnDemand({ KeyId }),
  };
  // Whatever KMS refuses a person (the key is gone, disabled, spent) does not happen.
  await acts[hand ?? '']?.().catch(() => undefined);
}

async function lastChange(world: World, arn: string): Promise<number> {
  const { kms } = world.region(arn.split(':')[3] ?? '');
  const { Rotations = [] } = await kms.ListKeyRotations({ KeyId: arn });
  const { KeyMetadata } = await kms.DescribeKey({ KeyId: arn });
  const times = [KeyMetadata?.CreationDate, ...Rotations.map(({ RotationDate }) => RotationDate)];
  return Math.max(...times.map((date) => date?.getTime() ?? 0));
}

// Bites: with a key that is found disabled left so, as a rescue cut short leaves it.
it('killed at any call, before or after it took effect, the next runs end the same', async () => {
  await fc.assert(
    fc.asyncProperty(keySettings, async (setting) => {
      const undisturbed = await buildKeys(setting);
      await attempt(undisturbed.world);
      const calls = undisturbed.world.router.log.count();
      await days(undisturbed.world, 2, () => attempt(undisturbed.world));
      const expected = await keyFingerprint(undisturbed);
      for (let at = 1; at <= calls; at += 1) {
        for (const moment of ['before', 'after'] as const) {
          const judged = await buildKeys(setting);
          const { world, judge } = judged;
          const death = world.faults.kill({ at, moment });
          await attempt(world);
          expect(death.call).not.toBeNull();
          world.faults.revive();
          await days(world, 2, () => attempt(world));
          expect({ at, moment, stand: await keyFingerprint(judged) }).toEqual({
            at,
            moment,
            stand: expected,
          });
          expect(judge.objections).toEqual([]);
        }
      }
    }),
    { numRuns: 4 },
  );
}, 60_000);

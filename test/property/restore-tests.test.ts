import { CallerDied } from '../../local/wire/in-process';
import { WireError } from '../../local/wire/service';
import { Refusal } from '../../shared/domain/refusal';
import { slotAt } from '../../shared/domain/slot';
import { HOUR, MINUTE } from '../../shared/domain/time';
import { RunFailed } from '../../shared/runtime/report';
import { AWAY, HOME } from '../support/builders';
import { TestJudge, TestWorld, testedPolicy } from '../support/restore-worlds';
import fc from '../support/seeded';

const DATABASES = ['erp-a', 'erp-b', 'erp-c'];
const MOST = 2;

/** What happens around one tick. */
const happenings = fc.record({
  /** Until the tick: events wake the function early, too. */
  after: fc.constantFrom(1, 5, 5, 5, 10, 60).map((minutes) => minutes * MINUTE),
  /** The caller dies at its nth call. */
  dies: fc.option(fc.integer({ min: 1, max: 14 }), { freq: 1 }),
  moment: fc.constantFrom('before', 'after'),
  /** RDS refuses one call, of any kind. */
  refuses: fc.option(
    fc.constantFrom('Throttling', 'InternalFailure', 'InstanceQuotaExceeded', 'AccessDenied'),
    {
      freq: 5,
    },
  ),
  ends: fc.option(fc.constantFrom('failed', 'incompatible-restore', 'storage-full'), { freq: 8 }),
  finds: fc.constantFrom('well', 'well', 'well', 'bad', 'unreachable'),
  byHand: fc.option(
    fc.record({ database: fc.constantFrom(...DATABASES), region: fc.constantFrom(HOME, AWAY) }),
    {
      freq: 6,
    },
  ),
  protects: fc.boolean(),
  /** The schedule goes on meanwhile: there are newer backups, and what was the newest is none any more. */
  backsUp: fc.constantFrom(false, false, false, false, true),
});
type Happening = typeof happenings extends fc.Arbitrary<infer One> ? One : never;

async function made() {
  const judge = new TestJudge(MOST);
  const policy = testedPolicy(
    {},
    { databases: [{ match: { identifiers: DATABASES }, policy: 'gold' }], limits: { restoreTests: MOST } },
  );
  const world = await TestWorld.make({ databases: DATABASES, policy, watch: judge.watch });
  return { world, judge };
}

/** A run that may fail for what it refuses, and may be killed; any other error is a fault of the program. */
async function attempt(running: Promise<unknown>): Promise<void> {
  try {
    await running;
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause;
    if (error instanceof RunFailed || error instanceof Refusal) return;
    if (error instanceof CallerDied || cause instanceof CallerDied) return;
    throw error;
  }
}

async function happen(world: TestWorld, judge: TestJudge, what: Happening): Promise<void> {
  await world.advance(what.after);
  judge.tick();
  if (what.ends !== null) world.region(HOME).stage.endNextRestore(what.ends);
  if (what.protects) await protectOne(world);
  if (what.backsUp) for (const database of DATABASES) backUp(world, database);
  world.inspector.finds =
    what.finds === 'unreachable'
      ? new Refusal('unreachable', 'connect ETIMEDOUT')
      : (facts) => ({ ...facts, server: { ...facts.server, checksums: what.finds === 'well' } });
  const refused =
    what.refuses === null
      ? null
      : world.faults.refuse(new WireError(what.refuses, 'not now', 400), { service: 'rds', times: 1 });
  if (what.dies !== null) world.faults.kill({ at: what.dies, moment: what.moment as 'before' });
  await attempt(what.byHand === null ? world.test() : world.test(what.byHand));
  world.faults.revive();
  refused?.end();
  await attempt(world.inspect({ restored: true }));
}

function backUp(world: TestWorld, database: string): void {
  world.backup(database, slotAt(world.now, MINUTE), true);
}

async function protectOne(world: TestWorld): Promise<void> {
  const [one] = await world.testInstances();
  if (one?.DBInstanceStatus !== 'available') return;
  await world.region(one.region).rds.ModifyDBInstance({
    DBInstanceIdentifier: one.DBInstanceIdentifier,
    DeletionProtection: true,
    ApplyImmediately: true,
  });
}

/** Ticks with nothing in the way, until everything that was begun has had its time. */
async function calm(world: TestWorld, judge: TestJudge): Promise<void> {
  world.inspector.finds = (facts) => facts;
  world.policy = { ...world.policy, databases: [] };
  for (let tick = 0; tick < 60; tick += 1) {
    if ((await world.testInstances()).length + (await world.underTest()).length === 0) return;
    await world.advance(tick === 25 ? 9 * HOUR : 5 * MINUTE);
    judge.tick();
    await attempt(world.test());
    await attempt(world.inspect({ restored: true }));
  }
}

// Bites, each by itself: with a tag of the test left out of the restore (nothing finds it again); with `busy` not heeded
// in candidates; with a test begun although a region could not be seen; with the limit not counting what stands.
it('killed at any call, nothing is left over; never two tests of one database at once; no tick does two steps', async () => {
  let acts = 0;
  let verdicts = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(happenings, { minLength: 25, maxLength: 40 }), async (story) => {
      const { world, judge } = await made();
      for (const what of story) await happen(world, judge, what);
      await calm(world, judge);
      expect(judge.objections).toEqual([]);
      expect((await world.testInstances()).map((one) => one.DBInstanceIdentifier)).toEqual([]);
      expect(await world.underTest()).toEqual([]);
      acts += judge.acts;
      verdicts += (await world.verdicts()).length;
    }),
    { numRuns: 20 },
  );
  // A story in which little happens proves little.
  expect(acts).toBeGreaterThan(150);
  expect(verdicts).toBeGreaterThan(25);
});

// Bites when the verdict of one test depends on which of its ticks died.
it('a test that is killed at any one of its calls comes to the same verdict', async () => {
  const calls = await (async () => {
    const { world, judge } = await made();
    await world.test({ database: 'erp-a', region: HOME });
    world.router.log.reset();
    await calm(world, judge);
    return world.router.log.count({ service: 's3', operation: 'PutObject' });
  })();
  // The inspection's record and the verdict.
  expect(calls).toBe(2);
  for (const at of [5, 6, 7, 8, 9, 10]) {
    for (const moment of ['before', 'after'] as const) {
      const { world, judge } = await made();
      await world.test({ database: 'erp-a', region: HOME });
      for (let tick = 0; tick < 12; tick += 1) {
        await world.advance(5 * MINUTE);
        judge.tick();
        // Every tick of the first hour dies at that call; the four before it only look.
        world.faults.kill({ at, moment });
        await attempt(world.test());
        world.faults.revive();
        await attempt(world.inspect({ restored: true }));
      }
      await calm(world, judge);
      const ofA = (await world.verdicts()).filter(({ database }) => database === 'erp-a');
      expect({ at, moment, verdicts: ofA.map(({ verdict }) => verdict) }).toEqual({
        at,
        moment,
        verdicts: ['passed'],
      });
      expect([await world.testInstances(), await world.underTest(), judge.objections]).toEqual([[], [], []]);
    }
  }
});

import type { Database } from '../../shared/domain/database';
import type { Act } from '../../shared/domain/decision';
import type { InspectionRecord } from '../../shared/domain/inspection/record';
import type { Policy } from '../../shared/domain/policy';
import { Refusal } from '../../shared/domain/refusal';
import {
  foundKey,
  type TestId,
  type TestRecord,
  testKey,
  type UnableRecord,
  unableKey,
} from '../../shared/domain/restore-test';
import { isOurs, TAG } from '../../shared/domain/tags';
import { formatInstant, type Instant, parseInstant } from '../../shared/domain/time';
import type { Evidence } from '../../shared/ports/evidence';
import type { Restores } from '../../shared/ports/restores';
import type { Snapshots } from '../../shared/ports/snapshots';
import type { Result } from '../../shared/runtime/carry-out';
import { EARLIER, judge, told } from './judge';
import { protectionOfTest, type TestAction, type TestReason } from './plan';
import { earlierTests, obstaclesOf } from './run-evidence';

interface Ports {
  readonly snapshots: Snapshots;
  readonly restores: Restores;
  readonly evidence: Evidence;
}

interface Now {
  readonly policy: Policy;
  readonly now: Instant;
  /** Hears of each verdict. */
  readonly concluded: (record: TestRecord) => void;
}

/** Carries out one step of one test: one call that changes something, and never more. */
export function stepper(ports: Ports, { policy, now, concluded }: Now) {
  return async ({ action }: Act<TestAction, TestReason>): Promise<Result> => {
    switch (action.kind) {
      case 'hold':
        return putOnHold(ports, action, policy.name);
      case 'restore':
        return restore(ports, action, now);
      case 'judge':
        return conclude(ports, action, { policy, now, concluded });
      case 'unprotect':
      case 'remove':
        return clear(ports, action.kind, action.instance, policy.name);
      case 'release':
        await ports.restores.release(action.snapshot, [TAG.underTest, TAG.chosen]);
        return {};
    }
  };
}

type Of<Kind extends TestAction['kind']> = Extract<TestAction, { readonly kind: Kind }>;

/** The second look before the snapshot is claimed: it may have been pruned, or claimed by a person's request. */
async function putOnHold(
  { snapshots, restores }: Ports,
  { snapshot, tags }: Of<'hold'>,
  owner: string,
): Promise<Result> {
  const [again] = await snapshots.find(snapshot.region, [snapshot.id]);
  if (again === undefined || again.state !== 'available') return { outcome: 'nothing', detail: 'gone since' };
  if (!isOurs(again.tags, owner)) return { outcome: 'nothing', detail: 'not ours any more: left alone' };
  if (again.tags[TAG.underTest] !== undefined) return { outcome: 'nothing', detail: 'under test since' };
  await restores.hold(snapshot, tags);
  return {};
}

/** Refusals that pass by themselves: the next tick tries again, until the test has had its time. */
const PASSING = ['busy', 'quota', 'throttled', 'unreachable'];

async function restore({ restores, evidence }: Ports, action: Of<'restore'>, now: Instant): Promise<Result> {
  const { id, test } = action;
  try {
    await restores.restore(action);
    return { detail: `as ${id}` };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.kind === 'taken') return adopt(restores, action, error);
    const { kind, message, hint } = error;
    if (PASSING.includes(kind)) return { outcome: 'postponed', detail: message, ...(hint && { hint }) };
    await keepOnce(evidence, test, `restore-${kind}`, message, now);
    throw error;
  }
}

/** The name is taken: by an earlier try of ours whose answer got lost, or by something else. */
async function adopt(restores: Restores, { id, test, tags }: Of<'restore'>, error: Refusal): Promise<Result> {
  const there = await restores.find(test.region, id);
  const same = [TAG.owner, TAG.restoreTest, TAG.database].every((tag) => there?.tags[tag] === tags[tag]);
  if (there !== null && same)
    return { outcome: 'nothing', detail: `restored already by an earlier try of ours, now ${there.status}` };
  throw new Refusal(
    'taken',
    error.message,
    `an instance ${id} that is not of this test stands there: see whose it is, and delete it if nobody needs it`,
  );
}

async function keepOnce(
  evidence: Evidence,
  test: TestId,
  kind: string,
  why: string,
  now: Instant,
): Promise<void> {
  const key = unableKey(test, kind);
  if ((await evidence.list(key, { most: 1 })).length > 0) return;
  const record: UnableRecord = { schema: 'holdfast.inspection-unable/1', at: formatInstant(now), kind, why };
  await evidence.keep(key, record);
}

async function conclude(
  { restores, evidence }: Ports,
  { standing, because }: Of<'judge'>,
  { policy, now, concluded }: Now,
): Promise<Result> {
  const { test, instance } = standing;
  const found =
    because.how === 'looked' ? ((await evidence.read(foundKey(test))) as InspectionRecord | null) : null;
  const since = parseInstant(instance?.tags[TAG.restoreAsked] ?? '') ?? test.requested;
  const stood = instance === null || found === null ? null : await restores.stoodAt(instance, since);
  const obstacles = await obstaclesOf(evidence, test);
  const earlier = await earlierTests(evidence, test, EARLIER);
  const grounds = { standing, because, found, stood, obstacles, earlier };
  const record = judge(grounds, protectionOfTest(standing, policy), policy, now);
  const key = testKey(test);
  await evidence.keep(key, record);
  concluded(record);
  const detail = `${told(record)}; evidence ${key}`;
  if (record.verdict === 'passed') return { detail };
  const hint =
    record.verdict === 'failed'
      ? 'functions/test-restore/README.md, "A test failed": what each check means, and which recovery point to trust'
      : 'functions/test-restore/README.md, "A test was inconclusive": the backup was not judged; it is tried again in a day';
  return { outcome: 'refused', detail, hint };
}

/** The second look before anything is taken from an instance: still the one that was seen, still a test of ours. */
async function clear(
  { restores }: Ports,
  kind: 'unprotect' | 'remove',
  instance: Database,
  owner: string,
): Promise<Result> {
  const again = await restores.find(instance.region, instance.id);
  if (again === null || again.condition === 'deleting') return { outcome: 'nothing', detail: 'gone already' };
  const same =
    again.resource === instance.resource &&
    isOurs(again.tags, owner) &&
    again.tags[TAG.restoreTest] === instance.tags[TAG.restoreTest];
  if (!same) return { outcome: 'nothing', detail: 'not a test of ours any more: left alone' };
  try {
    if (kind === 'unprotect') await restores.unprotect(again);
    else await restores.remove(again);
    return {};
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'busy') throw error;
    return { outcome: 'postponed', detail: error.message };
  }
}

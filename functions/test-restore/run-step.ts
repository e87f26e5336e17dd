import type { Database } from '../../shared/domain/database';
import type { Act } from '../../shared/domain/decision';
import { accountOf } from '../../shared/domain/key';
import type { Policy } from '../../shared/domain/policy';
import { Refusal } from '../../shared/domain/refusal';
import { type TestRecord, testKey } from '../../shared/domain/restore-test';
import { isOurs, TAG } from '../../shared/domain/tags';
import { type Instant, parseInstant } from '../../shared/domain/time';
import type { Evidence } from '../../shared/ports/evidence';
import type { Keys } from '../../shared/ports/keys';
import type { Restores } from '../../shared/ports/restores';
import type { Snapshots } from '../../shared/ports/snapshots';
import type { Result } from '../../shared/runtime/carry-out';
import { EARLIER, judge, told } from './judge';
import { KEY_LOST, REFUSED } from './phase';
import { type Begin, protectionOfTest, type TestAction, type TestReason } from './plan';
import { earlierTests, foundIn, keepUnable, obstaclesOf } from './run-evidence';

interface Ports {
  readonly snapshots: Snapshots;
  readonly restores: Restores;
  readonly evidence: Evidence;
  readonly keys: Keys;
}

interface Now {
  readonly policy: Policy;
  readonly now: Instant;
  /** Hears of each verdict. */
  readonly concluded: (record: TestRecord) => void;
}

/** Carries out one step of one test, and never more. */
export function stepper(ports: Ports, { policy, now, concluded }: Now) {
  return async ({ action }: Act<TestAction, TestReason>): Promise<Result> => {
    switch (action.kind) {
      case 'begin':
        return begin(ports, action, policy.name, now);
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

/** The hold comes first: a run that dies after it leaves a tag, which an hour later begins the test or is taken away. */
async function begin(ports: Ports, action: Begin, owner: string, now: Instant): Promise<Result> {
  const { snapshot, hold } = action;
  if (hold !== null) {
    const changed = await secondLook(ports, action, owner);
    if (changed !== null) return { outcome: 'nothing', detail: changed };
    await ports.restores.hold(snapshot, hold);
  }
  try {
    await ports.restores.restore(action);
    return {};
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.kind === 'taken' ? adopt(ports, action, error, now) : refused(ports, action, error, now);
  }
}

/** Before a snapshot is claimed: it may have been pruned since, or claimed by a person's request. */
async function secondLook({ snapshots }: Ports, { snapshot }: Begin, owner: string): Promise<string | null> {
  const [again] = await snapshots.find(snapshot.region, [snapshot.id]);
  if (again === undefined || again.state !== 'available') return 'gone since';
  if (!isOurs(again.tags, owner)) return 'not ours any more: left alone';
  return again.tags[TAG.underTest] === undefined ? null : 'under test since';
}

/** Refusals that pass by themselves. */
const PASSING = ['busy', 'quota', 'throttled', 'unreachable'];

/**
 * RDS does not restore now. Where a hold remembers the test, what passes is tried again within the hour, and what does not
 * is kept and judged then. Nothing remembers the test of a snapshot that is not ours: whoever asked has to ask again.
 */
async function refused(ports: Ports, action: Begin, refusal: Refusal, now: Instant): Promise<Result> {
  const { snapshot, test } = action;
  const { kind, message, hint } = refusal;
  const remembered = action.hold !== null || snapshot.tags[TAG.underTest] !== undefined;
  if (!remembered)
    throw new Refusal(kind, message, `ask again: nothing stands of this test${hint ? `; ${hint}` : ''}`);
  if (PASSING.includes(kind)) return { outcome: 'postponed', detail: message, ...(hint && { hint }) };
  const lost = kind === 'key' && (await keyIsLost(ports, action));
  await keepUnable(ports.evidence, test, lost ? KEY_LOST : `${REFUSED}${kind}`, message, now);
  throw refusal;
}

/**
 * RDS says the same of a key that is gone and of one that this role may not use (KMSKeyNotAccessible). Only the first is
 * the backup's fault: KMS is asked.
 */
async function keyIsLost({ keys }: Ports, { snapshot }: Begin): Promise<boolean> {
  const { key: arn, region } = snapshot;
  // Of another account's key, KMS tells this role nothing.
  if (arn === null || accountOf(arn) !== accountOf(snapshot.arn)) return false;
  try {
    const key = await keys.find(region, arn.split('/').at(-1) ?? arn);
    return key === null || key.state === 'disabled' || key.state === 'pending-deletion';
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The name is taken: by an earlier try of ours whose answer got lost, or by something else. */
async function adopt(ports: Ports, { id, test, tags }: Begin, error: Refusal, now: Instant): Promise<Result> {
  const there = await ports.restores.find(test.region, id);
  const same = [TAG.owner, TAG.restoreTest, TAG.database].every((tag) => there?.tags[tag] === tags[tag]);
  if (there !== null && same)
    return {
      outcome: 'nothing',
      detail: `restored already by an earlier try of ours, now ${there.status}`,
    };
  await keepUnable(ports.evidence, test, `${REFUSED}taken`, error.message, now);
  throw new Refusal(
    'taken',
    error.message,
    `an instance ${id} that is not of this test stands there: see whose it is, and delete it if nobody needs it`,
  );
}

type Of<Kind extends TestAction['kind']> = Extract<TestAction, { readonly kind: Kind }>;

async function conclude(
  { restores, evidence }: Ports,
  { standing, because }: Of<'judge'>,
  { policy, now, concluded }: Now,
): Promise<Result> {
  const { test, instance } = standing;
  const found = because.how === 'looked' ? await foundIn(evidence, test) : null;
  const since = parseInstant(instance?.tags[TAG.restoreAsked] ?? '') ?? test.requested;
  const stood = instance === null || found === null ? null : await restores.stoodAt(instance, since);
  const obstacles = await obstaclesOf(evidence, test);
  const earlier = await earlierTests(evidence, test, EARLIER);
  const grounds = { standing, because, found, stood, obstacles, earlier };
  const record = judge(grounds, protectionOfTest(standing, policy), policy, now);
  const key = testKey(test, record.verdict);
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

import type { Database } from '../../shared/domain/database';
import { isAct, narrowed, type Report } from '../../shared/domain/decision';
import type { TestPlace } from '../../shared/domain/policy';
import type { Quota } from '../../shared/domain/quota';
import type { TestRecord } from '../../shared/domain/restore-test';
import { regionsOf } from '../../shared/domain/selection';
import type { Snapshot } from '../../shared/domain/snapshot';
import type { Databases } from '../../shared/ports/databases';
import type { Evidence } from '../../shared/ports/evidence';
import type { Restores } from '../../shared/ports/restores';
import type { Snapshots } from '../../shared/ports/snapshots';
import { carryOut } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { report } from '../../shared/runtime/report';
import { admit, begins, type Circumstances, placeKey } from './admit';
import { stepOf, stepUnseen, sweep, type TestDecision } from './plan';
import { keptOf, lastTest } from './run-evidence';
import { stepper } from './run-step';
import { type Found, standing } from './standing';
import { type Backups, candidates, type LastTest, start, startByHand } from './start';

export interface Ports {
  readonly databases: Databases;
  readonly snapshots: Snapshots;
  readonly restores: Restores;
  readonly evidence: Evidence;
}

export interface Asked {
  readonly database?: string | undefined;
  /** By hand: begins a test of `database` now; each of these three says so. */
  readonly start?: boolean | undefined;
  readonly snapshot?: string | undefined;
  readonly region?: string | undefined;
}

export interface Answer extends Report {
  /** The verdicts of this run, as they are kept in the evidence store. */
  readonly verdicts: readonly TestRecord[];
}

const NAME = 'test-restore';

const UNKNOWN = {
  reason: 'no-policy',
  detail: 'unknown database: no policy selects it, or its policy has no restoreTest',
  hint: 'correct the identifier, or add restoreTest to its policy',
} as const;

/**
 * Observes every region in `ceil(instances/100) + ceil(snapshots/100)` calls, and the evidence of what is under test; takes
 * each test one step further, cleans up what has outlived its time, and begins what is due as far as the limits go.
 */
export async function run(ports: Ports, context: RunContext, asked: Asked): Promise<Answer> {
  const { policy, now, dryRun, timeLeft } = context;
  const looks = new Looks();
  const seen = await observe(ports, context, asked, looks);
  const { tests, orphans } = standing(seen.instances, [...seen.regions.values()].flat(), policy.name);
  const planned = [
    ...(await steps(ports, context, tests, looks)),
    ...orphans.map((orphan) => sweep(orphan, now)),
    ...(await starts(ports, context, asked, seen, tests, looks)),
  ];
  const wanted = narrowed(planned, asked.database, { region: policy.home, ...UNKNOWN });
  const around = await circumstances(ports, wanted, tests.length, looks);
  const verdicts: TestRecord[] = [];
  const act = stepper(ports, { policy, now, concluded: (record) => verdicts.push(record) });
  const entries = await carryOut(admit(wanted, around, policy.limits), { dryRun, act, timeLeft });
  const all = [...looks.failed, ...entries];
  return { ...report({ function: NAME, installation: policy.name, now, dryRun }, all), verdicts };
}

/** What the alarm for bad backups watches. */
export function watched({ verdicts }: Answer): { readonly testsNotPassed: number } {
  return { testsNotPassed: verdicts.filter(({ verdict }) => verdict !== 'passed').length };
}

interface Seen extends Backups {
  /** Of every region that could be seen. */
  readonly instances: readonly Database[];
}

/** A region is seen whole or not at all: half of it would look like a test without its instance. */
async function observe(
  { databases, snapshots }: Ports,
  { policy }: RunContext,
  asked: Asked,
  looks: Looks,
): Promise<Seen> {
  const regions = new Map<string, readonly Snapshot[]>();
  const instances = new Map<string, readonly Database[]>();
  for (const region of regionsOf(policy)) {
    await looks.at(region, 'region-unseen', async () => {
      const found = await databases.list(region);
      // By hand any snapshot can be tested, RDS's own too.
      const backups =
        asked.snapshot === undefined ? await snapshots.list(region) : await snapshots.listEvery(region);
      instances.set(region, found);
      regions.set(region, backups);
    });
  }
  return {
    databases: instances.get(policy.home) ?? [],
    regions,
    unseen: regions.size < regionsOf(policy).length,
    instances: [...instances.values()].flat(),
  };
}

async function steps(
  { evidence }: Ports,
  { policy, now }: RunContext,
  tests: readonly Found[],
  looks: Looks,
): Promise<TestDecision[]> {
  const decisions: TestDecision[] = [];
  for (const found of tests) {
    const kept = await looks.at(policy.home, 'evidence-unseen', () => keptOf(evidence, found.test));
    decisions.push(
      kept === undefined ? stepUnseen(found, policy, now) : stepOf({ ...found, kept }, policy, now),
    );
  }
  return decisions;
}

/** The longest untested first: what a limit leaves out is what can wait longest. */
async function starts(
  { evidence }: Ports,
  { policy, now }: RunContext,
  asked: Asked,
  seen: Seen,
  tests: readonly Found[],
  looks: Looks,
): Promise<TestDecision[]> {
  const { database, snapshot, region } = asked;
  const byHand = asked.start === true || snapshot !== undefined || region !== undefined;
  if (byHand) {
    return database === undefined
      ? []
      : [startByHand({ database, snapshot, region }, seen, policy, tests, now)];
  }
  // Where a region cannot be seen, a test of the same database may be under way there: the look that failed tells so.
  if (seen.unseen) return [];
  const begun: { decision: TestDecision; last: LastTest | null }[] = [];
  for (const candidate of candidates(seen, policy, tests, now, database)) {
    const places = candidate.rules.places.map((place) => place.region);
    const last = await looks.at(policy.home, 'evidence-unseen', () =>
      lastTest(evidence, candidate.database, places, now),
    );
    if (last !== undefined) begun.push({ decision: start(candidate, last, seen, policy, now), last });
  }
  const age = (last: LastTest | null) => last?.requested ?? Number.NEGATIVE_INFINITY;
  return begun.sort((a, b) => (age(a.last) < age(b.last) ? -1 : 1)).map(({ decision }) => decision);
}

/** Asks for quotas and places only where a test is to begin. */
async function circumstances(
  { restores }: Ports,
  decisions: readonly TestDecision[],
  underWay: number,
  looks: Looks,
): Promise<Circumstances> {
  const quotas = new Map<string, Quota>();
  const preloaded = new Map<string, readonly string[]>();
  for (const decision of decisions) {
    if (!isAct(decision) || !begins(decision)) continue;
    const { action, subject } = decision;
    if (action.kind !== 'hold' && action.kind !== 'restore') continue;
    const key = placeKey(action.place);
    if (!preloaded.has(key)) await learn(action.place, key);
    if (quotas.has(subject.region)) continue;
    const quota = await looks.at(subject.region, 'quota-unseen', () => restores.quota(subject.region));
    if (quota != null) quotas.set(subject.region, quota);
  }
  return { underWay, quotas, preloaded };

  async function learn(place: TestPlace, key: string): Promise<void> {
    const libraries = await looks.at(place.region, 'place-unseen', () => restores.preloaded(place));
    if (libraries !== undefined) preloaded.set(key, libraries);
  }
}

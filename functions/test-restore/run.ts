import type { Database } from '../../shared/domain/database';
import { isAct, narrowed, type Report } from '../../shared/domain/decision';
import type { Quota } from '../../shared/domain/quota';
import type { TestRecord } from '../../shared/domain/restore-test';
import type { Databases } from '../../shared/ports/databases';
import type { Evidence } from '../../shared/ports/evidence';
import type { Keys } from '../../shared/ports/keys';
import type { PlaceSeen, Restores } from '../../shared/ports/restores';
import type { Snapshots } from '../../shared/ports/snapshots';
import { carryOut } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { report } from '../../shared/runtime/report';
import { admit, type Circumstances, MOST_INSTANCES, placeKey } from './admit';
import { stepOf, stepUnseen, sweep, type TestDecision } from './plan';
import { keptOf, lastTests } from './run-evidence';
import { observe, type Seen } from './run-observe';
import { stepper } from './run-step';
import type { Found } from './standing';
import { candidates, start, startByHand } from './start';

export interface Ports {
  readonly databases: Databases;
  readonly snapshots: Snapshots;
  readonly restores: Restores;
  readonly evidence: Evidence;
  readonly keys: Keys;
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
 * Takes each test one step further, cleans up what has outlived its time, and begins what is due as far as the limits go.
 * A tick that has nothing to do costs `ceil(instances/100)` calls a region; once an hour it asks what is due, for
 * `ceil(snapshots/100)` calls a region more and a listing of the verdicts.
 */
export async function run(ports: Ports, context: RunContext, asked: Asked): Promise<Answer> {
  const { policy, now, dryRun, timeLeft } = context;
  const looks = new Looks();
  const seen = await observe(ports, context, asked, looks);
  const planned = [
    ...(await steps(ports, context, seen.tests, looks)),
    ...seen.orphans.map((orphan) => sweep(orphan, now)),
    ...(await starts(ports, context, asked, seen, looks)),
  ];
  const wanted = narrowed(planned, asked.database, { region: policy.home, ...UNKNOWN });
  const around = await circumstances(ports, wanted, seen, looks);
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
  { database, start: begin, snapshot, region }: Asked,
  { backups, tests }: Seen,
  looks: Looks,
): Promise<TestDecision[]> {
  // Not asked for in this tick.
  if (backups === null) return [];
  if (database !== undefined && (begin === true || snapshot !== undefined || region !== undefined))
    return [startByHand({ database, snapshot, region }, backups, policy, tests, now)];
  // Where a region cannot be seen, a test of the same database may be under way there: the look that failed tells so.
  if (backups.unseen) return [];
  const last = await looks.at(policy.home, 'evidence-unseen', () => lastTests(evidence, now));
  if (last === undefined) return [];
  const age = (id: string) => last.get(id)?.requested ?? Number.NEGATIVE_INFINITY;
  return candidates(backups, policy, tests)
    .filter((one) => database === undefined || one.database === database)
    .sort((a, b) => (age(a.database) < age(b.database) ? -1 : 1))
    .map((one) => start(one, last.get(one.database) ?? null, backups, policy, now))
    .filter(({ reason }) => database !== undefined || reason !== 'not-due');
}

/** Asks for quotas and places only where a test is to begin. */
async function circumstances(
  { restores }: Ports,
  decisions: readonly TestDecision[],
  { tests, instances }: Seen,
  looks: Looks,
): Promise<Circumstances> {
  const quotas = new Map<string, Quota>();
  const places = new Map<string, PlaceSeen>();
  const asked = new Set<string>();
  for (const decision of decisions) {
    if (!isAct(decision) || decision.action.kind !== 'begin') continue;
    const { place } = decision.action;
    const { region } = place;
    const key = placeKey(place);
    if (!asked.has(key)) {
      asked.add(key);
      const found = await looks.at(region, 'place-unseen', () => restores.look(place));
      if (found !== undefined) places.set(key, found);
    }
    if (asked.has(region)) continue;
    asked.add(region);
    const quota = await looks.at(region, 'quota-unseen', () => restores.quota(region));
    const standing = instances.filter((one: Database) => one.region === region).length;
    if (quota !== undefined) quotas.set(region, quota ?? { used: standing, most: MOST_INSTANCES });
  }
  return { underWay: tests.length, quotas, places };
}

import { type Act, narrowed, type Report } from '../../shared/domain/decision';
import { evidenceSeries } from '../../shared/domain/evidence';
import { type Check, few } from '../../shared/domain/inspection/check';
import type { DatabaseFacts } from '../../shared/domain/inspection/facts';
import { inspect } from '../../shared/domain/inspection/inspect';
import {
  type About,
  absentRecord,
  damagedRecord,
  INSPECTIONS,
  type InspectionRecord,
  recordOf,
} from '../../shared/domain/inspection/record';
import type { Setting } from '../../shared/domain/inspection/server';
import { Refusal } from '../../shared/domain/refusal';
import { foundKey } from '../../shared/domain/restore-test';
import { regionsOf } from '../../shared/domain/selection';
import { type Duration, MINUTE, SECOND } from '../../shared/domain/time';
import type { Databases } from '../../shared/ports/databases';
import type { Evidence } from '../../shared/ports/evidence';
import type { DatabaseTokens, Inspector } from '../../shared/ports/inspector';
import { carryOut, type Result } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { report } from '../../shared/runtime/report';
import { type InspectAction, type InspectDecision, type InspectReason, UNABLE } from './look';
import { isToBeLookedInto, plan } from './plan';
import { isRestored, planRestored, type Restored, testOf } from './restored';
import { earlierLook, isKept, keepUnable } from './run-evidence';

export interface Ports {
  readonly databases: Databases;
  readonly inspector: Inspector;
  readonly tokens: DatabaseTokens;
  readonly evidence: Evidence;
}

export interface Asked {
  readonly database?: string | undefined;
  /** What restore tests have restored, in every region, in place of what is live at home. */
  readonly restored?: boolean | undefined;
}

export interface Answer extends Report {
  /** 1 where this was a run over all live databases. */
  readonly liveRuns: 0 | 1;
  /** Every check with what was expected and found, by the key of its record; only where one database was asked for. */
  readonly inspections?: Readonly<Record<string, readonly Check[]>>;
}

const NAME = 'inspect-database';

const UNKNOWN = {
  reason: 'no-policy',
  detail: 'unknown database: no policy selects it',
  hint: 'correct the identifier, or add it to `databases` in the policy',
} as const;

const UNTESTED = {
  reason: 'no-test',
  detail: 'no instance stands that a restore test of this database made',
  hint: 'leave `restored` out to look into the live one',
} as const;

/** So many relations amcheck looks at in one look; in another, others. */
const SAMPLE = 50;

/** With less than this a look would leave too much unknown, for good: the next run has all of its time for it. */
const ENOUGH: Duration = 5 * MINUTE;

/** Of what is left of the run, a look does not get this: it is to judge, to keep the record, and to report. */
const RESERVE: Duration = 30 * SECOND;

/** Looks into databases, one after the other, judges, and leaves a record of each as evidence. */
export async function run(ports: Ports, context: RunContext, asked: Asked): Promise<Answer> {
  const { policy, now, dryRun, timeLeft } = context;
  const { database, restored = false } = asked;
  const looks = new Looks();
  const planned = restored
    ? await restoredInstances(ports, context, looks)
    : await liveDatabases(ports, context, database);
  const decisions = narrowed(planned, database, {
    region: policy.home,
    ...(restored ? UNTESTED : UNKNOWN),
  });
  const inspections: Record<string, readonly Check[]> = {};
  const act = async ({ action }: Act<InspectAction, InspectReason>): Promise<Result> => {
    const { checks, result } = await lookInto(ports, action, context);
    if (checks.length > 0) inspections[action.key] = checks;
    return result;
  };
  const entries = await carryOut(decisions, { dryRun, act, timeLeft });
  return {
    ...report({ function: NAME, installation: policy.name, now, dryRun }, [...looks.failed, ...entries]),
    liveRuns: restored || dryRun || database !== undefined ? 0 : 1,
    // The checks of a fleet would be more than Lambda lets a function answer (6 MB); they are in the records.
    ...(database !== undefined && { inspections }),
  };
}

/** What the alarm for want of runs watches: ticks for restored instances say nothing about the live ones. */
export function watched({ liveRuns }: Answer): { readonly liveRuns?: number } {
  return liveRuns === 0 ? {} : { liveRuns };
}

async function liveDatabases(
  { databases, evidence }: Ports,
  { policy, now }: RunContext,
  only: string | undefined,
): Promise<InspectDecision[]> {
  const running = await databases.list(policy.home);
  const newest = new Map<string, string | null>();
  const unable = new Map<string, string | null>();
  for (const one of running) {
    if ((only !== undefined && one.id !== only) || !isToBeLookedInto(one, policy)) continue;
    newest.set(one.id, await evidence.newest(evidenceSeries(INSPECTIONS, one.id, policy.home), now));
    unable.set(one.id, await evidence.newest(evidenceSeries(UNABLE, one.id, policy.home), now));
  }
  return plan({ databases: running, newest, unable }, policy, now);
}

async function restoredInstances(
  { databases, evidence }: Ports,
  { policy }: RunContext,
  looks: Looks,
): Promise<InspectDecision[]> {
  const seen: Restored[] = [];
  for (const region of regionsOf(policy)) {
    const running = await looks.at(region, 'region-unseen', () => databases.list(region));
    for (const instance of running ?? []) {
      if (!isRestored(instance, policy.name)) continue;
      const test = testOf(instance);
      seen.push({ instance, looked: test !== null && (await isKept(evidence, foundKey(test))) });
    }
  }
  return planRestored(seen, policy);
}

interface Looked {
  readonly checks: readonly Check[];
  readonly result: Result;
}

/**
 * A live database that cannot be looked into fails this run. Of a restored one, that is left to the test: whether it could
 * not be reached yet, or never, it tells by its own clock, and meanwhile each tick tries again.
 */
async function lookInto(ports: Ports, action: InspectAction, context: RunContext): Promise<Looked> {
  const { evidence } = ports;
  const { database, region, protection, rules, as, key, test } = action;
  const { name: installation, home } = context.policy;
  if (context.timeLeft() < ENOUGH) {
    const detail = 'too little time is left for a look: the next run begins with it';
    return { checks: [], result: { outcome: 'postponed', detail } };
  }
  const setting = test === null ? 'live' : 'restored';
  const about: About = { installation, database, region, setting, now: context.now, as };
  const keep = async (record: InspectionRecord): Promise<Looked> => {
    await evidence.keep(key, record);
    return { checks: record.checks, result: told(record.checks, action) };
  };
  const seen = await look(ports, action, setting, () => context.timeLeft() - RESERVE);
  if (seen instanceof Refusal) {
    if (test !== null && seen.kind === 'gone') return keep(absentRecord(about, rules.database));
    if (test !== null && seen.kind === 'damaged') return keep(damagedRecord(about, seen.message));
    await keepUnable(evidence, action, seen, context.now);
    if (test === null) throw seen;
    const { message: detail, hint } = seen;
    return { checks: [], result: { outcome: 'postponed', detail, ...(hint !== undefined && { hint }) } };
  }
  const { tenants, extensions } = protection;
  const earlier = await earlierLook(evidence, action, home);
  const checks = inspect(seen, { ...rules, tenants, extensions }, { setting, as, earlier });
  return keep(recordOf(about, seen, checks, earlier));
}

/** What is in the database, or why nobody could look. */
async function look(
  { inspector, tokens }: Ports,
  { region, endpoint, protection, rules, as, key }: InspectAction,
  setting: Setting,
  timeLeft: () => Duration,
): Promise<DatabaseFacts | Refusal> {
  const address = { ...endpoint, database: rules.database, user: rules.user };
  const wanted = {
    setting,
    as,
    tenants: protection.tenants,
    freshness: rules.freshness,
    own: rules.checks,
    sample: { most: SAMPLE, seed: key },
  };
  try {
    return await inspector.look(address, await tokens.token(region, address), wanted, timeLeft);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** A failed check of a live database fails the run; that of a restored one is for the test to judge. */
function told(checks: readonly Check[], { key, test }: InspectAction): Result {
  const failed = checks.filter(({ verdict }) => verdict === 'failed');
  const unknown = checks.filter(({ verdict }) => verdict === 'unknown');
  const passed = `${checks.length - failed.length - unknown.length} checks passed`;
  const unjudged = unknown.length === 0 ? '' : `; not judged: ${few(unknown.map(({ id }) => id))}`;
  if (failed.length === 0) return { detail: `${passed}${unjudged}; evidence ${key}` };
  const found = failed.map(({ id, found }) => `${id}: ${found}`).join('; ');
  return {
    outcome: test === null ? 'refused' : 'done',
    detail: `${found}; ${passed}${unjudged}; evidence ${key}`,
    hint: 'functions/inspect-database/README.md says of each check what to do',
  };
}

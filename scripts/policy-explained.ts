import { keepsPace, type Loss, losses } from '../shared/domain/arithmetic';
import { type Promised, promises, settingOf } from '../shared/domain/arithmetic-promises';
import { type Standing, standings } from '../shared/domain/arithmetic-standing';
import type { Policy, Protection } from '../shared/domain/policy';
import { namedDatabases } from '../shared/domain/selection';

/** A policy with its arithmetic, as data: what `npm run policy` tells in words, and `--json` as it is. */
export interface Explained {
  readonly policy: Policy;
  readonly protections: readonly ExplainedProtection[];
  readonly regions: readonly ExplainedRegion[];
  /** What the quota and our own brake make of it; promises and the like are the parser's warnings. */
  readonly warnings: readonly string[];
  /** Settings that are checked and kept, and that no function acts on in this release. */
  readonly recorded: readonly { readonly setting: string; readonly meaning: string }[];
}

export interface ExplainedProtection {
  readonly name: string;
  readonly agreed: boolean;
  readonly standing: readonly (Standing & { readonly fits: number })[];
  readonly losses: readonly Loss[];
  readonly promises: readonly Promised[];
  readonly copiesKeepPace: boolean;
}

/** What the databases named by identifier come to; how many a tag selects, only AWS knows. */
export interface ExplainedRegion {
  readonly region: string;
  readonly databases: number;
  readonly atMost: number;
  readonly quota: number;
}

export function explain(policy: Policy): Explained {
  const quota = policy.limits.manualSnapshots;
  const protections = Object.values(policy.policies).map((protection) => ({
    name: protection.name,
    agreed: protection.agreed.by !== null,
    standing: standings(protection, policy.home).map((one) => ({
      ...one,
      fits: Math.floor(quota / one.peak),
    })),
    losses: losses(protection),
    promises: promises(protection),
    copiesKeepPace: keepsPace(protection),
  }));
  const regions = regionsOf(policy, protections);
  const warnings = [
    ...regions.flatMap((region) => overQuota(region)),
    ...regions.flatMap((region) => manyCopies(region, policy)),
    ...protections.flatMap((protection) => ownBrake(protection, policy)),
  ];
  const recorded = Object.values(policy.policies).flatMap(recordedOnly);
  return { policy, protections, regions, warnings, recorded };
}

function regionsOf(policy: Policy, protections: readonly ExplainedProtection[]): ExplainedRegion[] {
  const regions = new Map<string, { databases: number; atMost: number }>();
  for (const { name, standing } of protections) {
    const named = policy.databases.filter((selection) => selection.policy === name);
    const databases = namedDatabases({ ...policy, databases: named }).length;
    for (const { region, peak } of standing) {
      const sum = regions.get(region) ?? { databases: 0, atMost: 0 };
      regions.set(region, {
        databases: sum.databases + databases,
        atMost: sum.atMost + databases * peak,
      });
    }
  }
  const quota = policy.limits.manualSnapshots;
  return [...regions].map(([region, sum]) => ({ region, ...sum, quota }));
}

function overQuota({ region, databases, atMost, quota }: ExplainedRegion): string[] {
  if (atMost <= quota) return [];
  return [
    `${region}: ${databases} databases come to ${atMost} snapshots, and the quota is ${quota}. Keep fewer, or have the quota raised (AWS Service Quotas, "Manual DB instance snapshots") and set limits.manualSnapshots.`,
  ];
}

function manyCopies({ region, databases }: ExplainedRegion, { home, limits }: Policy): string[] {
  if (region === home || databases <= limits.copiesInFlight) return [];
  return [
    `${region}: ${databases} databases are copied there, and AWS runs ${limits.copiesInFlight} copies at a time: a copy may wait for others, which the worst losses do not count.`,
  ];
}

/** As prune-snapshots brakes: more than the share of what stands, though two may always go. */
function ownBrake({ name, standing }: ExplainedProtection, { limits }: Policy): string[] {
  return standing.flatMap(({ region, pruned: { go, of } }) => {
    if (go <= Math.max(2, Math.floor(limits.pruneShare * of))) return [];
    const share = `${Math.round(limits.pruneShare * 100)}%`;
    return [
      `${region}: on schedule, one prune run of ${name} deletes ${go} of ${of} snapshots, and limits.pruneShare lets it delete ${share}: it would refuse. Set limits.pruneShare: "${Math.min(100, Math.ceil((go / of) * 100))}%", keep more, or take fewer.`,
    ];
  });
}

function recordedOnly(protection: Protection): { setting: string; meaning: string }[] {
  const { name, pitr, failoverDrill } = protection;
  const of = (setting: string) => `${name}.${setting}`;
  const recorded: { setting: string; meaning: string }[] = [];
  if (pitr !== null) {
    const meaning = `automated backups for ${settingOf(pitr.retention)}: counted on above, not checked on the instance`;
    recorded.push({ setting: of('pitr'), meaning });
  }
  if (failoverDrill !== null) {
    const meaning = `a drill every ${settingOf(failoverDrill.every)}, ${failoverDrill.window} UTC`;
    recorded.push({ setting: of('failoverDrill'), meaning });
  }
  return recorded;
}

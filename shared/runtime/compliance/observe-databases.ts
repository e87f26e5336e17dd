import type { Part } from '../../domain/controls/part';
import type { DatabaseSeen, Maintenance } from '../../domain/controls/seen';
import type { Database } from '../../domain/database';
import type { Policy, Protection } from '../../domain/policy';
import { protectionOf, unsupported } from '../../domain/selection';
import type { DatabaseDetails, Details } from '../../ports/details';
import type { Looks } from '../observe';
import { looked } from './observe-part';

/** What the light pass leaves to the daily one. */
export const NOT_NOW = { unseen: 'only the daily pass looks at it' } as const;

/** ReplicaLag is a metric of CloudWatch, and no more than alarms are read there. */
const NO_LAG = { unseen: 'no metric of it is read in this release' } as const;

/** The databases that a policy selects and that can be protected, with their promises. */
export function protectedOnes(
  all: readonly DatabaseDetails[],
  policy: Policy,
): (DatabaseDetails & { readonly protection: Protection })[] {
  return all.flatMap((one) => {
    const protection = protectionIn(policy, one.database);
    return protection === null ? [] : [{ ...one, protection }];
  });
}

function protectionIn(policy: Policy, database: Database): Protection | null {
  return unsupported(database) === null ? protectionOf(policy, database.id, database.tags) : null;
}

/** No calls: what the listing tells. */
export function databasesAtAGlance(all: readonly DatabaseDetails[]): DatabaseSeen[] {
  return all.map((one) => seen(one, NOT_NOW, NOT_NOW));
}

/** One call for each parameter group of a protected database, and one per 100 instances with pending maintenance. */
export async function databasesInDetail(
  details: Details,
  policy: Policy,
  all: readonly DatabaseDetails[],
  looks: Looks,
): Promise<DatabaseSeen[]> {
  const { home } = policy;
  const groups = new Map<string, Part<boolean>>();
  for (const { parameterGroup: group } of protectedOnes(all, policy)) {
    if (group === null || groups.has(group)) continue;
    const part = await looked(looks, home, 'parameters-unseen', () => details.tlsForced(home, group));
    groups.set(group, said(group, part));
  }
  const pending = await looked(looks, home, 'maintenance-unseen', () => details.maintenance(home));
  return all.map((one) => {
    const tls = groups.get(one.parameterGroup ?? '') ?? { unseen: 'its parameter group was not looked at' };
    return seen(one, tls, pendingOf(one.database, pending));
  });
}

function said(group: string, part: Part<boolean | null>): Part<boolean> {
  if ('unseen' in part) return part;
  if (part.seen === null) return { unseen: `the parameter group ${group} says nothing of rds.force_ssl` };
  return { seen: part.seen };
}

/** RDS lists only instances that have something pending. */
function pendingOf(
  { arn }: Database,
  pending: Part<ReadonlyMap<string, readonly Maintenance[]>>,
): DatabaseSeen['maintenance'] {
  return 'unseen' in pending ? pending : { seen: pending.seen.get(arn) ?? [] };
}

function seen(
  { database, settings, parameterGroup, replicas }: DatabaseDetails,
  tlsForced: DatabaseSeen['tlsForced'],
  maintenance: DatabaseSeen['maintenance'],
): DatabaseSeen {
  return {
    database,
    settings: { seen: settings },
    parameterGroup,
    tlsForced,
    standbys: { seen: replicas.map(({ id, region }) => ({ id, region, lag: NO_LAG })) },
    maintenance,
  };
}

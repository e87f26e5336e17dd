import type { Pass } from '../../domain/controls/control';
import type { Part } from '../../domain/controls/part';
import type { Quotas, Seen, Sharing } from '../../domain/controls/seen';
import { type KeysSeen, snapshotsInScope } from '../../domain/key-use';
import type { Policy } from '../../domain/policy';
import { regionsOf } from '../../domain/selection';
import type { Snapshot } from '../../domain/snapshot';
import type { Alarms } from '../../ports/alarms';
import type { Bucket } from '../../ports/bucket';
import type { Databases } from '../../ports/databases';
import type { DatabaseDetails, Details, SnapshotSharing, Support } from '../../ports/details';
import type { Evidence } from '../../ports/evidence';
import type { KeyRing } from '../../ports/keys';
import type { Snapshots } from '../../ports/snapshots';
import type { Topics } from '../../ports/topics';
import type { RunContext } from '../lambda';
import { Looks } from '../observe';
import { observeKeys } from '../observe-keys';
import { databasesAtAGlance, databasesInDetail, NOT_NOW, protectedOnes } from './observe-databases';
import { inspectionsOf, type Reading, restoreTestsOf } from './observe-evidence';
import { looked } from './observe-part';
import { askSharing } from './observe-sharing';

export interface ObservePorts {
  readonly details: Details;
  readonly snapshots: Pick<Snapshots, 'listEvery'>;
  readonly sharing: SnapshotSharing;
  readonly support: Support;
  readonly keys: KeyRing;
  readonly topics: Topics;
  readonly alarms: Alarms;
  readonly evidence: Evidence;
  readonly bucket: Bucket;
}

export interface Installed {
  /** What the names of our functions and alarms begin with: `holdfast-prod`. */
  readonly deployment: string;
  /** Accounts that snapshots may be shared with. */
  readonly allowedAccounts: readonly string[];
  /** What earlier runs were told of whom snapshots are shared with. */
  readonly sharing?: ReadonlyMap<string, Sharing>;
  /** So many snapshots are asked about in one run, at one call each. */
  readonly mostShared?: number;
}

/** At some 100 ms each that is less than two of a Lambda's five minutes. */
const MOST_SHARED = 1_000;

/** Seen as none, a failover that nobody could have recorded would count as never tried. */
const NO_DRILLS = { unseen: 'no drill leaves a record in this release' } as const;

type Context = Pick<RunContext, 'policy' | 'now' | 'topics' | 'evidenceBucket' | 'timeLeft'>;

/** Of one region each, listed once: databases, snapshots and keys are all judged by the same look. */
interface Listed {
  readonly databases: ReadonlyMap<string, Part<readonly DatabaseDetails[]>>;
  readonly snapshots: ReadonlyMap<string, Part<readonly Snapshot[]>>;
}

/**
 * Looks at everything that controls of this pass judge by. What AWS does not show is `unseen` with its reason, and told
 * by `looks`; the rest goes on.
 *
 * A light pass makes, for each region, `ceil(instances/100) + max(1, ceil(snapshots/100)) + max(1, ceil(those of AWS
 * Backup/100)) + ceil(aliases/100)` calls; four for each key in use, one for each topic, one for the alarms. A daily
 * pass makes these, and: for each region one of quotas; at home one for each parameter group, one of maintenance, two of
 * what AWS supports; three of the bucket; one per 1,000 restore tests there ever were and one for each that is read; two
 * for each database that is looked into; one for each snapshot that is asked about.
 */
export async function observe(
  ports: ObservePorts,
  context: Context,
  pass: Pass,
  installed: Installed,
  looks: Looks = new Looks(),
): Promise<Seen> {
  const { policy, now } = context;
  const { deployment, allowedAccounts } = installed;
  const listed = await listings(ports, policy, looks);
  const keys = await keysOf(ports, context, listed, looks);
  const alarms = await looked(looks, policy.home, 'alarms-unseen', () =>
    ports.alarms.list(policy.home, `${deployment}-`),
  );
  const light = {
    now,
    policy,
    deployment,
    allowedAccounts,
    snapshots: listed.snapshots,
    keys,
    alarms,
  };
  const databases = listed.databases.get(policy.home) ?? { unseen: `${policy.home} was not looked at` };
  if (pass === 'light') return { ...light, ...leftOut(), databases: mapped(databases, databasesAtAGlance) };
  return { ...light, ...(await daily(ports, context, installed, listed, databases, looks)) };
}

type Daily = Omit<
  Seen,
  'now' | 'policy' | 'deployment' | 'allowedAccounts' | 'snapshots' | 'keys' | 'alarms'
>;

/** What a light pass does not look at: a map without an entry says so as well. */
function leftOut(): Omit<Daily, 'databases'> {
  return {
    sharing: new Map(),
    quotas: new Map(),
    restoreTests: new Map(),
    inspections: new Map(),
    drills: new Map(),
    evidence: NOT_NOW,
    engines: NOT_NOW,
    authorities: NOT_NOW,
  };
}

async function daily(
  ports: ObservePorts,
  context: Context,
  { sharing: known = new Map(), mostShared: most = MOST_SHARED }: Installed,
  listed: Listed,
  databases: Part<readonly DatabaseDetails[]>,
  looks: Looks,
): Promise<Daily> {
  const { policy, now, timeLeft, evidenceBucket } = context;
  const { home } = policy;
  const quotas = new Map<string, Part<Quotas>>();
  for (const region of regionsOf(policy)) {
    quotas.set(region, await looked(looks, region, 'quotas-unseen', () => ports.details.quotas(region)));
  }
  const all = 'seen' in databases ? databases.seen : [];
  const selected = protectedOnes(all, policy);
  const reading: Reading = { evidence: ports.evidence, home, now, timeLeft };
  const tested = selected.filter(({ protection }) => protection.restoreTest !== null);
  const inspected = selected.filter(({ protection }) => protection.inspection !== null);
  return {
    databases:
      'seen' in databases ? { seen: await databasesInDetail(ports.details, policy, all, looks) } : databases,
    quotas,
    engines: await looked(looks, home, 'engines-unseen', () => ports.support.engines(home)),
    authorities: await looked(looks, home, 'authorities-unseen', () => ports.support.authorities(home)),
    evidence:
      evidenceBucket === null
        ? { unseen: 'no bucket of evidence is named (EVIDENCE_BUCKET)' }
        : await looked(looks, home, 'bucket-unseen', () => ports.bucket.settings(home, evidenceBucket)),
    restoreTests: await restoreTestsOf(idsOf(tested), reading, looks),
    inspections: await inspectionsOf(idsOf(inspected), reading, looks),
    drills: new Map(idsOf(selected).map((id) => [id, NO_DRILLS])),
    // Last, as it takes what time is left.
    sharing: await askSharing(
      ports.sharing,
      { snapshots: toAskAbout(listed, all, policy), known, most, now, timeLeft },
      looks,
    ),
  };
}

function idsOf(all: readonly DatabaseDetails[]): string[] {
  return all.map(({ database }) => database.id);
}

async function listings({ details, snapshots }: ObservePorts, policy: Policy, looks: Looks): Promise<Listed> {
  const listed = {
    databases: new Map<string, Part<readonly DatabaseDetails[]>>(),
    snapshots: new Map<string, Part<readonly Snapshot[]>>(),
  };
  for (const region of regionsOf(policy)) {
    listed.databases.set(region, await looked(looks, region, 'databases-unseen', () => details.list(region)));
    listed.snapshots.set(
      region,
      await looked(looks, region, 'snapshots-unseen', () => snapshots.listEvery(region)),
    );
  }
  return listed;
}

/** RDS's own and AWS Backup's cannot be shared this way; snapshots of what no policy speaks of are nobody's business. */
function toAskAbout({ snapshots }: Listed, all: readonly DatabaseDetails[], policy: Policy): Snapshot[] {
  const standing = [...snapshots.values()].flatMap((part) => ('seen' in part ? part.seen : []));
  const databases = all.map(({ database }) => database);
  return snapshotsInScope({ databases, snapshots: standing }, policy)
    .map(({ snapshot }) => snapshot)
    .filter(({ kind }) => kind === 'manual');
}

/** Without one of these nobody knows which keys are in use: those left out would count as fine. */
const LISTINGS = ['aliases-unseen', 'topic-unseen'];

async function keysOf(
  { keys, topics, bucket }: ObservePorts,
  { policy, topics: arns }: Context,
  { databases, snapshots }: Listed,
  looks: Looks,
): Promise<Part<KeysSeen>> {
  for (const part of [...databases.values(), ...snapshots.values()]) if ('unseen' in part) return part;
  const own = new Looks();
  // It lists, and asks nothing else of the two.
  const listing = {
    databases: {
      list: async (region: string) => shown(databases, region).map(({ database }) => database),
    } as Databases,
    snapshots: { listEvery: async (region: string) => shown(snapshots, region) } as Snapshots,
  };
  // Not the bucket of evidence: without its key this function can neither read findings nor keep any, and fails.
  const ours = { topics: arns, evidenceBucket: null };
  const seen = await observeKeys({ keys, topics, bucket, ...listing }, policy, ours, own);
  looks.failed.push(...own.failed);
  const blind = own.failed.find(({ reason }) => LISTINGS.includes(reason));
  return blind === undefined ? { seen } : { unseen: blind.detail ?? blind.reason };
}

function shown<T>(parts: ReadonlyMap<string, Part<readonly T[]>>, region: string): T[] {
  const part = parts.get(region);
  return part !== undefined && 'seen' in part ? [...part.seen] : [];
}

function mapped<T, R>(part: Part<T>, change: (seen: T) => R): Part<R> {
  return 'seen' in part ? { seen: change(part.seen) } : part;
}

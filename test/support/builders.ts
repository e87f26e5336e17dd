import type { Database } from '../../shared/domain/database';
import type { Key, Rotation } from '../../shared/domain/key';
import type { KeysSeen, LookedAt } from '../../shared/domain/key-use';
import { copyName, slotName } from '../../shared/domain/names';
import type {
  CopyTarget,
  Policy,
  Protection,
  RestoreTestRules,
  Retention,
  TestPlace,
} from '../../shared/domain/policy';
import type { Snapshot } from '../../shared/domain/snapshot';
import { TAG } from '../../shared/domain/tags';
import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../../shared/domain/time';

export const HOME = 'us-east-1';
export const AWAY = 'us-west-2';
export const ACCOUNT = '111122223333';

/** A literal instant: `at('2026-03-01 09:00')`, UTC. */
export function at(text: string): Instant {
  const instant = Date.parse(`${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(instant)) throw new Error(`not an instant: ${text}`);
  return instant;
}

export function retention(tiers: Partial<Retention>): Retention {
  return { hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, ...tiers };
}

export function copyTarget(fields: Partial<CopyTarget> = {}): CopyTarget {
  return {
    region: AWAY,
    key: 'alias/holdfast',
    optionGroup: null,
    point: 2 * HOUR,
    takes: 30 * MINUTE,
    retention: retention({ hourly: 24, daily: 30 }),
    ...fields,
  };
}

export function protection(fields: Partial<Protection> = {}): Protection {
  return {
    name: 'gold',
    agreed: { by: null, on: null },
    recovery: { point: HOUR, time: 4 * HOUR },
    snapshots: { every: HOUR, takes: 10 * MINUTE },
    retention: retention({ hourly: 24, daily: 30 }),
    onDemand: { keep: 30 * DAY },
    copies: [copyTarget()],
    pitr: null,
    keys: { rotateEvery: 365 * DAY, rescue: false, also: [] },
    restoreTest: null,
    failoverDrill: null,
    tenants: null,
    inspection: null,
    extensions: [],
    ...fields,
  };
}

/** One policy, `gold`, for the databases named. */
export function policy(
  fields: Partial<Protection> = {},
  rest: Partial<Omit<Policy, 'limits'>> & { limits?: Partial<Policy['limits']> } = {},
): Policy {
  const { limits, ...others } = rest;
  return {
    name: 'holdfast',
    home: HOME,
    databases: [{ match: { identifiers: ['qrosity-db'] }, policy: 'gold' }],
    policies: { gold: protection(fields) },
    network: null,
    compliance: { waivers: [], sharedWith: [], securityHub: false, runbooks: null },
    limits: {
      manualSnapshots: 100,
      copiesInFlight: 20,
      onDemandRotations: 25,
      pruneShare: 0.5,
      restoreTests: 2,
      spareInstances: 5,
      ...limits,
    },
    ...others,
  };
}

export function database(fields: Partial<Database> = {}): Database {
  const id = fields.id ?? 'qrosity-db';
  return {
    id,
    arn: `arn:aws:rds:${HOME}:${ACCOUNT}:db:${id}`,
    resource: `db-${id}`,
    region: HOME,
    engine: 'postgres',
    status: 'available',
    condition: 'ready',
    inCluster: false,
    encrypted: true,
    key: `arn:aws:kms:${HOME}:${ACCOUNT}:key/0`,
    replicaOf: null,
    latestRestorable: null,
    endpoint: { host: `${id}.local`, port: 5432 },
    iamLogin: true,
    class: 'db.t4g.medium',
    sizeGiB: 20,
    deletionProtection: false,
    created: at('2026-01-01 00:00'),
    tags: {},
    ...fields,
  };
}

/** A snapshot that is not ours: no tags. */
export function foreign(fields: Partial<Snapshot> = {}): Snapshot {
  const id = fields.id ?? 'made-by-hand';
  const region = fields.region ?? HOME;
  return {
    id,
    arn: `arn:aws:rds:${region}:${ACCOUNT}:snapshot:${id}`,
    region,
    kind: 'manual',
    database: 'qrosity-db',
    resource: `db-${fields.database ?? 'qrosity-db'}`,
    state: 'available',
    status: fields.state ?? 'available',
    progress: 100,
    created: fields.recoveryPoint ?? at('2026-03-01 00:00'),
    recoveryPoint: at('2026-03-01 00:00'),
    encrypted: true,
    key: `arn:aws:kms:${region}:${ACCOUNT}:key/0`,
    copyOf: null,
    optionGroup: 'default:postgres-18',
    engineVersion: '17.6',
    sizeGiB: 20,
    tags: {},
    ...fields,
  };
}

/** The snapshot of a slot, as `create-snapshot` names and tags it. */
export function slotSnapshot(slot: Instant, fields: Partial<Snapshot> = {}): Snapshot {
  const id = fields.database ?? 'qrosity-db';
  const base = foreign({ id: slotName(id, slot), recoveryPoint: slot + 2 * MINUTE, ...fields });
  return {
    ...base,
    tags: {
      [TAG.owner]: 'holdfast',
      [TAG.database]: id,
      [TAG.policy]: 'gold',
      [TAG.slot]: formatInstant(slot),
      ...fields.tags,
    },
  };
}

/** Its copy, as `copy-snapshot` names and tags it. */
export function copyOf(source: Snapshot, fields: Partial<Snapshot> = {}): Snapshot {
  const region = fields.region ?? AWAY;
  return {
    ...foreign({ ...source, id: copyName(source.id, HOME), region, copyOf: source.arn }),
    arn: `arn:aws:rds:${region}:${ACCOUNT}:snapshot:${copyName(source.id, HOME)}`,
    ...fields,
    tags: { ...source.tags, [TAG.copyOf]: source.arn, ...fields.tags },
  };
}

/** An on-demand snapshot asked for at `requested`. */
export function onDemand(requested: Instant, keep: string, fields: Partial<Snapshot> = {}): Snapshot {
  const base = foreign({
    id: `holdfast-qrosity-db-by-hand-${requested}`,
    recoveryPoint: requested + MINUTE,
    ...fields,
  });
  return {
    ...base,
    tags: {
      [TAG.owner]: 'holdfast',
      [TAG.database]: base.database,
      [TAG.policy]: 'gold',
      [TAG.requested]: formatInstant(requested),
      [TAG.label]: 'by hand',
      [TAG.reason]: 'by hand',
      [TAG.keep]: keep,
      ...fields.tags,
    },
  };
}

/** A customer's key that KMS made, of January 2026, enabled. */
export function kmsKey(fields: Partial<Key> = {}): Key {
  const id = fields.id ?? '0';
  const region = fields.region ?? HOME;
  return {
    arn: `arn:aws:kms:${region}:${ACCOUNT}:key/${id}`,
    id,
    region,
    manager: 'customer',
    state: 'enabled',
    symmetric: true,
    origin: 'kms',
    created: at('2026-01-01 00:00'),
    deletion: null,
    window: null,
    primary: null,
    ...fields,
  };
}

/** Automatic, every year, and nothing rotated yet. */
export function rotation(fields: Partial<Rotation> = {}): Rotation {
  return {
    automatic: true,
    period: 365 * DAY,
    next: at('2027-01-01 00:00'),
    underWay: null,
    done: [],
    ...fields,
  };
}

/** A key as a run saw it: with our tag, and called `alias/<id>`. */
export function lookedAt(key: Partial<Key> = {}, fields: Partial<LookedAt> = {}): LookedAt {
  const made = kmsKey(key);
  return {
    key: made,
    aliases: [`alias/${made.id}`],
    tags: { [TAG.owner]: 'holdfast' },
    rotation: rotation(),
    ...fields,
  };
}

/** What a run saw: these keys, by their region and id, and what hangs on them. */
export function keysSeen(keys: readonly LookedAt[], fields: Partial<KeysSeen> = {}): KeysSeen {
  const aliases = new Map<string, Map<string, string>>();
  for (const { key, aliases: names } of keys) {
    const there = aliases.get(key.region) ?? new Map<string, string>();
    for (const name of names) there.set(name, key.id);
    aliases.set(key.region, there);
  }
  return {
    databases: [],
    snapshots: [],
    topics: [],
    stores: [],
    hidden: new Set(),
    aliases,
    keys: new Map(keys.map((one) => [`${one.key.region} ${one.key.id}`, one])),
    account: ACCOUNT,
    ...fields,
  };
}

/** An instance that a restore test of qrosity-db made, asked for at `requested`. */
export function testInstance(requested: Instant, fields: Partial<Database> = {}): Database {
  const region = fields.region ?? HOME;
  const id = fields.id ?? 'holdfast-test-qrosity-db';
  return database({
    id,
    arn: `arn:aws:rds:${region}:${ACCOUNT}:db:${id}`,
    created: null,
    ...fields,
    tags: {
      [TAG.owner]: 'holdfast',
      [TAG.database]: 'qrosity-db',
      [TAG.policy]: 'gold',
      [TAG.restoreTest]: formatInstant(requested),
      [TAG.testOf]: `arn:aws:rds:${region}:${ACCOUNT}:snapshot:holdfast-qrosity-db-20260301-0800`,
      [TAG.chosen]: `the newest in ${region}`,
      [TAG.restoreAsked]: formatInstant(requested + 5 * MINUTE),
      [TAG.recoveryPoint]: formatInstant(requested - HOUR),
      ...fields.tags,
    },
  });
}

export function place(region: string = HOME): TestPlace {
  return {
    region,
    subnetGroup: 'holdfast-restore-tests',
    securityGroups: ['sg-0a1b2c3d'],
    parameterGroup: 'holdfast-restore-tests',
  };
}

/** Weekly, at home and in the copy region. */
export function restoreTest(fields: Partial<RestoreTestRules> = {}): RestoreTestRules {
  return {
    every: 7 * DAY,
    giveUpAfter: 8 * HOUR,
    class: null,
    places: [place(HOME), place(AWAY)],
    ...fields,
  };
}

import type { Cloud } from '../../local/cloud';
import type { Call } from '../../local/wire/service';
import type { DatabaseFacts } from '../../shared/domain/inspection/facts';
import { copyName, slotName } from '../../shared/domain/names';
import type { Policy, Protection } from '../../shared/domain/policy';
import { Refusal } from '../../shared/domain/refusal';
import { type TestRecord, testRecord } from '../../shared/domain/restore-test';
import { TAG, type Tags } from '../../shared/domain/tags';
import { type Duration, formatInstant, HOUR, type Instant, MINUTE } from '../../shared/domain/time';
import type { Address, Inspector } from '../../shared/ports/inspector';
import { ACCOUNT, AWAY, at, HOME, place, policy, restoreTest } from './builders';
import { overhear } from './overhear';
import { World, type WorldOptions } from './world';

export const DATABASE = 'qrosity-db';
export const BEGIN = at('2026-03-02 09:00');

/** How a database of one tenant looks that nothing is wrong with. */
function healthy(now: Instant): DatabaseFacts {
  return {
    server: {
      version: '17.6',
      inRecovery: false,
      checksums: true,
      sizeBytes: 2 ** 30,
      preloaded: ['pg_stat_statements'],
      connected: now,
      at: now + 2_000,
      finished: now + 30_000,
    },
    extensions: [],
    statementsAnswer: null,
    tenants: null,
    schemas: [],
    isolation: { reaching: [], granted: [], crossing: [] },
    freshness: [{ schema: 'public', table: 'orders', newest: now - HOUR, ahead: 0, why: null }],
    rows: [],
    own: [],
    amcheck: { checked: 10, broken: [], skipped: [] },
    unreadable: [],
  };
}

/** An inspector that remembers whom it looked into, and finds what it is told to find. The light engine has no servers. */
export class TestInspector implements Inspector {
  readonly looked: string[] = [];
  /** What is found instead, for as long as it is set. */
  finds: ((facts: DatabaseFacts) => DatabaseFacts) | Refusal = (facts) => facts;

  constructor(private readonly now: () => Instant) {}

  async look({ host }: Address): Promise<DatabaseFacts> {
    if (this.finds instanceof Refusal) throw this.finds;
    this.looked.push(host);
    return this.finds(healthy(this.now()));
  }
}

/** A policy whose databases are tested weekly, at home and in the copy region. */
export function testedPolicy(
  fields: Partial<Protection> = {},
  rest: Parameters<typeof policy>[1] = {},
): Policy {
  return policy(
    {
      restoreTest: restoreTest(),
      inspection: {
        database: 'qrosity',
        user: 'holdfast_inspector',
        freshness: [],
        quiet: 24 * HOUR,
        shrink: 0.2,
        volatile: [],
        checks: [],
      },
      ...fields,
    },
    rest,
  );
}

export interface TestWorldOptions extends WorldOptions {
  readonly databases?: readonly string[];
  /** Groups and network that the policy's places name; without them no test can begin. */
  readonly places?: boolean;
}

/** Databases with three slots at home and two copies away, each under a key, and places to restore them in. */
export class TestWorld extends World {
  readonly inspector: TestInspector;

  private constructor(options: WorldOptions, inspector: TestInspector) {
    super({ ...options, inspector });
    this.inspector = inspector;
  }

  static async make({
    databases = [DATABASE],
    places = true,
    ...options
  }: TestWorldOptions = {}): Promise<TestWorld> {
    let clock = (): Instant => BEGIN;
    const inspector = new TestInspector(() => clock());
    const world = new TestWorld({ policy: testedPolicy(), start: BEGIN - HOUR, ...options }, inspector);
    clock = () => world.now;
    await world.keys();
    await world.bucket();
    for (const region of [HOME, AWAY]) if (places) await world.#places(region);
    await world.cloud.clock.advanceTo(BEGIN);
    for (const database of databases) world.#backups(database);
    world.router.log.reset();
    return world;
  }

  async #places(region: string): Promise<void> {
    const { rds } = this.region(region);
    const { subnetGroup, parameterGroup } = place(region);
    await rds.CreateDBSubnetGroup({
      DBSubnetGroupName: subnetGroup,
      DBSubnetGroupDescription: 'restore tests',
      SubnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'],
    });
    await rds.CreateDBParameterGroup({
      DBParameterGroupName: parameterGroup,
      DBParameterGroupFamily: 'postgres17',
      Description: 'restore tests',
    });
  }

  #backups(database: string): void {
    this.region(HOME).stage.instance({ id: database, key: 'alias/holdfast', tags: { team: 'erp' } });
    for (const hours of [3, 2, 1]) this.backup(database, BEGIN - hours * HOUR, hours > 1);
  }

  /** A slot's snapshot at home, and where asked for its copy away. */
  backup(database: string, slot: Instant, copied: boolean): void {
    const id = slotName(database, slot);
    const tags: Tags = {
      [TAG.owner]: 'holdfast',
      [TAG.database]: database,
      [TAG.policy]: 'gold',
      [TAG.slot]: formatInstant(slot),
    };
    const when = slot + 2 * MINUTE;
    this.region(HOME).stage.snapshots([{ id, instance: database, at: when, key: 'alias/holdfast', tags }]);
    if (!copied) return;
    const copyOf = `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:${id}`;
    this.region(AWAY).stage.snapshots([
      {
        id: copyName(id, HOME),
        instance: database,
        at: when,
        copyOf,
        copied: when + 30 * MINUTE,
        key: 'alias/holdfast',
        tags: { ...tags, [TAG.copyOf]: copyOf },
      },
    ]);
  }

  /** Plays the two functions at every tick of five minutes. */
  async play(time: Duration, onFailure: (error: unknown) => void = rethrow): Promise<void> {
    const end = this.now + time;
    const tick = 5 * MINUTE;
    for (let next = Math.ceil((this.now + 1) / tick) * tick; next <= end; next += tick) {
      await this.cloud.clock.advanceTo(next);
      await this.test().catch(onFailure);
      await this.inspect({ restored: true }).catch(onFailure);
    }
  }

  /** Instances that a restore test made, in both regions. */
  async testInstances() {
    const found = [];
    for (const region of [HOME, AWAY]) {
      const { DBInstances } = await this.region(region).rds.DescribeDBInstances({});
      for (const one of DBInstances ?? []) {
        const tags = tagsOf(one.TagList);
        if (tags[TAG.restoreTest] !== undefined) found.push({ region, tags, ...one });
      }
    }
    return found;
  }

  /** Snapshots that carry the tag of a running test. */
  async underTest(): Promise<string[]> {
    const all = [...(await this.standing(HOME)), ...(await this.standing(AWAY))];
    return all.filter(({ tags }) => tags[TAG.underTest] !== undefined).map(({ id }) => id);
  }

  /** Every verdict that is kept, in the order of their keys. */
  async verdicts(): Promise<TestRecord[]> {
    const records: TestRecord[] = [];
    for (const key of await this.evidence.list('restore-tests/')) {
      const record = testRecord(await this.evidence.read(key));
      if (record === null) throw new Error(`${key} is no record of a restore test`);
      records.push(record);
    }
    return records;
  }
}

export function tagsOf(
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Tags {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

function rethrow(error: unknown): void {
  throw error;
}

/** Judges what test-restore asks of AWS, by rules of its own. What it objects to is in `objections`. */
export class TestJudge {
  readonly objections: string[] = [];
  /** Acts that it has seen. */
  acts = 0;
  #steps = new Map<string, string[]>();

  constructor(private readonly mostAtOnce: number) {}

  /** A new tick: each test has one step again. */
  tick(): void {
    this.#steps = new Map();
  }

  readonly watch = overhear<Record<string, unknown>>('rds', (...asked) => this.#hear(...asked));

  async #hear(
    operation: string,
    input: Record<string, unknown>,
    { region }: Call,
    cloud: Cloud,
  ): Promise<void> {
    const object = (why: string): void => void this.objections.push(`${operation} in ${region}: ${why}`);
    if (operation === 'RestoreDBInstanceFromDBSnapshot') {
      this.acts += 1;
      const tags = tagsOf(input.Tags as never);
      const database = tags[TAG.database] ?? '';
      const standing = await instances(cloud);
      if (tags[TAG.owner] !== 'holdfast' || tags[TAG.restoreTest] === undefined) object('without our tags');
      if (tags.team !== undefined) object("with its source's tags");
      if (input.DBSubnetGroupName === undefined || input.DBParameterGroupName === undefined)
        object('not apart');
      if (input.MultiAZ !== false || input.EnableIAMDatabaseAuthentication !== true) object('not as a test');
      const others = standing.filter(
        (one) => one.database === database && one.name !== input.DBInstanceIdentifier,
      );
      if (others.length > 0) object(`${others[0]?.name} of ${database} stands already`);
      if (standing.length >= this.mostAtOnce) object('more at once than allowed');
      this.#step(operation, database, object);
    }
    if (operation === 'DeleteDBInstance' || operation === 'ModifyDBInstance') {
      this.acts += 1;
      const victim = (await instances(cloud)).find(
        (one) => one.name === input.DBInstanceIdentifier && one.region === region,
      );
      if (victim === undefined) object('no test instance of ours');
      else this.#step(operation, victim.database, object);
      if (operation === 'DeleteDBInstance' && input.DeleteAutomatedBackups !== true)
        object('its backups would stay');
    }
    if (operation === 'AddTagsToResource' || operation === 'RemoveTagsFromResource') {
      this.acts += 1;
      const name = String(input.ResourceName).split(':').at(-1) ?? '';
      const held = operation === 'AddTagsToResource' ? await heldBackups(cloud) : [];
      const others = held.filter(
        (one) => one.startsWith(databaseOf(name)) && one !== `${databaseOf(name)} ${name}`,
      );
      if (others.length > 0) object(`${others[0]} is under test already`);
      this.#step(operation, databaseOf(name), object);
    }
  }

  /** To put the snapshot on hold and to ask for an instance of it is one step: the beginning. */
  #step(operation: string, database: string, object: (why: string) => void): void {
    const steps = [...(this.#steps.get(database) ?? []), operation];
    this.#steps.set(database, steps);
    const beginning = steps.join() === 'AddTagsToResource,RestoreDBInstanceFromDBSnapshot';
    if (steps.length > 1 && !beginning) object(`${steps.join(' and ')} of ${database} in one tick`);
  }
}

/** Of a snapshot's name as ours are made: `holdfast-erp-a-20260302-0800-from-us-east-1`. */
function databaseOf(snapshot: string): string {
  return snapshot.replace(/^holdfast-/, '').replace(/-\d{8}-\d{4}.*$/, '');
}

async function heldBackups(cloud: Cloud): Promise<string[]> {
  const found: string[] = [];
  for (const region of cloud.regions.filter((name) => !cloud.isLost(name))) {
    const { DBSnapshots } = await cloud.region(region).rds.DescribeDBSnapshots({ SnapshotType: 'manual' });
    for (const { DBSnapshotIdentifier: name = '', TagList } of DBSnapshots ?? [])
      if (tagsOf(TagList)[TAG.underTest] !== undefined) found.push(`${databaseOf(name)} ${name}`);
  }
  return found;
}

async function instances(cloud: Cloud) {
  const found = [];
  for (const region of cloud.regions.filter((name) => !cloud.isLost(name))) {
    const { DBInstances } = await cloud.region(region).rds.DescribeDBInstances({});
    for (const one of DBInstances ?? []) {
      const tags = tagsOf(one.TagList);
      if (tags[TAG.restoreTest] === undefined) continue;
      found.push({ region, name: one.DBInstanceIdentifier ?? '', database: tags[TAG.database] ?? '' });
    }
  }
  return found;
}

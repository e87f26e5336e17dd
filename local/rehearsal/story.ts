import { randomBytes } from 'node:crypto';
import type { Policy, Protection } from '../../shared/domain/policy';
import { slotAt } from '../../shared/domain/slot';
import { newestGood } from '../../shared/domain/snapshot';
import { slotOf } from '../../shared/domain/tags';
import {
  DAY,
  type Duration,
  formatDuration,
  formatInstant,
  HOUR,
  type Instant,
  MINUTE,
  SECOND,
} from '../../shared/domain/time';
import { total } from '../qrosity/counts';
import { type Connection, createQrosity } from '../qrosity/create';
import { lossOf, measure } from '../qrosity/measure';
import { Shop } from '../qrosity/shop';
import type { Functions, Invocation } from './functions';
import { type Danger, HOME_KEY, type KeyOutcome, StoryOfKeys } from './keys';
import { ACCOUNT, type Machine } from './machine';
import { Operator, type Standing } from './operator';
import { byTier, judge, type Recovery, type Verdict } from './promises';
import type { Telling } from './teller';

export interface Cast {
  readonly machine: Machine;
  readonly functions: Functions;
  readonly policy: Policy;
  /** When the days of schedule begin; the machine starts a year of keys before. */
  readonly begin: Instant;
  readonly days: number;
  readonly seed: number;
}

export interface Outcome {
  readonly database: string;
  readonly tenants: number;
  readonly from: string;
  readonly lostAt: string;
  readonly lostRegion: string;
  readonly rowsWritten: number;
  readonly minutesWithoutDatabase: number;
  readonly runs: Readonly<Record<string, { readonly runs: number; readonly failed: number }>>;
  readonly apiCalls: number;
  readonly standing: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly keys: readonly KeyOutcome[];
  readonly danger: Danger | null;
  readonly recoveries: readonly Recovery[];
  readonly verdicts: readonly Verdict[];
  readonly held: boolean;
}

const TENANTS = 12;
/** Finer than the schedules: the age of the newest recovery point is looked at this often. */
const STEP: Duration = 5 * MINUTE;

/** One database of the policy, what it is called and how the policy finds it. */
function chosen({ databases, policies }: Policy): {
  id: string;
  tags: Readonly<Record<string, string>>;
  protection: Protection;
} {
  const [first] = databases;
  const protection = first === undefined ? undefined : policies[first.policy];
  if (first === undefined || protection === undefined)
    throw new Error('the policy protects no database\nhint: add one to `databases`');
  if ('tags' in first.match) return { id: 'qrosity-db', tags: first.match.tags, protection };
  return { id: first.match.identifiers[0] ?? 'qrosity-db', tags: {}, protection };
}

/**
 * Refuses what this machine cannot stage, before anything runs: a rehearsal that fails for want of a stage would look
 * like a broken promise.
 */
export function assertPlayable(policy: Policy): void {
  const { protection } = chosen(policy);
  for (const [index, { key, optionGroup }] of protection.copies.entries()) {
    const where = `policies.${protection.name}.copies[${index}]`;
    if (key !== null && !/^alias\/(?!aws\/)/.test(key)) {
      throw new Unplayable(
        `${where}.key: '${key}' cannot be made on this machine`,
        'rehearse with a key by alias, as alias/holdfast',
      );
    }
    if (optionGroup !== null) {
      throw new Unplayable(
        `${where}.optionGroup: '${optionGroup}' cannot be made on this machine`,
        'rehearse without it: no option of PostgreSQL needs one',
      );
    }
  }
}

export class Unplayable extends Error {
  constructor(message: string, hint: string) {
    super(`${message}\n  hint: ${hint}`);
    this.name = 'Unplayable';
  }
}

/** The whole promise played through, one chapter after the other. */
export class Story {
  readonly #operators = new Map<string, Operator>();
  readonly #worstAge = new Map<string, Duration>();
  readonly #first = new Map<string, Instant>();
  readonly #slots = new Set<Instant>();
  readonly #login = { user: 'qrosity', password: randomBytes(18).toString('base64url'), database: 'qrosity' };
  readonly #database;
  readonly #begin: Instant;
  readonly #keys: StoryOfKeys;
  #connection: Connection | null = null;
  #shop: Shop | null = null;

  constructor(private readonly cast: Cast) {
    this.#database = chosen(cast.policy);
    this.#begin = cast.begin;
    for (const region of cast.machine.cloud.regions) {
      this.#operators.set(
        region,
        new Operator(region, cast.machine.endpoint.url, ACCOUNT, cast.machine.cloud.clock),
      );
    }
    this.#keys = new StoryOfKeys({
      functions: cast.functions,
      clock: cast.machine.cloud.clock,
      policy: cast.policy,
      protection: this.#database.protection,
      database: this.#database.id,
      operator: (region) => this.#operator(region),
    });
  }

  /** What each run of a function came to: the story waits for what the guard says. */
  hear(invocation: Invocation): void {
    this.#keys.hear(invocation);
  }

  /** Two regions with their keys, and an instance under one of them. */
  async open(telling: Telling): Promise<void> {
    const { machine, functions, policy } = this.cast;
    const { id, tags, protection } = this.#database;
    const { clock, events } = machine.cloud;
    events.listen((event) => functions.wake(event, clock.now()));
    telling.progress('making keys');
    await this.#keys.make();
    telling.progress(`starting PostgreSQL behind ${id}`);
    const key = protection.copies.every((copy) => copy.key !== null) ? HOME_KEY : null;
    this.#connection = await this.#operator(policy.home).createInstance(id, { key, tags, ...this.#login });
    telling.note(
      `${id} is up in ${policy.home}; copies go to ${protection.copies.map(({ region }) => region).join(', ') || 'no other region'}`,
    );
  }

  /** A year in which keys rotate. Of the functions only rotate-keys is played: the others' days follow. */
  async rotate(telling: Telling): Promise<void> {
    await this.#keys.live(this.#begin - HOUR, telling);
  }

  /** The customer moves in: a dozen tenants, and automated backups. */
  async #moveIn(telling: Telling): Promise<void> {
    const { machine, policy, seed } = this.cast;
    const { id, protection } = this.#database;
    if (this.#connection === null) throw new Error('the story has not been opened');
    telling.progress('creating the tenants');
    if (protection.pitr !== null)
      await this.#operator(policy.home).keepBackups(id, protection.pitr.retention / DAY);
    await machine.cloud.clock.advanceTo(this.#begin);
    const qrosity = await createQrosity(this.#connection, { tenants: TENANTS, seed, now: this.#now });
    this.#shop = new Shop(qrosity);
    telling.note(`${TENANTS} tenants move in, with ${total(qrosity.rows)} rows`);
  }

  /** Days of schedule, with a restart, a throttling storm and a key in danger on the way. */
  async live(telling: Telling): Promise<void> {
    const { machine, functions, days, seed } = this.cast;
    const { clock } = machine.cloud;
    await this.#moveIn(telling);
    const end = this.#begin + days * DAY;
    const lost = end - HOUR + (17 + ((seed * 7) % 40)) * MINUTE;
    // Both meet the tick that opens a slot: half a minute before the hour, and on it.
    const restart = slotAt(this.#begin + (days * DAY) / 3, HOUR) - 30 * SECOND;
    const storm = slotAt(this.#begin + (days * DAY * 2) / 3, HOUR);
    // Half-way, ten minutes after a tick: recovery points hang on the copies' key by then.
    const danger = slotAt(this.#begin + (days * DAY) / 2, HOUR) + 10 * MINUTE;
    let told = 0;
    while (this.#now < lost) {
      const now = this.#now;
      const ahead = [functions.next(now), lost, now + STEP, restart, storm, danger].filter(
        (instant) => instant > now,
      );
      const next = Math.min(...ahead);
      // The clock first: what the users write in the meantime meets a database that is up or down as it was then.
      await clock.advanceTo(next);
      await this.#written.writeUntil(next);
      if (next === restart) await this.#restart(telling);
      if (next === storm) this.#storm(telling);
      await this.#keys.attend(telling);
      if (next === danger) await this.#keys.endanger(telling);
      if (next === lost) break;
      await functions.tick(next);
      await this.#look();
      telling.progress(this.#where());
      if (next - this.#begin >= (told + 1) * 12 * HOUR && next % HOUR === 0) {
        told += 1;
        telling.note(this.#where());
      }
    }
  }

  async #restart(telling: Telling): Promise<void> {
    await this.#operator(this.cast.policy.home).reboot(this.#database.id);
    telling.note(
      `${formatInstant(this.#now)} someone restarts ${this.#database.id} half a minute before the hour`,
    );
  }

  #storm(telling: Telling): void {
    this.cast.machine.faults.throttle({ service: 'rds', region: this.cast.policy.home, times: 8 });
    telling.note(`${formatInstant(this.#now)} RDS throttles the account: the next 8 calls are refused`);
  }

  /** The home region goes, without warning; what is promised is restored elsewhere and looked into. */
  async lose(telling: Telling): Promise<Outcome> {
    const { machine, policy } = this.cast;
    const { protection, id } = this.#database;
    const home = this.#operator(policy.home);
    const lostAt = this.#now;
    const { LatestRestorableTime } = await home.describe(id);
    const standing = new Map<string, Standing[]>();
    for (const [region, operator] of this.#operators) standing.set(region, await operator.snapshots(id));
    const keys = await this.#keys.standing();
    const shop = this.#written;
    await shop.close();
    machine.faults.loseRegion(policy.home);
    await machine.cloud.loseRegion(policy.home);
    telling.note(
      `${formatInstant(lostAt)} ${policy.home} is lost: its servers, its snapshots, its endpoints`,
    );

    if (protection.copies.length === 0)
      telling.note(`the policy promises no copy elsewhere: all of ${id} is lost with it`);
    const recoveries: Recovery[] = [];
    for (const { region } of protection.copies) {
      telling.progress(`restoring the newest copy in ${region}`);
      const recovery = await this.#recover(region, lostAt, shop);
      if (recovery === null) telling.note(`${region} holds no copy: all of ${id} is lost there`);
      else {
        telling.note(
          `restored in ${region} after ${formatDuration(recovery.took)}: ${recovery.lostRows} rows and ${formatDuration(recovery.lostTime)} lost, ${recovery.keptRows} rows kept`,
        );
        recoveries.push(recovery);
      }
    }
    const every = protection.snapshots.every;
    const firstSlot = slotAt(this.#begin + STEP, every) + every;
    // A slot that begins with the disaster is nobody's.
    const due = Math.floor((slotAt(lostAt - 1, every) - firstSlot) / every) + 1;
    const taken = [...this.#slots].filter((slot) => slot >= firstSlot).length;
    const verdicts = [
      ...judge(
        {
          protection,
          lostAt,
          restorable: LatestRestorableTime?.getTime() ?? null,
          standing,
          recoveries,
          worstAge: this.#worstAge,
          slots: { due, taken },
          first: this.#first,
        },
        policy.home,
      ),
      ...this.#keys.verdicts(),
    ];
    return {
      database: id,
      tenants: TENANTS,
      from: formatInstant(this.#begin),
      lostAt: formatInstant(lostAt),
      lostRegion: policy.home,
      rowsWritten: total(shop.ledger.until(lostAt)),
      minutesWithoutDatabase: shop.missed.length,
      runs: Object.fromEntries(this.cast.functions.counts),
      apiCalls: machine.router.log.count(),
      standing: Object.fromEntries(
        [...standing].map(([region, found]) => [region, byTier(found, protection, region, lostAt)]),
      ),
      keys,
      danger: this.#keys.danger(),
      recoveries,
      verdicts,
      held: verdicts.every(({ held }) => held),
    };
  }

  async close(): Promise<void> {
    await this.#shop?.close().catch(() => undefined);
    for (const operator of this.#operators.values()) operator.close();
  }

  async #recover(region: string, lostAt: Instant, shop: Shop): Promise<Recovery | null> {
    const operator = this.#operator(region);
    const newest = newestGood(await operator.snapshots(this.#database.id));
    if (newest?.recoveryPoint == null) return null;
    const requested = this.#now;
    const connection: Connection = await operator.restore(
      newest.id,
      `${this.#database.id}-restored`,
      this.#login,
    );
    const found = await measure(connection);
    const loss = lossOf(shop.ledger, found);
    return {
      region,
      snapshot: newest.id,
      recoveryPoint: newest.recoveryPoint,
      took: this.#now - requested,
      // Until the disaster, not until the last row: a quiet minute before it is lost as well.
      lostTime: lostAt - (found.newest ?? this.#begin),
      lostRows: loss.rows,
      keptRows: total(found.rows),
      missingTenants: loss.tenants,
      tornTables: loss.torn,
    };
  }

  /** How old the newest good recovery point is in each region, and which slots have been taken. */
  async #look(): Promise<void> {
    const { cloud } = this.cast.machine;
    for (const region of cloud.regions) {
      const { DBSnapshots } = await cloud
        .region(region)
        .rds.DescribeDBSnapshots({ DBInstanceIdentifier: this.#database.id, SnapshotType: 'manual' });
      let newest: Instant | null = null;
      for (const { Status, SnapshotDatabaseTime, TagList } of DBSnapshots ?? []) {
        const slot = slotOf(
          Object.fromEntries((TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
        );
        if (slot !== null && Status !== 'failed' && region === this.cast.policy.home) this.#slots.add(slot);
        if (Status !== 'available' || SnapshotDatabaseTime === undefined) continue;
        newest = Math.max(newest ?? 0, SnapshotDatabaseTime.getTime());
      }
      if (newest === null) continue;
      if (!this.#first.has(region)) this.#first.set(region, newest);
      this.#worstAge.set(region, Math.max(this.#worstAge.get(region) ?? 0, this.#now - newest));
    }
  }

  #where(): string {
    const now = this.#now;
    const counts = [...this.cast.functions.counts.values()];
    const runs = counts.reduce((sum, one) => sum + one.runs, 0);
    const failed = counts.reduce((sum, one) => sum + one.failed, 0);
    const rows = total(this.#written.ledger.until(now));
    return `${formatInstant(now)} ${this.#slots.size} slots taken, ${runs} runs, ${failed} failed, ${rows} rows`;
  }

  get #now(): Instant {
    return this.cast.machine.cloud.clock.now();
  }

  get #written(): Shop {
    if (this.#shop === null) throw new Error('the story has not been opened');
    return this.#shop;
  }

  #operator(region: string): Operator {
    const operator = this.#operators.get(region);
    if (operator === undefined) throw new Error(`the machine has no region ${region}`);
    return operator;
  }
}

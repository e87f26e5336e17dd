import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../../shared/domain/policy';
import { slotAt } from '../../shared/domain/slot';
import {
  DAY,
  formatDuration,
  formatInstant,
  HOUR,
  type Instant,
  MINUTE,
  SECOND,
} from '../../shared/domain/time';
import { makeAlarms, rings } from '../furnish-alarms';
import { total } from '../qrosity/counts';
import { type Connection, createQrosity, type Qrosity } from '../qrosity/create';
import { letInspect } from '../qrosity/inspector';
import { Shop } from '../qrosity/shop';
import { Auditor } from './auditor';
import { StoryOfDanger } from './danger';
import { Days, STEP } from './days';
import type { Functions, Invocation } from './functions';
import { StoryOfKeys } from './keys';
import { ACCOUNT, HOME_KEY, type Machine, PARAMETERS } from './machine';
import { Operator, type Standing } from './operator';
import type { Outcome } from './outcome';
import { type Chosen, chosen } from './playable';
import { byTier, judge, type Recovery } from './promises';
import { StoryOfProofs } from './proofs';
import { recoverIn } from './recovery';
import { type WrittenReport, writeReport } from './report-files';
import type { Telling } from './teller';
import { isPlanted, Unseen } from './unseen';

export interface Cast {
  readonly machine: Machine;
  readonly functions: Functions;
  readonly policy: Policy;
  /** When the days of schedule begin; the machine starts a year of keys before. */
  readonly begin: Instant;
  readonly days: number;
  readonly seed: number;
  /** The folder that the report is written to. */
  readonly out: string;
}

const REPORTER = 'report-compliance';

const TENANTS = 12;

/** What there is once the customer has moved in. */
interface Stage {
  readonly qrosity: Qrosity;
  readonly shop: Shop;
  readonly days: Days;
}

/** The whole promise played through, one chapter after the other. */
export class Story {
  readonly #operators = new Map<string, Operator>();
  readonly #login;
  readonly #database: Chosen;
  readonly #begin: Instant;
  readonly #keys: StoryOfKeys;
  readonly #danger: StoryOfDanger;
  readonly #proofs: StoryOfProofs;
  readonly #unseen: Unseen;
  #connection: Connection | null = null;
  #stage: Stage | null = null;
  #report: WrittenReport | null = null;

  constructor(private readonly cast: Cast) {
    const { machine, functions, policy, begin } = cast;
    this.#database = chosen(policy);
    this.#begin = begin;
    const { id, protection } = this.#database;
    const { inspection, restoreTest } = protection;
    this.#login = {
      user: 'qrosity',
      password: randomBytes(18).toString('base64url'),
      database: inspection?.database ?? 'qrosity',
    };
    for (const region of machine.cloud.regions) {
      this.#operators.set(region, new Operator(region, machine.endpoint.url, ACCOUNT, machine.cloud.clock));
    }
    this.#keys = new StoryOfKeys({
      functions,
      clock: machine.cloud.clock,
      policy,
      protection,
      operator: (region) => this.#operator(region),
    });
    this.#danger = new StoryOfDanger({
      clock: machine.cloud.clock,
      policy,
      protection,
      database: id,
      operator: (region) => this.#operator(region),
      mailbox: machine.mailbox,
      rings: () => rings(machine.cloud, policy.home, 'rotate-keys-key-in-danger'),
    });
    const auditor = new Auditor(machine.cloud, policy.home, id);
    const promised = { inspection: inspection !== null, restoreTest: restoreTest !== null };
    this.#proofs = new StoryOfProofs(auditor, promised, isPlanted);
    this.#unseen = new Unseen({
      functions,
      data: machine.data,
      policy,
      protection,
      database: id,
      home: this.#operator(policy.home),
      auditor,
    });
  }

  /** What each run of a function came to: the story waits for what some of them say. */
  hear(invocation: Invocation): void {
    this.#keys.hear(invocation);
    this.#danger.hear(invocation);
    this.#proofs.hear(invocation);
  }

  /** Two regions with their keys, and an instance under one of them. */
  async open(telling: Telling): Promise<void> {
    const { machine, functions, policy } = this.cast;
    const { id, tags, protection } = this.#database;
    const { clock, events } = machine.cloud;
    events.listen(async (event) => {
      // With their region the functions are gone too, whatever other regions pass on to it.
      if (!machine.cloud.isLost(policy.home)) await functions.wake(event, clock.now());
    });
    telling.progress('making keys');
    await this.#keys.make();
    telling.progress(`starting PostgreSQL behind ${id}`);
    const key = protection.copies.every((copy) => copy.key !== null) ? HOME_KEY : null;
    this.#connection = await this.#operator(policy.home).createInstance(id, {
      key,
      tags,
      parameterGroup: PARAMETERS,
      ...this.#login,
    });
    telling.note(
      `${id} is up in ${policy.home}; copies go to ${protection.copies.map(({ region }) => region).join(', ') || 'no other region'}`,
    );
  }

  /** A year in which keys rotate. Of the functions only rotate-keys is played: the others' days follow. */
  async rotate(telling: Telling): Promise<void> {
    await this.#keys.live(this.#begin - HOUR, telling);
  }

  /** The customer moves in: a dozen tenants, automated backups, and a role that looks into the database. */
  async #moveIn(telling: Telling): Promise<Stage> {
    const { machine, functions, policy, seed } = this.cast;
    const { id, protection } = this.#database;
    if (this.#connection === null) throw new Error('the story has not been opened');
    telling.progress('creating the tenants');
    if (protection.pitr !== null)
      await this.#operator(policy.home).keepBackups(
        id,
        protection.pitr.retention / DAY,
        protection.pitr.window,
      );
    await machine.cloud.clock.advanceTo(this.#begin);
    const qrosity = await createQrosity(this.#connection, { tenants: TENANTS, seed, now: this.#now });
    const { inspection, extensions, tenants } = protection;
    if (inspection !== null)
      await letInspect(this.#connection, { user: inspection.user, extensions, tenants });
    telling.note(`${TENANTS} tenants move in, with ${total(qrosity.rows)} rows`);
    await this.#deploy();
    const shop = new Shop(qrosity);
    const days = new Days({
      cloud: machine.cloud,
      functions,
      home: policy.home,
      database: id,
      begin: this.#begin,
      shop,
      attend: async (current) => {
        await this.#danger.attend(current);
        await this.#proofs.attend(current, this.#now);
      },
    });
    this.#stage = { qrosity, shop, days };
    return this.#stage;
  }

  /**
   * The stack's alarms are made as the days begin: in the year before, six of seven functions were not played, and each
   * would have rung. Every function is tried by hand first (docs/deploy.md), which is the life that its alarm looks for;
   * inspect-database for real, since its alarm counts looks.
   */
  async #deploy(): Promise<void> {
    const { machine, functions, policy } = this.cast;
    for (const name of functions.names) {
      const dryRun = name !== 'inspect-database';
      await functions.invoke(name, { time: formatInstant(this.#now), dryRun }, this.#now);
    }
    await makeAlarms(machine.cloud, policy.home);
  }

  /** The report, asked for by hand while home still stands: its files are taken out of the evidence store. */
  async report(telling: Telling): Promise<void> {
    const { machine, functions, policy, out } = this.cast;
    const { days } = this.#set;
    // Between two ticks, when no other run of it is under way.
    await days.until(days.now + 3 * MINUTE, telling);
    if (!functions.has(REPORTER)) throw new Error(`${REPORTER} is not scheduled: there is no report`);
    const { report, failed } = await functions.invoke(
      REPORTER,
      { time: formatInstant(this.#now) },
      this.#now,
    );
    const { report: key = null } = (report ?? {}) as { report?: string | null };
    if (key === null) throw new Error(`${REPORTER} made no report: ${failed ?? 'it did not say why'}`);
    this.#report = await writeReport(machine.cloud, policy.home, key, out);
    const counts = Object.entries(this.#report.counts).map(([word, count]) => `${count} ${word}`);
    telling.note(`${formatInstant(this.#now)} the report says ${this.#report.verdict}: ${counts.join(', ')}`);
  }

  /** Days of schedule, with a restart, a throttling storm and a key in danger on the way. */
  async live(telling: Telling): Promise<void> {
    const { days: length } = this.cast;
    const { days } = await this.#moveIn(telling);
    const end = this.#begin + length * DAY - HOUR;
    // Both meet the tick that opens a slot: half a minute before the hour, and on it.
    const restart = slotAt(this.#begin + (length * DAY) / 3, HOUR) - 30 * SECOND;
    const storm = slotAt(this.#begin + (length * DAY * 2) / 3, HOUR);
    // Half-way, ten minutes after a tick: recovery points hang on the copies' key by then.
    const danger = slotAt(this.#begin + (length * DAY) / 2, HOUR) + 10 * MINUTE;
    const marks = [
      { at: restart, act: () => this.#restart(telling) },
      { at: storm, act: () => this.#storm(telling) },
      { at: danger, act: () => this.#danger.endanger(this.#keys.ofCopies, telling) },
    ];
    await days.until(end, telling, { marks });
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

  /** Faults that RDS calls available are planted in copies of the database, and looked for by restore tests. */
  async prove(telling: Telling): Promise<void> {
    const { days, qrosity } = this.#set;
    await this.#unseen.play(days, qrosity, telling);
  }

  /** The home region goes, without warning; what is promised is restored elsewhere and looked into. */
  async lose(telling: Telling): Promise<Outcome> {
    const { machine, policy, seed } = this.cast;
    const { protection, id } = this.#database;
    const { shop, days } = this.#set;
    const minute = (17 + ((seed * 7) % 40)) * MINUTE;
    await days.until(slotAt(this.#now - minute, HOUR) + HOUR + minute, telling);
    const home = this.#operator(policy.home);
    const lostAt = this.#now;
    const { LatestRestorableTime } = await home.describe(id);
    const standing = new Map<string, Standing[]>();
    for (const [region, operator] of this.#operators) standing.set(region, await operator.snapshots(id));
    const keys = await this.#keys.standing();
    const restoreTests = await this.#proofs.scheduled();
    const proofs = await this.#proofs.verdicts();
    await shop.close();
    machine.faults.loseRegion(policy.home);
    await machine.cloud.loseRegion(policy.home);
    telling.note(
      `${formatInstant(lostAt)} ${policy.home} is lost: its servers, its snapshots, its endpoints`,
    );

    if (protection.copies.length === 0)
      telling.note(`the policy promises no copy elsewhere: all of ${id} is lost with it`);
    const recoveries: Recovery[] = [];
    const lost = { database: id, login: this.#login, ledger: shop.ledger, begin: this.#begin };
    for (const { region } of protection.copies) {
      telling.progress(`restoring the newest copy in ${region}`);
      const recovery = await recoverIn(this.#operator(region), { ...lost, lostAt });
      if ('nothing' in recovery) telling.note(`${region} ${recovery.nothing}: all of ${id} is lost there`);
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
    const taken = [...days.slots].filter((slot) => slot >= firstSlot).length;
    const verdicts = [
      ...judge(
        {
          protection,
          lostAt,
          restorable: LatestRestorableTime?.getTime() ?? null,
          standing,
          recoveries,
          worstAge: days.worstAge,
          slots: { due, taken },
          first: days.first,
        },
        policy.home,
      ),
      ...this.#keys.verdicts(),
      ...this.#danger.verdicts(),
      ...proofs,
      ...this.#unseen.verdicts(),
    ];
    const notices = join(this.cast.out, 'notices.txt');
    writeFileSync(notices, machine.mailbox.text());
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
      danger: this.#danger.outcome(),
      restoreTests,
      planted: this.#unseen.planted,
      report: this.#report && { ...this.#report, notices, told: machine.mailbox.all.length },
      recoveries,
      verdicts,
      held: verdicts.every(({ held }) => held),
    };
  }

  async close(): Promise<void> {
    await this.#stage?.shop.close().catch(() => undefined);
    for (const operator of this.#operators.values()) operator.close();
  }

  get #now(): Instant {
    return this.cast.machine.cloud.clock.now();
  }

  get #set(): Stage {
    if (this.#stage === null) throw new Error('nobody has moved in yet');
    return this.#stage;
  }

  #operator(region: string): Operator {
    const operator = this.#operators.get(region);
    if (operator === undefined) throw new Error(`the machine has no region ${region}`);
    return operator;
  }
}

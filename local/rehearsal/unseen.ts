import type { Policy, Protection } from '../../shared/domain/policy';
import { newestGood } from '../../shared/domain/snapshot';
import { formatInstant, HOUR } from '../../shared/domain/time';
import type { PostgresPlane } from '../postgres/plane';
import type { Connection, Qrosity } from '../qrosity/create';
import { Shop } from '../qrosity/shop';
import type { Auditor } from './auditor';
import { Clones } from './clones';
import { fileOf, inflict } from './damage';
import type { Days } from './days';
import { type Fault, faultsOf, INTO_THE_PAGE } from './faults';
import type { Functions } from './functions';
import type { Operator } from './operator';
import { heldAgainst, type Planted, saying, verdictOf } from './planted';
import type { Verdict } from './promises';
import type { Telling } from './teller';

export interface Cast {
  readonly functions: Functions;
  readonly data: PostgresPlane;
  readonly policy: Policy;
  readonly protection: Protection;
  readonly database: string;
  readonly home: Operator;
  readonly auditor: Auditor;
}

/** A copy of the database on which a fault is planted, or none. */
interface Clone {
  readonly id: string;
  readonly snapshot: string;
  readonly fault: Fault | null;
  readonly connection: Connection;
  readonly shop: Shop;
}

const TESTER = 'test-restore';

const PREFIX = 'rehearsal-';

export function isPlanted(snapshot: string): boolean {
  return snapshot.startsWith(PREFIX);
}

/** Longer than anything of RDS's takes here, and shorter than forever. */
const PATIENCE = 6 * HOUR;

/** Faults that RDS calls `available`: planted for real in copies of the database, and looked for by restore tests. */
export class Unseen {
  readonly planted: Planted[] = [];
  readonly #clones: Clones;
  #left: readonly string[] | null = null;

  constructor(private readonly cast: Cast) {
    this.#clones = new Clones(cast.home.rds);
  }

  async play(days: Days, qrosity: Qrosity, telling: Telling): Promise<void> {
    const { protection, policy, auditor, functions } = this.cast;
    const { restoreTest, name } = protection;
    if (!functions.has(TESTER)) {
      telling.note(`nothing runs ${TESTER}: nobody would find a fault that RDS does not see`);
      return;
    }
    if (restoreTest?.places.some(({ region }) => region === policy.home) !== true) {
      const why = restoreTest === null ? 'promises no restore test' : `tests no backup in ${policy.home}`;
      telling.note(`the policy ${name} ${why}: nobody would find a fault that RDS does not see`);
      return;
    }
    const { found: faults, left } = faultsOf(protection, qrosity.tenants);
    for (const one of left) telling.note(`not planted: ${one}`);
    const all = await this.#clone([...faults, null], days, qrosity, telling);
    await this.#plant(all, days, telling);
    await this.#keep(all, days, telling);
    for (const clone of all) await this.#test(clone, days, telling);
    this.#left = await auditor.leftOver();
    telling.note(
      this.#left.length === 0
        ? 'no test instance and no tag of a test is left'
        : `left over: ${this.#left.join(', ')}`,
    );
    for (const { snapshot } of all) await this.#clones.removeSnapshot(snapshot);
  }

  verdicts(): Verdict[] {
    if (this.#left === null) return [];
    const measured = this.#left.join(', ') || 'none';
    const promise = 'restore tests: instances and tags left over';
    return [
      ...this.planted.map(verdictOf),
      { promise, limit: 'none', measured, held: this.#left.length === 0 },
    ];
  }

  /** The newest good snapshot, restored once for each fault and once for none. */
  async #clone(
    faults: readonly (Fault | null)[],
    days: Days,
    qrosity: Qrosity,
    telling: Telling,
  ): Promise<Clone[]> {
    const { home, database } = this.cast;
    const { id: newest, recoveryPoint = null } = newestGood(await home.snapshots(database)) ?? {};
    if (newest === undefined || recoveryPoint === null)
      throw new Error(`no good snapshot of ${database} stands`);
    const wanted = faults.map((fault) => ({ fault, id: `${PREFIX}${fault?.id ?? 'clean'}` }));
    for (const { id } of wanted) await this.#clones.order(newest, id);
    const ids = wanted.map(({ id }) => id);
    await this.#become(ids, 'available', days, telling);
    telling.note(`${formatInstant(days.now)} ${ids.length} copies of ${newest} are up`);
    const { user, password, database: name } = qrosity.connection;
    const clones: Clone[] = [];
    for (const { id, fault } of wanted) {
      const connection = await this.#clones.connection(id, { user, password, database: name });
      // Business goes on in each of them from where the snapshot ends.
      const shop = new Shop({ ...qrosity, connection, created: recoveryPoint });
      clones.push({ id, snapshot: `${id}-snapshot`, fault, connection, shop });
    }
    return clones;
  }

  async #plant(all: readonly Clone[], days: Days, telling: Telling): Promise<void> {
    for (const { fault, connection } of all)
      if (fault?.when === 'an hour before') await inflict(connection, fault.damage);
    await days.until(days.now + HOUR, telling);
    for (const clone of all) {
      if (clone.fault?.damage.kind === 'page')
        await this.#damagePage(clone, clone.fault.damage.table, days, telling);
    }
    for (const { fault, connection, shop } of all) {
      if (fault?.damage.kind !== 'page') await shop.writeUntil(days.now);
      await shop.close();
      if (fault?.when === 'just before') await inflict(connection, fault.damage);
    }
  }

  /** While its server is down: what that has in memory would be written over the damage. */
  async #damagePage(
    { id, connection, shop }: Clone,
    table: string,
    days: Days,
    telling: Telling,
  ): Promise<void> {
    await shop.writeUntil(days.now);
    const path = await fileOf(connection, table);
    await this.#clones.stop(id);
    await this.#become([id], 'stopped', days, telling);
    await this.cast.data.damage(await this.#clones.arn(id), path, INTO_THE_PAGE);
    await this.#clones.start(id);
    await this.#become([id], 'available', days, telling);
  }

  /** Takes a snapshot of each copy, of which only that is left. */
  async #keep(all: readonly Clone[], days: Days, telling: Telling): Promise<void> {
    for (const { id, snapshot } of all) await this.#clones.snapshot(id, snapshot, this.cast.database);
    await this.#wait(days, telling, 'snapshots of the copies', async () => {
      const found = await Promise.all(all.map(({ snapshot }) => this.#clones.snapshotStatus(snapshot)));
      return found.every((status) => status !== 'creating');
    });
    for (const { id } of all) await this.#clones.remove(id);
  }

  /** Has one snapshot tested by hand, and plays the schedule until its verdict is kept and all is cleaned away. */
  async #test({ snapshot, fault }: Clone, days: Days, telling: Telling): Promise<void> {
    const { functions, auditor, database, policy, protection } = this.cast;
    const status = await this.#clones.snapshotStatus(snapshot);
    const away = async () => (await auditor.leftOver()).length === 0;
    const recorded = async () =>
      (await auditor.tests()).find((one) => one.snapshot.arn.endsWith(`:${snapshot}`)) ?? null;
    telling.progress(`restore test of a snapshot with ${fault?.name ?? 'no fault'}`);
    let trouble = 'another test never came to its end';
    // One of the schedule's own may be under way.
    if (await days.until(days.now + PATIENCE, telling, { done: away })) {
      const event = { database, snapshot, region: policy.home, time: formatInstant(days.now) };
      const { failed } = await functions.invoke(TESTER, event, days.now);
      trouble = failed ?? 'it came to no verdict';
      const end = days.now + (protection.restoreTest?.giveUpAfter ?? 0) + 2 * HOUR;
      const done = async () => (await away()) && (failed !== null || (await recorded()) !== null);
      await days.until(end, telling, { done });
    }
    const planted = heldAgainst(fault, { snapshot, status, record: await recorded(), trouble });
    this.planted.push(planted);
    telling.note(`${formatInstant(days.now)} ${saying(planted)}`);
  }

  #become(ids: readonly string[], wanted: string, days: Days, telling: Telling): Promise<void> {
    return this.#wait(days, telling, `${ids.join(', ')} to be ${wanted}`, async () => {
      const statuses = await this.#clones.statuses(ids);
      return ids.every((id) => statuses.get(id) === wanted);
    });
  }

  async #wait(days: Days, telling: Telling, what: string, done: () => Promise<boolean>): Promise<void> {
    if (await days.until(days.now + PATIENCE, telling, { done })) return;
    throw new Error(`waited ${PATIENCE / HOUR} hours in vain for ${what}`);
  }
}

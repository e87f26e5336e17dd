import { slotOf } from '../../shared/domain/tags';
import type { Instant } from '../../shared/domain/time';
import { type Duration, formatInstant, HOUR, MINUTE } from '../../shared/domain/time';
import type { Cloud } from '../cloud';
import type { Shop } from '../qrosity/shop';
import type { Functions } from './functions';
import type { Telling } from './teller';

/** The age of the newest recovery point is looked at this often, whatever the schedules. */
export const STEP: Duration = 5 * MINUTE;

/** Something that happens on the way, before the schedules of that moment. */
export interface Mark {
  readonly at: Instant;
  readonly act: () => void | Promise<void>;
}

export interface Around {
  readonly cloud: Cloud;
  readonly functions: Pick<Functions, 'counts' | 'next' | 'tick'>;
  readonly home: string;
  readonly database: string;
  readonly begin: Instant;
  readonly shop: Pick<Shop, 'ledger' | 'writeUntil'>;
  /** What the story has to say about what was just played. */
  readonly attend: (telling: Telling) => Promise<void>;
}

export interface Until {
  readonly marks?: readonly Mark[];
  /** Stops before the end, as soon as this is so. */
  readonly done?: () => Promise<boolean>;
}

/**
 * The days of schedule: users write, functions are ticked, and in between it is looked at how old the newest recovery
 * points are. Whoever waits for something of AWS's waits here, so that no tick is left out.
 */
export class Days {
  /** The oldest that the newest recovery point ever was, by region, and the moment of the first. */
  readonly worstAge = new Map<string, Duration>();
  readonly first = new Map<string, Instant>();
  readonly slots = new Set<Instant>();
  /** The last moment whose schedules have been played. */
  #ticked: Instant;
  #told = 0;

  constructor(private readonly around: Around) {
    this.#ticked = this.now;
  }

  get now(): Instant {
    return this.around.cloud.clock.now();
  }

  /**
   * Plays up to `end`; the schedules of that very moment come with the next call. Answers whether `done` came first.
   */
  async until(end: Instant, telling: Telling, { marks = [], done }: Until = {}): Promise<boolean> {
    const { cloud, functions, shop, attend, begin } = this.around;
    while (!((await done?.()) ?? false)) {
      const ahead = marks.map(({ at }) => at).filter((at) => at > this.now);
      const next = Math.min(functions.next(this.#ticked), this.now + STEP, end, ...ahead);
      // The clock first: what the users write in the meantime meets a database that is up or down as it was then.
      await cloud.clock.advanceTo(next);
      await shop.writeUntil(next);
      for (const { at, act } of marks) if (at === next) await act();
      await attend(telling);
      if (next === end) return false;
      await functions.tick(next);
      this.#ticked = next;
      if (next % STEP === 0) await this.#look();
      telling.progress(this.#where());
      if (next - begin >= (this.#told + 1) * 12 * HOUR && next % HOUR === 0) {
        this.#told += 1;
        telling.note(this.#where());
      }
    }
    return true;
  }

  /** How old the newest good recovery point is in each region, and which slots have been taken. */
  async #look(): Promise<void> {
    const { cloud, home, database } = this.around;
    for (const region of cloud.regions) {
      const { DBSnapshots } = await cloud
        .region(region)
        .rds.DescribeDBSnapshots({ DBInstanceIdentifier: database, SnapshotType: 'manual' });
      let newest: Instant | null = null;
      for (const { Status, SnapshotDatabaseTime, TagList } of DBSnapshots ?? []) {
        const slot = slotOf(
          Object.fromEntries((TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
        );
        if (slot !== null && Status !== 'failed' && region === home) this.slots.add(slot);
        if (Status !== 'available' || SnapshotDatabaseTime === undefined) continue;
        newest = Math.max(newest ?? 0, SnapshotDatabaseTime.getTime());
      }
      if (newest === null) continue;
      if (!this.first.has(region)) this.first.set(region, newest);
      this.worstAge.set(region, Math.max(this.worstAge.get(region) ?? 0, this.now - newest));
    }
  }

  #where(): string {
    const { functions, shop } = this.around;
    const counts = [...functions.counts.values()];
    const runs = counts.reduce((sum, one) => sum + one.runs, 0);
    const failed = counts.reduce((sum, one) => sum + one.failed, 0);
    return `${formatInstant(this.now)} ${this.slots.size} slots taken, ${runs} runs, ${failed} failed, ${shop.ledger.size} rows`;
  }
}

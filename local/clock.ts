import BTree from 'sorted-btree';
import type { Duration, Instant } from '../shared/domain/time';

type Action = () => void | Promise<void>;

interface Due {
  readonly instant: Instant;
  /** Of two actions for the same instant, the one asked for first runs first. */
  readonly turn: number;
}

/**
 * Time that moves only when told to. AWS's rules are about time (a snapshot takes minutes, a key goes after days);
 * with this clock three days take a minute, and a test stands on the very millisecond that it is about.
 *
 * A B-tree keeps the actions: 1,000 instances with their snapshots, copies and backups are some 100,000 of them.
 */
export class VirtualClock {
  readonly #due = new BTree<Due, Action>(undefined, (a, b) => a.instant - b.instant || a.turn - b.turn);
  #now: Instant;
  #turn = 0;
  #advancing = false;

  constructor(start: Instant) {
    if (!Number.isFinite(start))
      throw new Error(`the clock cannot start at ${start}: give milliseconds since 1970`);
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  /** How many actions wait. */
  get waiting(): number {
    return this.#due.size;
  }

  /** When the next action runs, or `null` when none waits. */
  next(): Instant | null {
    return this.#due.minKey()?.instant ?? null;
  }

  /** Runs the action at that instant, or at once on the next advance when it has passed. Returns how to cancel it. */
  at(instant: Instant, action: Action): () => void {
    if (!Number.isFinite(instant))
      throw new Error(`no action can run at ${instant}: give milliseconds since 1970`);
    const due = { instant, turn: this.#turn };
    this.#turn += 1;
    this.#due.set(due, action);
    return () => {
      this.#due.delete(due);
    };
  }

  after(wait: Duration, action: Action): () => void {
    return this.at(this.#now + wait, action);
  }

  async advance(time: Duration): Promise<void> {
    await this.advanceTo(this.#now + time);
  }

  /**
   * Runs all that is due up to and including the instant, each action after the one before has ended. An action that
   * throws stops the clock at its instant; what comes after it waits for the next advance.
   */
  async advanceTo(instant: Instant): Promise<void> {
    if (this.#advancing) {
      throw new Error(
        'the clock is advancing already: await the advance under way, and advance from no action',
      );
    }
    if (!(instant >= this.#now)) throw new Error(`time does not go back: it is ${this.#now}, not ${instant}`);
    this.#advancing = true;
    try {
      for (
        let due = this.#due.minKey();
        due !== undefined && due.instant <= instant;
        due = this.#due.minKey()
      ) {
        const action = this.#due.get(due);
        this.#due.delete(due);
        this.#now = Math.max(this.#now, due.instant);
        await action?.();
      }
      this.#now = instant;
    } finally {
      this.#advancing = false;
    }
  }
}

import type { Duration } from '../../shared/domain/time';
import type { VirtualClock } from '../clock';
import type { Chance, Span } from './chance';

/** What EventBridge hands to a target, as AWS sends it. */
export interface CloudEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** To the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export type Listener = (event: CloudEvent) => void | Promise<void>;

/** How well events get through. RDS sends them as best effort: late, twice, out of order, or not at all. */
export interface Delivery {
  /** From the act to the target, where nothing goes wrong. */
  readonly takes: Span;
  /** Shares from 0 to 1. */
  readonly lost: number;
  readonly doubled: number;
  readonly late: number;
  /** How much later the late ones, and the second of a doubled one, arrive. */
  readonly lateBy: Span;
}

export const PROMPT: Delivery = {
  takes: [1_000, 5_000],
  lost: 0,
  doubled: 0,
  late: 0,
  lateBy: [60_000, 900_000],
};

/** EventBridge's default bus, of every region at once: `region` in the event tells them apart. */
export class EventBus {
  readonly #listeners = new Set<Listener>();

  constructor(
    private readonly clock: VirtualClock,
    private readonly chance: Chance,
    public delivery: Delivery = PROMPT,
  ) {}

  /** Hears of every event sent from now on; returns how to stop. The clock waits for what the listener returns. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** `delivery` is for senders whose events get through in another way than the bus's own. */
  send(event: CloudEvent, delivery: Delivery = this.delivery): void {
    // Nobody listens to a benchmark's half a million events: no timers for them.
    if (this.#listeners.size === 0) return;
    const { takes, lost, doubled, late, lateBy } = delivery;
    const hits = (share: number, what: string) => this.chance.share('delivery', what, event.id) < share;
    if (hits(lost, 'lost')) return;
    const delay = this.chance.within(takes, 'delivery', 'takes', event.id);
    const extra = this.chance.within(lateBy, 'delivery', 'by', event.id);
    this.#deliver(event, hits(late, 'late') ? delay + extra : delay);
    if (hits(doubled, 'doubled')) this.#deliver(event, delay + extra);
  }

  #deliver(event: CloudEvent, wait: Duration): void {
    this.clock.after(wait, async () => {
      for (const listener of [...this.#listeners]) await listener(event);
    });
  }
}

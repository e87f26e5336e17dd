import type { Refusal } from '../domain/refusal';
import type { Instant } from '../domain/time';

/** An event of our own. */
export interface Happening {
  /** The same at every attempt; it stands in `detail` too, for EventBridge gives each attempt an id of its own. */
  readonly id: string;
  /** `Holdfast Finding Opened`. */
  readonly type: string;
  readonly at: Instant;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Refused {
  /** The happening's. */
  readonly id: string;
  readonly refusal: Refusal;
}

export interface Happenings {
  /** Puts all of them, as events of `holdfast`; answers those that were not taken. One call for every ten. */
  put(happenings: readonly Happening[]): Promise<Refused[]>;
}

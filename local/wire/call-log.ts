import type { SignedCall } from './gate';

/** `ok`, the wire code of a refusal, `cut` where the caller heard nothing, `pending` until one of them is known. */
export type CallOutcome = string;

export interface LoggedCall extends SignedCall {
  /** From 1, and never reset: it is also in the request's id. */
  readonly number: number;
  readonly outcome: CallOutcome;
  /** Whether the operation ran to its end, though its caller may have been cut off before hearing so. */
  readonly effect: boolean;
}

/** Which calls to count; what is left out is any. */
export type CallFilter = Partial<
  Pick<SignedCall, 'service' | 'region' | 'operation' | 'account' | 'accessKey'>
>;

interface Line extends LoggedCall {
  outcome: CallOutcome;
  effect: boolean;
}

/**
 * Every signed call that reached the router, refused and cut ones included, so that tests and benchmarks count calls
 * exactly: a retry of the SDK is a call. The counters are complete; of the calls themselves the newest are kept.
 */
export class CallLog {
  #number = 0;
  #lines: Line[] = [];
  readonly #counters = new Map<string, { readonly call: SignedCall; count: number }>();

  constructor(private readonly keep = 1000) {}

  /** The number that the next call will get. */
  next(): number {
    this.#number += 1;
    return this.#number;
  }

  begin(number: number, call: SignedCall): (outcome: CallOutcome, effect: boolean) => void {
    const key = [call.service, call.region, call.operation, call.account, call.accessKey].join('\n');
    const counter = this.#counters.get(key);
    if (counter === undefined) this.#counters.set(key, { call, count: 1 });
    else counter.count += 1;
    const line: Line = { ...call, number, outcome: 'pending', effect: false };
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.keep) this.#lines = this.#lines.slice(-this.keep);
    return (outcome, effect) => {
      line.outcome = outcome;
      line.effect = effect;
    };
  }

  /** How many calls since the last reset. */
  count(filter: CallFilter = {}): number {
    const wanted = Object.entries(filter) as [keyof CallFilter, string][];
    let sum = 0;
    for (const { call, count } of this.#counters.values()) {
      if (wanted.every(([name, value]) => call[name] === value)) sum += count;
    }
    return sum;
  }

  /** Counts by `service region operation`, sorted. */
  table(): Record<string, number> {
    const table: Record<string, number> = {};
    for (const { call, count } of this.#counters.values()) {
      const key = `${call.service} ${call.region} ${call.operation}`;
      table[key] = (table[key] ?? 0) + count;
    }
    return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The newest calls, oldest first. */
  calls(): readonly LoggedCall[] {
    return this.#lines.slice(-this.keep);
  }

  reset(): void {
    this.#lines = [];
    this.#counters.clear();
  }
}

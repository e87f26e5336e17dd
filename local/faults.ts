import type { Instant } from '../shared/domain/time';
import { Chance } from './engine/chance';
import type { Admission, Cut, Gate, SignedCall } from './wire/gate';
import type { WireError } from './wire/service';

/** Which calls a fault is about; what is left out is any. */
export interface Target {
  readonly service?: string;
  readonly region?: string;
  readonly account?: string;
  /** One caller of several, by the access key id that it signs with. */
  readonly caller?: string;
  readonly operation?: string | readonly string[];
  readonly when?: (call: SignedCall) => boolean;
}

/** How often a fault strikes among the calls that it is about; without limits, at every one. */
export interface Limits {
  readonly times?: number;
  /** Of each call's chance, from 0 to 1. */
  readonly share?: number;
  /** Inclusive. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly until?: Instant;
}

export interface Fault {
  /** How many calls it has struck. */
  readonly hits: number;
  end(): void;
}

export interface PlannedDeath extends Target {
  /** The first call is 1. Every call that reaches AWS counts: a retry of the SDK is a call. */
  readonly at: number;
  /** `before`: that call never takes effect. `after`: it does, and the caller never hears so. */
  readonly moment: 'before' | 'after';
}

export interface Death {
  /** The call that it died at; `null` while it lives. A run that ends with `null` made fewer calls than `at`. */
  readonly call: SignedCall | null;
}

interface Rule extends Fault {
  hits: number;
  readonly number: number;
  readonly target: Target & Limits;
  /** Calls seen, by what they ask of whom: each has a chance of its own, whatever comes between. */
  readonly seen: Map<string, number>;
  readonly error: (throttled: () => WireError) => WireError;
}

interface Plan extends Death {
  call: SignedCall | null;
  seen: number;
  readonly planned: PlannedDeath;
}

/**
 * What goes wrong between callers and AWS. Give it to the router; it is asked first about a death, then about a lost
 * region, then about refusals in the order in which they were set.
 *
 * A caller that died hears nothing any more, neither of later calls nor of those under way, until `revive`. In process
 * its calls fail at once and the SDK does not retry them (`CallerDied`). Over sockets the connection breaks with
 * ECONNRESET, which the SDK retries like any network error. Every attempt is cut as well, but waiting in between makes a
 * dead call take 75 ms instead of 1.5 ms: give the client `maxAttempts: 1`, or the process `AWS_MAX_ATTEMPTS=1`, where a
 * death is planned. A call throttled for good takes 1.4 s with the SDK's three attempts.
 */
export class Faults implements Gate {
  readonly #chance: Chance;
  readonly #now: (() => Instant) | null;
  readonly #lost = new Set<string>();
  #rules: Rule[] = [];
  #added = 0;
  #plans: Plan[] = [];
  /** Callers, and `null` when all of them are dead. */
  readonly #dead = new Set<string | null>();
  /** Counts deaths, by caller and of all (`null`): an answer that was begun in an earlier life is not delivered. */
  readonly #lives = new Map<string | null, number>();

  /** `now` is the virtual clock's; only faults with `from` or `until` need it. */
  constructor({
    seed = 1,
    now = null,
  }: { readonly seed?: number | string; readonly now?: (() => Instant) | null } = {}) {
    this.#chance = new Chance(seed);
    this.#now = now;
  }

  /** `Throttling` (query) or `ThrottlingException` (json), status 400, `Rate exceeded`; the SDK retries it. */
  throttle(target: Target & Limits = {}): Fault {
    return this.#add(target, (throttled) => throttled());
  }

  /** Refuses calls by a wire code. */
  refuse(error: WireError, target: Target & Limits = {}): Fault {
    return this.#add(target, () => error);
  }

  /** The region is gone: every connection to it breaks. */
  loseRegion(region: string): void {
    this.#lost.add(region);
  }

  regainRegion(region: string): void {
    this.#lost.delete(region);
  }

  /** Plans the death of `caller`, or of all callers, at its nth call among those named. */
  kill(planned: PlannedDeath): Death {
    if (!Number.isInteger(planned.at) || planned.at < 1) {
      throw new Error(`a caller cannot die at call ${planned.at}; hint: its first call is 1`);
    }
    const plan: Plan = { planned, seen: 0, call: null };
    this.#plans.push(plan);
    return plan;
  }

  /** A new process takes the caller's place. Deaths that did not come about are called off. */
  revive(caller?: string): void {
    if (caller === undefined) this.#dead.clear();
    else this.#dead.delete(caller);
    this.#plans = this.#plans.filter(({ planned }) => caller !== undefined && planned.caller !== caller);
  }

  /** Ends every fault: regions are back, the dead live. */
  clear(): void {
    this.#rules = [];
    this.#lost.clear();
    this.revive();
  }

  admit(call: SignedCall, throttled: () => WireError): Admission {
    if (this.#isDead(call)) return { cut: 'caller-dead' };
    const life = this.#life(call);
    if (this.#dies(call)) return { cut: 'caller-dead' };
    if (this.#lost.has(call.region)) return { cut: 'region-lost' };
    for (const rule of this.#rules) {
      if (this.#strikes(rule, call)) {
        rule.hits += 1;
        return { error: rule.error(throttled) };
      }
    }
    return { release: () => this.#cutSince(life, call) };
  }

  #cutSince(life: string, call: SignedCall): Cut | null {
    if (this.#life(call) !== life) return 'caller-dead';
    return this.#lost.has(call.region) ? 'region-lost' : null;
  }

  /** Counts the call for every planned death; `true` when one of them comes before it. */
  #dies(call: SignedCall): boolean {
    let before = false;
    for (const plan of this.#plans) {
      if (plan.call !== null || !matches(plan.planned, call)) continue;
      plan.seen += 1;
      if (plan.seen < plan.planned.at) continue;
      const caller = plan.planned.caller ?? null;
      plan.call = call;
      this.#dead.add(caller);
      this.#lives.set(caller, (this.#lives.get(caller) ?? 0) + 1);
      before ||= plan.planned.moment === 'before';
    }
    return before;
  }

  #strikes(rule: Rule, call: SignedCall): boolean {
    const { times, share, from, until } = rule.target;
    if (!matches(rule.target, call) || (times !== undefined && rule.hits >= times)) return false;
    const now = this.#now?.() ?? 0;
    if ((from !== undefined && now < from) || (until !== undefined && now >= until)) return false;
    if (share === undefined) return true;
    const kind = [call.account, call.region, call.service, call.operation].join(' ');
    const seen = (rule.seen.get(kind) ?? 0) + 1;
    rule.seen.set(kind, seen);
    return this.#chance.share('fault', rule.number, kind, seen) < share;
  }

  #isDead(call: SignedCall): boolean {
    return this.#dead.has(null) || this.#dead.has(call.accessKey);
  }

  #life(call: SignedCall): string {
    return `${this.#lives.get(null) ?? 0} ${this.#lives.get(call.accessKey) ?? 0}`;
  }

  #add(target: Target & Limits, error: Rule['error']): Fault {
    const { times, share, from, until } = target;
    if (times !== undefined && (!Number.isInteger(times) || times < 1)) {
      throw new Error(`a fault cannot strike ${times} times; hint: give a whole number from 1`);
    }
    if (share !== undefined && !(share >= 0 && share <= 1)) {
      throw new Error(`a fault cannot strike a share of ${share}; hint: give a number from 0 to 1`);
    }
    if ((from !== undefined || until !== undefined) && this.#now === null) {
      throw new Error(
        'a fault with from or until needs a clock; hint: new Faults({ now: () => clock.now() })',
      );
    }
    this.#added += 1;
    const rule: Rule = {
      number: this.#added,
      target,
      error,
      seen: new Map(),
      hits: 0,
      end: () => {
        this.#rules = this.#rules.filter((other) => other !== rule);
      },
    };
    this.#rules.push(rule);
    return rule;
  }
}

function matches(target: Target, call: SignedCall): boolean {
  const { service, region, account, caller, operation, when } = target;
  return (
    (service === undefined || service === call.service) &&
    (region === undefined || region === call.region) &&
    (account === undefined || account === call.account) &&
    (caller === undefined || caller === call.accessKey) &&
    (operation === undefined || [operation].flat().includes(call.operation)) &&
    (when === undefined || when(call))
  );
}

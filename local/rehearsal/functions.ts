import type { Report } from '../../shared/domain/decision';
import type { Instant } from '../../shared/domain/time';
import type { Datum } from '../engine/cloudwatch/metrics';
import type { CloudEvent } from '../engine/events';
import type { Triggers } from '../schedules';
import { DEPLOYMENT } from '../stack';
import { logging } from './embedded-metrics';

type Handler = (event: unknown) => Promise<Report>;

export interface Invocation {
  readonly function: string;
  readonly at: Instant;
  readonly event: unknown;
  /** What the run said when it failed; null when it did not. */
  readonly failed: string | null;
  /** Its report, also of a run that failed after trying everything; null when it came to none. */
  readonly report: Report | null;
}

/** Whoever wants to know of each run. */
export interface Listeners {
  readonly onRun: (invocation: Invocation) => void;
  /** What CloudWatch hears of it: from Lambda itself, and by the metrics in the function's log. */
  readonly onMetric: (datum: Datum) => void;
}

/** The functions as EventBridge sees them: invoked by schedule or by event, one at a time, never waited for long. */
export class Functions {
  readonly counts = new Map<string, { runs: number; failed: number }>();
  readonly #handlers = new Map<string, Handler>();

  private constructor(
    private readonly triggers: Triggers,
    private readonly reaches: (event: CloudEvent) => boolean,
    private readonly listeners: Listeners,
  ) {}

  /** Loads the handlers of all functions that have a trigger. The environment has to be set before: it is read here. */
  static async load(
    triggers: Triggers,
    reaches: (event: CloudEvent) => boolean,
    listeners: Listeners,
  ): Promise<Functions> {
    const functions = new Functions(triggers, reaches, listeners);
    const names = new Set([...triggers.schedules, ...triggers.rules].map((trigger) => trigger.function));
    for (const name of names) {
      const module = (await import(`../../functions/${name}/handler.ts`)) as { handler: Handler };
      functions.#handlers.set(name, module.handler);
    }
    return functions;
  }

  /** Whether serverless.yml has it run by anything. */
  has(name: string): boolean {
    return this.#handlers.has(name);
  }

  get names(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /** The first scheduled moment after `instant`, of all functions or of one. */
  next(instant: Instant, only?: string): Instant {
    return Math.min(...this.#schedules(only).map(({ next }) => next(instant)));
  }

  /** Runs what is scheduled for exactly this moment. */
  async tick(now: Instant, only?: string): Promise<void> {
    for (const schedule of this.#schedules(only)) {
      if (schedule.next(now - 1) === now) await this.invoke(schedule.function, schedule.event(now), now);
    }
  }

  /** Runs what an event of AWS wakes, where home hears of it. */
  async wake(event: CloudEvent, now: Instant): Promise<void> {
    if (!this.reaches(event)) return;
    for (const rule of this.triggers.rules) {
      if (rule.matches(event)) await this.invoke(rule.function, rule.event(event), now);
    }
  }

  #schedules(only: string | undefined) {
    return this.triggers.schedules.filter((schedule) => only === undefined || schedule.function === only);
  }

  /** Runs one function, as a person would by hand. */
  async invoke(name: string, event: unknown, at: Instant): Promise<Invocation> {
    const handler = this.#handlers.get(name);
    if (handler === undefined) throw new Error(`there is no handler of ${name}`);
    let failed: string | null = null;
    let report: Report | null = null;
    try {
      report = await logging(() => handler(event), this.listeners.onMetric);
    } catch (error) {
      failed = error instanceof Error ? error.message : String(error);
      report = (error as { report?: Report }).report ?? null;
    }
    const invocation = { function: name, at, event, failed, report };
    const { runs, failed: before } = this.counts.get(name) ?? { runs: 0, failed: 0 };
    this.counts.set(name, { runs: runs + 1, failed: before + (failed === null ? 0 : 1) });
    this.listeners.onRun(invocation);
    this.#report('Invocations', name, 1);
    this.#report('Errors', name, failed === null ? 0 : 1);
    return invocation;
  }

  /** Lambda reports each run's errors, a run without any as 0. */
  #report(metric: string, name: string, value: number): void {
    const dimensions = { FunctionName: `${DEPLOYMENT}-${name}` };
    this.listeners.onMetric({ namespace: 'AWS/Lambda', name: metric, dimensions, value });
  }
}

import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Instant } from '../../../shared/domain/time';
import type { VirtualClock } from '../../clock';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import { MetricStore } from './metrics';
import { broughtUpTo } from './watch';

/** The alarms of one account in one region, by name, and the metrics that they watch. */
export class AlarmStore {
  readonly alarms = new Map<string, MetricAlarm>();
  readonly metrics: MetricStore;
  /** Up to which moment each has been evaluated. */
  readonly #evaluated = new Map<string, Instant>();

  constructor(
    readonly place: Place,
    readonly clock: VirtualClock,
  ) {
    this.metrics = new MetricStore(clock, () => this.settle());
  }

  /** An alarm as someone made it or set it: so it stands until it is next evaluated. */
  keep(name: string, alarm: MetricAlarm): void {
    this.alarms.set(name, alarm);
    this.#evaluated.set(name, this.clock.now());
  }

  /**
   * Brings all states up to now; asked for before they are shown or changed.
   *
   * Alarms are evaluated from the first value of any metric on. AWS knows no region without metrics: there, within a
   * minute of its making, an alarm on nothing is INSUFFICIENT_DATA, or what it takes missing data for. Here most worlds
   * have nothing that reports, and whoever calls SetAlarmState in one means the state to be found.
   */
  settle(): void {
    const now = this.clock.now();
    const { began } = this.metrics;
    if (began === null) return;
    for (const [name, alarm] of this.alarms) {
      const since = Math.max(this.#evaluated.get(name) ?? began, began);
      this.alarms.set(name, broughtUpTo(now, alarm, this.metrics, since));
      this.#evaluated.set(name, now);
    }
  }
}

/** CloudWatch refuses nearly everything about alarms by this code. */
export function invalid(message: string): WireError {
  return new WireError('ValidationError', message);
}

export function constraint(name: string, value: unknown, bound: string): WireError {
  return invalid(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must ${bound}`,
  );
}

export const STATES = ['INSUFFICIENT_DATA', 'ALARM', 'OK'] as const;

export function checkState(value: string): void {
  if (STATES.some((state) => state === value)) return;
  throw constraint('stateValue', value, `satisfy enum value set: [${STATES.join(', ')}]`);
}

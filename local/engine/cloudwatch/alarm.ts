import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { VirtualClock } from '../../clock';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';

/** The alarms of one account in one region, by name. There are no metrics here: an alarm has the state that it is given. */
export class AlarmStore {
  readonly alarms = new Map<string, MetricAlarm>();

  constructor(
    readonly place: Place,
    readonly clock: VirtualClock,
  ) {}
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

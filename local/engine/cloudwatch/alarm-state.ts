import type { SetAlarmStateInput } from '@aws-sdk/client-cloudwatch';
import { WireError } from '../../wire/service';
import { type AlarmStore, checkState, constraint } from './alarm';

/** So it stands until the alarm is next evaluated: where there are metrics, until the next minute. Its actions do nothing. */
export function setAlarmState(
  store: AlarmStore,
  { AlarmName: name = '', StateValue = 'OK', StateReason = '', StateReasonData }: SetAlarmStateInput,
): Record<string, never> {
  checkState(StateValue);
  if (StateReason.length > 1023) throw constraint('stateReason', StateReason, 'have length up to 1023');
  if (StateReasonData !== undefined && !isJson(StateReasonData)) {
    throw new WireError('InvalidFormat', 'StateReasonData is not syntactically valid JSON');
  }
  const alarm = store.alarms.get(name);
  if (alarm === undefined) throw new WireError('ResourceNotFound', '', 404);
  const now = new Date(store.clock.now());
  store.keep(name, {
    ...alarm,
    StateReason,
    StateReasonData,
    StateValue,
    StateUpdatedTimestamp: now,
    StateTransitionedTimestamp: alarm.StateValue === StateValue ? alarm.StateTransitionedTimestamp : now,
  });
  return {};
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

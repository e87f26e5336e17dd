import { type Call, type Operations, WireError } from '../../wire/service';
import type { Place } from '../arn';
import type { AlarmStore } from './alarm';
import { setAlarmState } from './alarm-state';
import { deleteAlarms, describeAlarms } from './describe-alarms';
import { putMetricAlarm } from './put-metric-alarm';

/** CloudWatch by its operations, as far as it takes to see which alarms stand and which of them ring. */
export function cloudWatchOperations(
  alarms: (place: Place) => AlarmStore,
  isLost: (region: string) => boolean,
) {
  const on =
    <Input, Output>(operation: (store: AlarmStore, input: Input) => Output) =>
    async (input: Input, call: Pick<Call, 'account' | 'region'>): Promise<Output> => {
      if (isLost(call.region)) {
        throw new WireError('InternalServiceError', `${call.region} does not answer.`, 500);
      }
      const store = alarms(call);
      store.settle();
      return operation(store, input);
    };
  return {
    DeleteAlarms: on(deleteAlarms),
    DescribeAlarms: on(describeAlarms),
    PutMetricAlarm: on(putMetricAlarm),
    SetAlarmState: on(setAlarmState),
  } satisfies Operations;
}

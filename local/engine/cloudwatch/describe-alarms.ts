import type {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { WireError } from '../../wire/service';
import { keyOf, takePage } from '../paging';
import { type AlarmStore, checkState, constraint, invalid } from './alarm';

/** The largest page, and the most names in a call; a page holds half as many unless asked. */
const MOST = 100;
const USUAL = 50;

/** By name. Composite alarms are not known here; they are left out unless asked for, on AWS too. */
export function describeAlarms({ alarms }: AlarmStore, input: DescribeAlarmsInput): DescribeAlarmsOutput {
  const { AlarmNames, AlarmNamePrefix, AlarmTypes, StateValue, ActionPrefix, MaxRecords = USUAL } = input;
  for (const member of ['ChildrenOfAlarmName', 'ParentsOfAlarmName'] as const) {
    if (input[member] !== undefined)
      throw new WireError('NotImplemented', `${member} is not spoken here`, 501);
  }
  if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
    throw invalid('AlarmNames and AlarmNamePrefix cannot both be set');
  }
  few(AlarmNames);
  if (StateValue !== undefined) checkState(StateValue);
  if (MaxRecords < 1 || MaxRecords > MOST) {
    throw constraint('maxRecords', MaxRecords, `have value from 1 to ${MOST}`);
  }
  const after = keyOf(
    input.NextToken,
    () => new WireError('InvalidNextToken', 'The next token is not one that this operation gave.'),
  );
  const wanted = AlarmTypes === undefined || AlarmTypes.includes('MetricAlarm') ? [...alarms] : [];
  const rest = wanted
    .filter(([name]) => after === null || name > after)
    .filter(([name]) => AlarmNames === undefined || AlarmNames.includes(name))
    .filter(([name]) => AlarmNamePrefix === undefined || name.startsWith(AlarmNamePrefix))
    .filter(([, alarm]) => StateValue === undefined || alarm.StateValue === StateValue)
    .filter(
      ([, alarm]) =>
        ActionPrefix === undefined || actionsOf(alarm).some((arn) => arn.startsWith(ActionPrefix)),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { items, marker } = takePage(rest, MaxRecords);
  return {
    MetricAlarms: items,
    CompositeAlarms: [],
    ...(marker !== undefined && { NextToken: marker }),
  };
}

function actionsOf({
  OKActions = [],
  AlarmActions = [],
  InsufficientDataActions = [],
}: MetricAlarm): string[] {
  return [...OKActions, ...AlarmActions, ...InsufficientDataActions];
}

/** Those that are there are deleted, whatever else is named. */
export function deleteAlarms(
  { alarms }: AlarmStore,
  { AlarmNames = [] }: DeleteAlarmsInput,
): Record<string, never> {
  few(AlarmNames);
  for (const name of AlarmNames) alarms.delete(name);
  return {};
}

function few(names: readonly string[] | undefined): void {
  if (names !== undefined && names.length > MOST) {
    throw constraint('alarmNames', names, `have length less than or equal to ${MOST}`);
  }
}

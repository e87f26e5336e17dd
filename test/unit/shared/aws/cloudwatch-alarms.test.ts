import { WireError } from '../../../../local/wire/service';
import { CloudWatchAlarms } from '../../../../shared/aws/cloudwatch-alarms';
import { MINUTE } from '../../../../shared/domain/time';
import { at, HOME } from '../../../support/builders';
import { type Local, local, refusalOf } from './local';

describe('alarms', () => {
  let aws: Local;
  let alarms: CloudWatchAlarms;

  beforeEach(() => {
    aws = local();
    alarms = new CloudWatchAlarms(aws.options);
  });

  const put = (AlarmName: string) =>
    aws.cloud.region(HOME).cloudwatch.PutMetricAlarm({
      AlarmName,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  const set = (AlarmName: string, StateValue: 'OK' | 'ALARM') =>
    aws.cloud.region(HOME).cloudwatch.SetAlarmState({ AlarmName, StateValue, StateReason: 'tested' });

  it('have their state and since when, those of our deployment alone', async () => {
    await put('holdfast-prod-prune-snapshots-failures');
    await put('holdfast-prod-rotate-keys-not-running');
    await put('holdfast-test-rotate-keys-not-running');
    await aws.cloud.clock.advance(10 * MINUTE);
    await set('holdfast-prod-prune-snapshots-failures', 'ALARM');
    await aws.cloud.clock.advance(10 * MINUTE);
    // The reason is new, the state is not.
    await set('holdfast-prod-prune-snapshots-failures', 'ALARM');
    expect(await alarms.list(HOME, 'holdfast-prod-')).toEqual([
      { name: 'holdfast-prod-prune-snapshots-failures', state: 'ALARM', since: at('2026-03-01 09:10') },
      {
        name: 'holdfast-prod-rotate-keys-not-running',
        state: 'INSUFFICIENT_DATA',
        since: at('2026-03-01 09:00'),
      },
    ]);
    expect(aws.router.log.count()).toBe(1);
  });

  it('are all there, page after page', async () => {
    for (let number = 0; number < 101; number += 1) await put(`holdfast-prod-${number}`);
    expect(await alarms.list(HOME, 'holdfast-prod-')).toHaveLength(101);
    expect(aws.router.log.count({ operation: 'DescribeAlarms' })).toBe(2);
  });

  it('that CloudWatch does not show are a refusal', async () => {
    aws.faults.refuse(new WireError('AccessDenied', 'no', 403));
    expect(await refusalOf(alarms.list(HOME, 'holdfast-prod-'))).toBe(
      `denied: list alarms holdfast-prod-* in ${HOME}: AccessDenied: no`,
    );
  });
});

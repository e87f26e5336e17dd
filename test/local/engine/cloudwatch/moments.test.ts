import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { VirtualClock } from '../../../../local/clock';
import { AlarmStore } from '../../../../local/engine/cloudwatch/alarm';
import { putMetricAlarm } from '../../../../local/engine/cloudwatch/put-metric-alarm';
import { TREATMENTS } from '../../../../local/engine/cloudwatch/terms';
import { SECOND } from '../../../../shared/domain/time';
import fc from '../../../support/seeded';
import { ACCOUNT, at, HOME } from '../world';

describe('asked every ten seconds or once, an alarm tells the same', () => {
  const START = at('2026-03-01 09:00');
  const values = fc.array(
    fc.record({ after: fc.integer({ min: 0, max: 400 }), value: fc.integer({ min: 0, max: 2 }) }),
    { maxLength: 12 },
  );
  const terms = fc.record({
    Period: fc.constantFrom(10, 60, 120, 300),
    EvaluationPeriods: fc.integer({ min: 1, max: 3 }),
    Statistic: fc.constantFrom('Sum', 'Maximum', 'Average'),
    TreatMissingData: fc.constantFrom(...TREATMENTS),
  });

  /** The last state, and since when. */
  async function played(
    input: Pick<PutMetricAlarmInput, 'EvaluationPeriods'>,
    reports: readonly { after: number; value: number }[],
    often: boolean,
  ) {
    const clock = new VirtualClock(START);
    const store = new AlarmStore({ account: ACCOUNT, region: HOME }, clock);
    const pass = async (seconds: number) => {
      for (let second = 0; often && second < seconds; second += 1) {
        await clock.advance(SECOND);
        if (clock.now() % (10 * SECOND) === 0) store.settle();
      }
      if (!often) await clock.advance(seconds * SECOND);
    };
    putMetricAlarm(store, {
      AlarmName: 'alarm',
      Namespace: 'Holdfast',
      MetricName: 'testsNotPassed',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ...input,
    });
    store.metrics.put({ namespace: 'AWS/RDS', name: 'CPUUtilization', value: 7 });
    for (const { after, value } of reports) {
      await pass(after);
      store.metrics.put({ namespace: 'Holdfast', name: 'testsNotPassed', value });
    }
    await pass(600);
    store.settle();
    const { StateValue, StateReason, StateTransitionedTimestamp } = store.alarms.get('alarm') ?? {};
    return { StateValue, StateReason, StateTransitionedTimestamp };
  }

  it('whatever is reported', async () => {
    await fc.assert(
      fc.asyncProperty(terms, values, async (input, reports) => {
        expect(await played(input, reports, false)).toEqual(await played(input, reports, true));
      }),
      { numRuns: 60 },
    );
  });
});

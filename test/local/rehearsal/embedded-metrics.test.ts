import type { Datum } from '../../../local/engine/cloudwatch/metrics';
import { logging, metricsIn } from '../../../local/rehearsal/embedded-metrics';

const LINE = JSON.stringify({
  _aws: {
    Timestamp: 1,
    CloudWatchMetrics: [
      {
        Namespace: 'Holdfast',
        Dimensions: [['service']],
        Metrics: [
          { Name: 'liveRuns', Unit: 'Count' },
          { Name: 'done', Unit: 'Count' },
        ],
      },
    ],
  },
  service: 'inspect-database',
  liveRuns: 1,
  done: 3,
});

it('finds the metrics of a line, with their dimensions, and none in any other', () => {
  const dimensions = { service: 'inspect-database' };
  expect(metricsIn(LINE)).toEqual([
    { namespace: 'Holdfast', name: 'liveRuns', dimensions, value: 1 },
    { namespace: 'Holdfast', name: 'done', dimensions, value: 3 },
  ]);
  expect(metricsIn('run finished')).toEqual([]);
  expect(metricsIn('{"level":"INFO"}')).toEqual([]);
});

it('hears what a run logs, and nothing after it, whether it failed or not', async () => {
  const heard: Datum[] = [];
  const before = console.log;
  const broken = logging(
    async () => {
      console.log(LINE);
      throw new Error('no');
    },
    (datum) => heard.push(datum),
  );
  await expect(broken).rejects.toThrow('no');
  expect(heard).toHaveLength(2);
  expect(console.log).toBe(before);
});

import { Functions, type Invocation } from '../../../local/rehearsal/functions';
import type { Triggers } from '../../../local/schedules';
import { at } from '../../support/builders';

const NOW = at('2026-03-01 09:05');
const TRIGGERS: Triggers = {
  schedules: [
    {
      function: 'prune-snapshots',
      expression: 'rate(1 hour)',
      next: () => NOW,
      event: () => ({ time: '2026-03-01T09:05:00Z' }),
    },
  ],
  rules: [],
};

const handler = jest.fn();
jest.mock('../../../functions/prune-snapshots/handler.ts', () => ({
  handler: (event: unknown) => handler(event),
}));

describe('a run', () => {
  const runs: Invocation[] = [];
  const metrics: unknown[] = [];
  let functions: Functions;

  beforeEach(async () => {
    runs.length = 0;
    metrics.length = 0;
    functions = await Functions.load(TRIGGERS, () => true, {
      onRun: (run) => runs.push(run),
      onMetric: (datum) => metrics.push(datum),
    });
  });

  const reported = (name: string, value: number) => ({
    namespace: 'AWS/Lambda',
    name,
    dimensions: { FunctionName: 'holdfast-prod-prune-snapshots' },
    value,
  });

  it('that succeeds is counted by Lambda as one without errors', async () => {
    handler.mockResolvedValueOnce({ entries: [] });
    await functions.tick(NOW);
    expect(metrics).toEqual([reported('Invocations', 1), reported('Errors', 0)]);
    expect(runs).toMatchObject([{ function: 'prune-snapshots', at: NOW, failed: null }]);
  });

  it('that fails is counted as one with an error, once, whoever invoked it', async () => {
    handler.mockRejectedValueOnce(new Error('refused'));
    await functions.invoke('prune-snapshots', {}, NOW);
    expect(metrics).toEqual([reported('Invocations', 1), reported('Errors', 1)]);
    expect(runs).toMatchObject([{ failed: 'refused', report: null }]);
  });
});

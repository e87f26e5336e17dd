import { VirtualClock } from '../../../../local/clock';
import { MetricStore } from '../../../../local/engine/cloudwatch/metrics';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import { at } from '../world';

const START = at('2026-03-01 09:00');
const RUNS = { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: 'a', Stage: 'b' } };

let clock: VirtualClock;
let looked: number[];
let metrics: MetricStore;

beforeEach(() => {
  clock = new VirtualClock(START);
  looked = [];
  metrics = new MetricStore(clock, () => looked.push(clock.now()));
});

it('what is reported is found by exactly its dimensions, whatever their order', () => {
  metrics.put({ ...RUNS, value: 1 });
  const found = (dimensions: Record<string, string>) =>
    metrics.between({ ...RUNS, dimensions }, START, START + 1).map(({ value }) => value);
  expect(found({ Stage: 'b', FunctionName: 'a' })).toEqual([1]);
  expect(found({ FunctionName: 'a' })).toEqual([]);
  expect(found({})).toEqual([]);
  expect(metrics.between({ ...RUNS, name: 'Errors' }, START, START + 1)).toEqual([]);
  expect(metrics.between({ ...RUNS, namespace: 'Holdfast' }, START, START + 1)).toEqual([]);
});

it('a stretch of time has its beginning and not its end', async () => {
  for (const value of [1, 2, 3]) {
    metrics.put({ ...RUNS, value });
    await clock.advance(MINUTE);
  }
  const values = (start: number, end: number) =>
    metrics.between(RUNS, START + start * MINUTE, START + end * MINUTE).map(({ value }) => value);
  expect(values(0, 2)).toEqual([1, 2]);
  expect(values(1, 3)).toEqual([2, 3]);
  expect(values(-5, 9)).toEqual([1, 2, 3]);
  expect(values(3, 9)).toEqual([]);
});

it('what no alarm can see any longer is dropped, once the alarms have looked at it', async () => {
  metrics.put({ ...RUNS, value: 1 });
  await clock.advance(HOUR);
  metrics.put({ ...RUNS, value: 2 });
  await clock.advance(21 * DAY - HOUR);
  metrics.put({ ...RUNS, value: 3 });
  expect(looked).toEqual([]);
  await clock.advance(1);
  metrics.put({ ...RUNS, value: 4 });
  expect(looked).toEqual([START + 21 * DAY + 1]);
  expect(metrics.between(RUNS, 0, START + 22 * DAY).map(({ value }) => value)).toEqual([2, 3, 4]);
});

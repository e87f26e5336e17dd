import { line, symbol, symbolCircle, symbolTimes } from 'd3-shape';
import { h, type JSX } from 'preact';
import type { TestVerdict } from '../../../domain/restore-test';
import { type Instant, parseInstant } from '../../../domain/time';
import type { DatabaseStanding, RestoreTested, RestoreTrend } from '../compliance';
import { restoresInWords, tookWords } from '../standing-words';
import { counted, lasting, moment } from '../words';
import { figure, frame, LEFT, legend, RIGHT, round } from './chart';
import { folded, mark, table, time } from './parts';

/** How long restores took, test by test, and where that leads: one picture for each region that was tested in. */
export function restores(
  id: string,
  { restoreTests, trends, promise }: Pick<DatabaseStanding, 'restoreTests' | 'trends' | 'promise'>,
  now: string,
): JSX.Element[] {
  const regions = [...new Set(restoreTests.map(({ region }) => region))];
  return regions.map((region, at) =>
    restoresIn(
      `${id}-${at}`,
      region,
      restoreTests.filter((test) => test.region === region),
      trends.find((trend) => trend.region === region) ?? null,
      promise?.timeSeconds ?? null,
      now,
    ),
  );
}

interface Drawn {
  readonly at: Instant;
  readonly seconds: number;
  readonly verdict: TestVerdict;
}

function restoresIn(
  id: string,
  region: string,
  tests: readonly RestoreTested[],
  trend: RestoreTrend | null,
  promise: number | null,
  now: string,
): JSX.Element {
  const inOrder = [...tests].sort((a, b) => (a.requested < b.requested ? -1 : 1));
  const drawn = inOrder.flatMap(({ requested, seconds, verdict }): Drawn[] => {
    const at = parseInstant(requested);
    return at === null || seconds === null ? [] : [{ at, seconds, verdict }];
  });
  const ends = (trend?.line ?? []).map(({ at, seconds }) => ({ at: parseInstant(at) ?? 0, seconds }));
  const times = [
    ...inOrder.map(({ requested }) => parseInstant(requested) ?? 0),
    ...ends.map(({ at }) => at),
  ];
  const heights = [...drawn, ...ends].map(({ seconds }) => seconds);
  const { x, y, height, axes } = frame(
    Math.min(...times),
    Math.max(...times),
    Math.max(promise ?? 0, ...heights),
  );
  const way = line<{ at: Instant; seconds: number }>(
    ({ at }) => round(x(at)),
    ({ seconds }) => round(y(seconds)),
  );
  const drawing = [
    axes,
    promise === null ? null : h('path', { class: 'promise', d: `M${LEFT},${round(y(promise))}H${RIGHT}` }),
    ends.length === 0 ? null : h('path', { class: 'trend', d: way(ends) ?? '' }),
    drawn.map((test) => dot(test.verdict, round(x(test.at)), round(y(test.seconds)))),
  ];
  return figure(
    id,
    { caption: `Restore tests in ${region}`, tells: restoresInWords(inOrder, trend, promise, now) },
    height,
    drawing,
    [KEY, testTable(id, [...inOrder].reverse())],
  );
}

const CIRCLE = symbol(symbolCircle, 60)() ?? '';
const TIMES = symbol(symbolTimes, 70)() ?? '';

function dot(verdict: TestVerdict, x: number, y: number): JSX.Element {
  const transform = `translate(${x},${y})`;
  if (verdict === 'failed') return h('path', { class: 'cross', d: TIMES, transform });
  return h('path', { class: verdict === 'passed' ? 'dot' : 'dot hollow', d: CIRCLE, transform });
}

const STANDINGS = { passed: 'passed', failed: 'failed', inconclusive: 'unknown' } as const;

function testTable(id: string, tests: readonly RestoreTested[]): JSX.Element {
  return folded(
    counted(tests.length, 'restore test'),
    table<RestoreTested>(
      `${id}-tests`,
      'Restore tests, newest first',
      [
        { name: 'requested', value: ({ requested }) => time(moment(requested)), kind: 'time' },
        { name: 'verdict', value: ({ verdict }) => mark(STANDINGS[verdict], verdict), kind: 'short' },
        { name: 'took', value: ({ seconds }) => tookWords(seconds), kind: 'short' },
        {
          name: 'of it until available',
          value: ({ availableSeconds }) => (availableSeconds === null ? '–' : lasting(availableSeconds)),
          kind: 'short',
        },
      ],
      tests,
      ({ why, evidence }) => [why, h('code', { class: 'line' }, evidence)],
    ),
  );
}

const KEY = legend([
  [h('path', { class: 'dot', d: CIRCLE, transform: 'translate(12,8)' }), 'passed'],
  [h('path', { class: 'cross', d: TIMES, transform: 'translate(12,8)' }), 'failed'],
  [h('path', { class: 'dot hollow', d: CIRCLE, transform: 'translate(12,8)' }), 'inconclusive'],
  [h('path', { class: 'promise', d: 'M0,8H24' }), 'promise'],
  [h('path', { class: 'trend', d: 'M1,12L22,4' }), 'forecast'],
]);

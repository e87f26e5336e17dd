import { area, line } from 'd3-shape';
import { h, type JSX } from 'preact';
import { formatInstant, type Instant, parseInstant, SECOND } from '../../../domain/time';
import type { AgeSeries } from '../compliance';
import { counted, lasting, moment } from '../words';
import { figure, frame, LEFT, legend, RIGHT, round } from './chart';
import { folded, table } from './parts';
import { type Age, lateStretches, type Stretch, thinned, withCrossings } from './stretches';

/** How old the newest recovery point was, against the promise; null where nothing was measured. */
export function recoveryPoint(id: string, series: AgeSeries): JSX.Element | null {
  const points = series.points.flatMap((one): Age[] => {
    const at = parseInstant(one.at);
    return at === null ? [] : [{ at, seconds: one.seconds }];
  });
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { promiseSeconds: promise } = series;
  const worst = points.reduce((most, { seconds }) => Math.max(most, seconds ?? 0), 0);
  const late = lateStretches(points, promise);
  const { x, y, height, axes } = frame(first.at, last.at, Math.max(worst, promise));
  const drawn = withCrossings(thinned(points, RIGHT - LEFT), promise);
  const across = ({ at }: Age) => round(x(at));
  const up = ({ seconds }: Age) => round(y(seconds ?? 0));
  const known = ({ seconds }: Age) => seconds !== null;
  const curve = line<Age>().defined(known).x(across).y(up);
  const under = area<Age>()
    .defined(known)
    .x(across)
    .y0(round(y(0)))
    .y1(up);
  const over = line<Age>()
    .defined(({ seconds }) => seconds !== null && seconds >= promise)
    .x(across)
    .y(up);
  const drawing = [
    axes,
    h('path', { class: 'under', d: under(drawn) ?? '' }),
    h('path', { class: 'curve', d: curve(drawn) ?? '' }),
    h('path', { class: 'over', d: over(drawn) ?? '' }),
    h('path', { class: 'promise', d: `M${LEFT},${round(y(promise))}H${RIGHT}` }),
  ];
  return figure(
    id,
    {
      caption: `Recovery point in ${series.region}: ${series.of}`,
      tells: inWords(points, promise, worst, late),
    },
    height,
    drawing,
    [KEY, late.length === 0 ? null : lateTable(id, late)],
  );
}

function inWords(points: readonly Age[], promise: number, worst: number, late: readonly Stretch[]): string {
  const [first, last] = [points[0], points.at(-1)];
  const now = last?.seconds == null ? 'not known now' : `${lasting(last.seconds)} old now`;
  const since = first === undefined ? '' : ` since ${written(first.at)}`;
  const above = late.reduce((sum, { from, to }) => sum + (to - from), 0) / SECOND;
  const kept =
    late.length === 0
      ? 'kept'
      : `exceeded ${late.length === 1 ? 'once' : `${late.length} times`}, for ${lasting(above)}`;
  return `${now}; at worst ${lasting(worst)}${since}; the promise of ${lasting(promise)} was ${kept}`;
}

const MOST_ROWS = 50;

function lateTable(id: string, late: readonly Stretch[]): JSX.Element {
  const worst = [...late].sort((a, b) => b.worst - a.worst).slice(0, MOST_ROWS);
  return folded(
    counted(late.length, 'time above the promise', 'times above the promise'),
    table(
      `${id}-over`,
      worst.length < late.length ? `The ${MOST_ROWS} worst of ${late.length}` : 'Above the promise',
      [
        { name: 'from', value: ({ from }) => written(from) },
        { name: 'until', value: ({ to }) => written(to) },
        { name: 'at worst', value: (one) => lasting(one.worst) },
      ],
      worst.sort((a, b) => a.from - b.from),
    ),
  );
}

function written(at: Instant): string {
  return moment(formatInstant(at));
}

const KEY = legend([
  [h('path', { class: 'curve', d: 'M1,12L22,4' }), 'age'],
  [h('path', { class: 'over', d: 'M1,12L22,4' }), 'above the promise'],
  [h('path', { class: 'promise', d: 'M0,8H24' }), 'promise'],
]);

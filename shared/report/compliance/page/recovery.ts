import { area, line } from 'd3-shape';
import { h, type JSX } from 'preact';
import type { Instant } from '../../../domain/time';
import type { AgeSeries } from '../compliance';
import { recoveryWords, worstWords, written } from '../recovery-words';
import { type Age, agesIn, lateStretches, type Stretch, spans, thinned, withCrossings } from '../stretches';
import { counted } from '../words';
import { figure, frame, LEFT, legend, RIGHT, round } from './chart';
import { folded, table, time } from './parts';

/** How old the newest recovery point was, against the promise; null where nothing was measured. */
export function recoveryPoint(id: string, series: AgeSeries): JSX.Element | null {
  const ages = agesIn(series);
  const [first, last] = [ages[0], ages.at(-1)];
  const tells = recoveryWords(series);
  if (first === undefined || last === undefined || tells === null) return null;
  const { promiseSeconds: promise } = series;
  const worst = ages.reduce((most, { seconds }) => Math.max(most, Number(seconds) || 0), 0);
  const late = lateStretches(ages, promise);
  const { x, y, height, axes } = frame(first.at, last.at, Math.max(worst, promise));
  const drawn = withCrossings(thinned(ages, RIGHT - LEFT), promise);
  const across = ({ at }: Age) => round(x(at));
  const up = ({ seconds }: Age) => round(y(Number(seconds)));
  const known = ({ seconds }: Age) => typeof seconds === 'number';
  const curve = line<Age>().defined(known).x(across).y(up);
  const under = area<Age>()
    .defined(known)
    .x(across)
    .y0(round(y(0)))
    .y1(up);
  const over = line<Age>()
    .defined(({ seconds }) => typeof seconds === 'number' && seconds >= promise)
    .x(across)
    .y(up);
  const box = (kind: string, { from, to }: { readonly from: Instant; readonly to: Instant }) => {
    const [left, right] = [round(x(from)), round(x(to))];
    const [top, bottom] = [round(y.range()[1] ?? 0), round(y(0))];
    return h('rect', {
      class: kind,
      x: left,
      y: top,
      width: Math.max(2, round(right - left)),
      height: bottom - top,
    });
  };
  const drawing = [
    spans(ages, null).map((span) => box('blind', span)),
    spans(ages, 'none').map((span) => box('missed', span)),
    axes,
    h('path', { class: 'under', d: under(drawn) ?? '' }),
    h('path', { class: 'curve', d: curve(drawn) ?? '' }),
    h('path', { class: 'over', d: over(drawn) ?? '' }),
    h('path', { class: 'promise', d: `M${LEFT},${round(y(promise))}H${RIGHT}` }),
  ];
  return figure(id, { caption: `Recovery point in ${series.region}: ${series.of}`, tells }, height, drawing, [
    KEY,
    late.length === 0 ? null : lateTable(id, late),
  ]);
}

const MOST_ROWS = 50;

function lateTable(id: string, late: readonly Stretch[]): JSX.Element {
  const heavy = ({ worst }: Stretch) => (worst === 'none' ? Number.POSITIVE_INFINITY : worst);
  const worst = [...late].sort((a, b) => (heavy(a) < heavy(b) ? 1 : -1)).slice(0, MOST_ROWS);
  return folded(
    counted(late.length, 'time the promise was exceeded', 'times the promise was exceeded'),
    table(
      `${id}-over`,
      worst.length < late.length ? `The ${MOST_ROWS} worst of ${late.length}` : 'Above the promise',
      [
        { name: 'from', value: ({ from }) => time(written(from)), kind: 'time' },
        { name: 'until', value: ({ to }) => time(written(to)), kind: 'time' },
        { name: 'at worst', value: (one) => worstWords(one.worst), kind: 'short' },
      ],
      worst.sort((a, b) => a.from - b.from),
    ),
  );
}

const KEY = legend([
  [h('path', { class: 'curve', d: 'M1,12L22,4' }), 'age'],
  [h('path', { class: 'over', d: 'M1,12L22,4' }), 'above the promise'],
  [h('rect', { class: 'missed', x: 2, y: 1, width: 20, height: 14 }), 'no recovery point'],
  [h('rect', { class: 'blind', x: 2, y: 1, width: 20, height: 14 }), 'nobody looked'],
  [h('path', { class: 'promise', d: 'M0,8H24' }), 'promise'],
]);

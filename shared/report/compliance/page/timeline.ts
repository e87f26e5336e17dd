import { type ScaleTime, scaleUtc } from 'd3-scale';
import { h, type JSX } from 'preact';
import { parseInstant, SECOND } from '../../../domain/time';
import type { SlotHistory, SlotRow, SlotState } from '../compliance';
import { gapsIn, slotsInWords, stateWords } from '../slot-words';
import { counted, moment } from '../words';
import { figure, legend, RIGHT, round, timeAxis } from './chart';
import { folded, table, time } from './parts';

/** Name, bar, and the cross of a gap below it, which covers neither. */
const ROW = 54;
const BAR = 22;

/** Slots, copies and gaps: a row for home and one for each copy region, a bar for each run of equal slots. */
export function timeline(id: string, history: SlotHistory): JSX.Element {
  const { from, to, everySeconds, rows } = history;
  const [start, end] = [parseInstant(from) ?? 0, parseInstant(to) ?? 0];
  const x = scaleUtc([start, end], [12, RIGHT]);
  const height = 8 + rows.length * ROW + 28;
  const gaps = gapsIn(history);
  const drawing = [
    rows.map((row, at) => place(row, at, x, everySeconds)),
    h('path', { class: 'axis', d: `M12,${8 + rows.length * ROW}H${RIGHT}` }),
    timeAxis(x, 8 + rows.length * ROW),
  ];
  return figure(id, { caption: 'Slots, copies and gaps', tells: slotsInWords(history) }, height, drawing, [
    KEY,
    gaps.length === 0
      ? null
      : folded(
          counted(gaps.length, 'gap'),
          table(
            `${id}-gaps`,
            'Gaps',
            [
              { name: 'from', value: ({ run }) => time(moment(run.from)), kind: 'time' },
              { name: 'slots', value: ({ run }) => run.count, kind: 'short' },
              { name: 'region', value: ({ region }) => region, kind: 'short' },
              { name: 'state', value: ({ run, home }) => stateWords(run.state, home) },
            ],
            gaps,
          ),
        ),
  ]);
}

function place(
  { region, runs }: SlotRow,
  at: number,
  x: ScaleTime<number, number>,
  everySeconds: number,
): JSX.Element {
  const top = 8 + at * ROW;
  return h(
    'g',
    null,
    h('text', { class: 'soft', x: 12, y: top + 13 }, at === 0 ? `${region} (home)` : region),
    runs.map((run) => {
      const from = parseInstant(run.from) ?? 0;
      const left = round(x(from));
      const right = round(x(from + run.count * everySeconds * SECOND));
      return bar(run.state, left, top + 18, Math.max(2, round(right - left)));
    }),
  );
}

/** Full height: it is there. Low: it was let go. An empty box with a cross: it should be there. A dotted box: not yet. */
function bar(state: SlotState, x: number, y: number, width: number): JSX.Element {
  switch (state) {
    case 'taken':
      return h('rect', { class: 'taken', x, y, width, height: BAR });
    case 'pruned':
      return h('rect', { class: 'pruned', x, y: y + BAR - 4, width, height: 4 });
    case 'pending':
    case 'due':
      return h('rect', {
        class: state,
        x: x + 0.5,
        y: y + 0.5,
        width: Math.max(1, width - 1),
        height: BAR - 1,
      });
    case 'missed':
    case 'failed':
      return h(
        'g',
        null,
        h('rect', { class: 'missed', x, y, width, height: BAR }),
        h('path', { class: 'cross', d: `M${round(x + width / 2 - 4)},${y + BAR + 2}l8,8m0,-8l-8,8` }),
      );
  }
}

const KEY = legend([
  [h('rect', { class: 'taken', x: 2, y: 1, width: 20, height: 14 }), 'taken, copied'],
  [h('rect', { class: 'pruned', x: 2, y: 12, width: 20, height: 3 }), 'thinned out by retention'],
  [h('rect', { class: 'due', x: 2, y: 1, width: 20, height: 14 }), 'under way or not due yet'],
  [
    [
      h('rect', { class: 'missed', x: 8, y: 1, width: 8, height: 8 }),
      h('path', { class: 'cross', d: 'M9,11l6,5m0,-5l-6,5' }),
    ],
    'gap: failed, or not there: missed, not copied or deleted',
  ],
]);

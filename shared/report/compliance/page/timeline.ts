import { type ScaleTime, scaleUtc } from 'd3-scale';
import { h, type JSX } from 'preact';
import { parseInstant, SECOND } from '../../../domain/time';
import type { SlotHistory, SlotRow, SlotRun, SlotState } from '../compliance';
import { counted, moment } from '../words';
import { figure, legend, RIGHT, round, timeAxis } from './chart';
import { folded, table } from './parts';

const ROW = 46;
const BAR = 22;

/** What each state is called where a person reads it: at home, and of a copy. */
const WORDS: Readonly<Record<SlotState, readonly [home: string, copy: string]>> = {
  taken: ['taken', 'copied'],
  pending: ['being taken', 'being copied'],
  due: ['not due yet', 'not due yet'],
  failed: ['failed', 'failed'],
  missed: ['missed', 'not copied'],
  pruned: ['thinned out by retention', 'thinned out by retention'],
};

/** Slots, copies and gaps: a row for home and one for each copy region, a bar for each run of equal slots. */
export function timeline(id: string, { from, to, everySeconds, rows }: SlotHistory): JSX.Element {
  const [start, end] = [parseInstant(from) ?? 0, parseInstant(to) ?? 0];
  const x = scaleUtc([start, end], [12, RIGHT]);
  const height = 8 + rows.length * ROW + 28;
  const gaps = rows.flatMap((row, at) => row.runs.filter(isGap).map((run) => ({ row, run, home: at === 0 })));
  const drawing = [
    rows.map((row, at) => place(row, at, x, everySeconds)),
    h('path', { class: 'axis', d: `M12,${8 + rows.length * ROW}H${RIGHT}` }),
    timeAxis(x, 8 + rows.length * ROW),
  ];
  return figure(
    id,
    { caption: 'Slots, copies and gaps', tells: rows.map((row, at) => inWords(row, at === 0)).join('; ') },
    height,
    drawing,
    [
      KEY,
      gaps.length === 0
        ? null
        : folded(
            counted(gaps.length, 'gap'),
            table(
              `${id}-gaps`,
              'Gaps',
              [
                { name: 'from', value: ({ run }) => moment(run.from) },
                { name: 'slots', value: ({ run }) => run.count },
                { name: 'region', value: ({ row }) => row.region },
                { name: 'state', value: ({ run, home }) => WORDS[run.state][home ? 0 : 1] },
              ],
              gaps,
            ),
          ),
    ],
  );
}

function isGap({ state }: SlotRun): boolean {
  return state === 'missed' || state === 'failed';
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
    h('text', { class: 'soft', x: 12, y: top + 12 }, at === 0 ? `${region} (home)` : region),
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
        h('path', { class: 'cross', d: `M${round(x + width / 2) - 4},${y - 9}l8,8m0,-8l-8,8` }),
      );
  }
}

const KEY = legend([
  [h('rect', { class: 'taken', x: 2, y: 1, width: 20, height: 14 }), 'taken, copied'],
  [h('rect', { class: 'pruned', x: 2, y: 12, width: 20, height: 3 }), 'thinned out by retention'],
  [h('rect', { class: 'due', x: 2, y: 1, width: 20, height: 14 }), 'under way or not due yet'],
  [
    [
      h('rect', { class: 'missed', x: 8, y: 6, width: 8, height: 9 }),
      h('path', { class: 'cross', d: 'M9,0l6,5m0,-5l-6,5' }),
    ],
    'gap: missed, failed or not copied',
  ],
]);

/** `us-west-2: 24 slots copied, 1 slot not copied`. */
function inWords({ region, runs }: SlotRow, home: boolean): string {
  const sums = new Map<SlotState, number>();
  for (const { state, count } of runs) sums.set(state, (sums.get(state) ?? 0) + count);
  const told = [...sums].map(([state, count]) => `${counted(count, 'slot')} ${WORDS[state][home ? 0 : 1]}`);
  return `${region}: ${told.join(', ') || 'no slot yet'}`;
}

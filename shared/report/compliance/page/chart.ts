import { type ScaleLinear, type ScaleTime, scaleLinear, scaleUtc } from 'd3-scale';
import { type ComponentChildren, h, type JSX } from 'preact';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../domain/time';
import { lasting } from '../words';

/** Of the drawing, in its own units: on a phone 480 of them are 310 pixels, where text is drawn bigger (`style.ts`). */
export const WIDTH = 480;
export const LEFT = 76;
export const RIGHT = WIDTH - 12;

export interface Frame {
  readonly x: ScaleTime<number, number>;
  readonly y: ScaleLinear<number, number>;
  readonly height: number;
  readonly axes: JSX.Element;
}

/** Axes of time to the right and length of time upwards, from zero: a cut axis would make small changes look big. */
export function frame(from: Instant, to: Instant, most: number): Frame {
  const [top, bottom, height] = [12, 178, 206];
  const x = scaleUtc([from, to > from ? to : from + HOUR], [LEFT, RIGHT]);
  const step = stepOf(most);
  const highest = Math.max(1, Math.ceil((most * 1.08) / step)) * step;
  const y = scaleLinear([0, highest], [bottom, top]);
  const levels = Array.from({ length: Math.round(highest / step) + 1 }, (_, at) => at * step);
  const axes = h(
    'g',
    null,
    levels.map((level) =>
      h(
        'g',
        null,
        h('path', { class: level === 0 ? 'axis' : 'grid', d: `M${LEFT},${round(y(level))}H${RIGHT}` }),
        h(
          'text',
          { class: 'soft', x: LEFT - 6, y: round(y(level) + 5), 'text-anchor': 'end' },
          level === 0 ? '0' : lasting(level),
        ),
      ),
    ),
    timeAxis(x, bottom),
  );
  return { x, y, height, axes };
}

/**
 * Ticks below `y`: whole days, named by their date, where the span is of days; else minutes, by the hour, and by the date
 * too where that comes twice. On a phone every second one stays.
 */
export function timeAxis(x: ScaleTime<number, number>, y: number): JSX.Element {
  const ticks = ticksOf(x).filter(({ at }) => x(at) > LEFT + 14 && x(at) < RIGHT - 14);
  return h(
    'g',
    null,
    ticks.map(({ at, text }, index) =>
      h(
        'g',
        index % 2 === 1 ? { class: 'second' } : null,
        h('path', { class: 'axis', d: `M${round(x(at))},${y}v5` }),
        h('text', { class: 'soft', x: round(x(at)), y: y + 20, 'text-anchor': 'middle' }, text),
      ),
    ),
  );
}

/** No two of them are called the same. */
export function ticksOf(x: ScaleTime<number, number>): { readonly at: Date; readonly text: string }[] {
  const [from, to] = x.domain() as [Date, Date];
  const span = to.getTime() - from.getTime();
  const unit = span > 2 * DAY ? DAY : MINUTE;
  const [start, end] =
    span > 300 * DAY ? [0, 7] : span > 2 * DAY ? [5, 10] : span >= DAY ? [5, 16] : [11, 16];
  return x
    .ticks(span >= DAY && span <= 2 * DAY ? 3 : 5)
    .filter((date) => date.getTime() % unit === 0)
    .map((at) => ({ at, text: at.toISOString().slice(start, end).replace('T', ' ') }));
}

const STEPS = [
  1,
  5,
  15,
  30,
  ...[1, 2, 5, 10, 15, 30].map((minutes) => (minutes * MINUTE) / SECOND),
  ...[1, 2, 3, 6, 12].map((hours) => (hours * HOUR) / SECOND),
  ...[1, 2, 5, 10, 30, 90, 365, 3_650].map((days) => (days * DAY) / SECOND),
];

/** Steps that a clock has: quarters, hours, days. At most five of them. */
function stepOf(most: number): number {
  return STEPS.find((step) => (most * 1.08) / step <= 5) ?? most;
}

/** A tenth of a unit is less than a pixel shows, and half of the page's size. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * A picture with its words: the caption, what it shows in a sentence, and the figures as a table or list for whoever does
 * not see it.
 *
 * @param id once a page
 */
export function figure(
  id: string,
  words: { readonly caption: string; readonly tells: string },
  height: number,
  drawing: ComponentChildren,
  beside: ComponentChildren = null,
): JSX.Element {
  return h(
    'figure',
    null,
    h('figcaption', null, words.caption),
    h(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-labelledby': `${id}-t ${id}-d` },
      h('title', { id: `${id}-t` }, words.caption),
      h('desc', { id: `${id}-d` }, words.tells),
      drawing,
    ),
    h('p', { class: 'small' }, words.tells),
    beside,
  );
}

/** What the marks of a picture mean. */
export function legend(entries: readonly (readonly [sign: ComponentChildren, text: string])[]): JSX.Element {
  return h(
    'ul',
    { class: 'legend' },
    entries.map(([sign, text]) =>
      h('li', null, h('svg', { viewBox: '0 0 24 16', 'aria-hidden': 'true' }, sign), text),
    ),
  );
}

import { type ComponentChildren, h, type JSX } from 'preact';
import type { Standing } from '../compliance';
import { runbookAddress } from '../runbooks';

/** A word with a sign of its own: whoever sees no color, or no sign, misses nothing. */
const SIGNS: Readonly<Record<Standing, string>> = { passed: '✓', failed: '✗', unknown: '?', waived: '–' };

export function mark(standing: Standing, text: string = standing): JSX.Element {
  return h(
    'span',
    { class: `mark is-${standing}` },
    h('i', { 'aria-hidden': 'true' }, SIGNS[standing]),
    text,
  );
}

export interface Column<Row> {
  readonly name: string;
  readonly value: (row: Row) => ComponentChildren;
  /**
   * `wide`: sentences and names need room; a phone scrolls the table sideways instead of breaking every word. `short`:
   * lengths, verdicts and counts, on one line. `time`: on one, or a line for the day and one for the hour.
   */
  readonly kind?: 'wide' | 'short' | 'time';
}

/**
 * A table that a screen reader can walk: caption, column heads, and the first cell of each row as its head. It scrolls by
 * itself, so that the page never does, and can be reached by keyboard for that.
 *
 * @param id of the caption, once a page
 * @param under what of a row takes a line of its own, as long keys do
 */
export function table<Row>(
  id: string,
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  under: ((row: Row) => ComponentChildren) | null = null,
): JSX.Element {
  const classOf = ({ kind }: Column<Row>) => (kind === undefined ? {} : { class: kind });
  return h(
    'div',
    { class: 'scroll', role: 'group', 'aria-labelledby': id, tabIndex: 0 },
    h(
      'table',
      null,
      h('caption', { id }, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          columns.map((column) => h('th', { scope: 'col', ...classOf(column) }, column.name)),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map((row) => [
          h(
            'tr',
            under === null ? null : { class: 'over-line' },
            columns.map((column, at) =>
              at === 0
                ? h('th', { scope: 'row', ...classOf(column) }, column.value(row))
                : h('td', classOf(column), column.value(row)),
            ),
          ),
          under === null ? null : h('tr', null, h('td', { colSpan: columns.length }, under(row))),
        ]),
      ),
    ),
  );
}

/** `2026-03-10 07:30 UTC`: in a narrow cell the day has one line and the hour another. */
export function time(written: string): ComponentChildren {
  const [date, ...clock] = written.split(' ');
  return clock.length === 0
    ? written
    : [h('span', { class: 'whole' }, date), ' ', h('span', { class: 'whole' }, clock.join(' '))];
}

/** A runbook as a link; null where the policy does not say that it can be read. */
export function runbookLink(path: string, base: string | null): JSX.Element | null {
  const address = runbookAddress(path, base);
  return address === null ? null : h('a', { href: address, rel: 'noreferrer' }, path);
}

/** A sentence of ours, in which code stands between backticks. */
export function prose(text: string): ComponentChildren {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 0 ? part : h('code', null, part)));
}

export function section(id: string, title: string, ...children: ComponentChildren[]): JSX.Element {
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), children);
}

/** Names and what they come to; those of null are left out. */
export function facts(
  entries: readonly (readonly [name: string, value: ComponentChildren])[],
  kind?: string,
): JSX.Element {
  return h(
    'dl',
    kind === undefined ? null : { class: kind },
    entries
      .filter(([, value]) => value !== null)
      .map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))),
  );
}

export function tags(texts: readonly string[]): JSX.Element | null {
  return texts.length === 0
    ? null
    : h(
        'span',
        null,
        texts.flatMap((text) => [h('span', { class: 'tag' }, text), ' ']),
      );
}

/** What unfolds on demand; a browser's search and a screen reader find it closed. */
export function folded(summary: ComponentChildren, ...children: ComponentChildren[]): JSX.Element {
  return h('details', null, h('summary', null, summary), children);
}

/** So many rows are scrolled past; more are unfolded on demand. */
const MOST_ROWS = 60;

/** A table of databases as it is, or folded where it would push everything after it out of reach. */
export function long(table: JSX.Element, rows: number): JSX.Element {
  return rows <= MOST_ROWS ? table : folded(`All ${rows.toLocaleString('en-US')} databases`, table);
}

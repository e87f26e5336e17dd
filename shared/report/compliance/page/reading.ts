import { h, type JSX } from 'preact';
import { mark, section } from './parts';

/** What the words and pictures mean, for whoever has this page and nothing else. */
export function reading(): JSX.Element {
  return section(
    'reading',
    'How to read this',
    h(
      'ul',
      null,
      h('li', null, mark('passed'), ': it was measured, and it is as promised.'),
      h('li', null, mark('failed'), ': it was measured, and it is not as promised.'),
      h('li', null, mark('unknown'), ': the data to judge by is missing. That is no pass.'),
      h(
        'li',
        null,
        mark('waived'),
        ': it failed, and somebody bears it until the day that is given; it does not count against the verdict.',
      ),
    ),
    h(
      'p',
      null,
      'The verdict at the top is failed while any failure is not waived, else unknown while anything is, else passed.',
    ),
    h(
      'p',
      null,
      'A slot is a period of the snapshot schedule, aligned to UTC; one snapshot stands for each. A recovery point is the newest moment that the data can be brought back to. The forecast is the straight line that fits the restore tests best.',
    ),
    h('p', null, 'Evidence is named by its key in the evidence store. All times are UTC.'),
  );
}

import { h, type JSX } from 'preact';
import { MEANS, READING } from '../reading-words';
import { mark, section } from './parts';

export function reading(): JSX.Element {
  return section(
    'reading',
    'How to read this',
    h(
      'ul',
      null,
      MEANS.map(([standing, text]) => h('li', null, mark(standing), `: ${text}`)),
    ),
    READING.map((text) => h('p', null, text)),
  );
}

import { type ComponentChildren, h, type JSX } from 'preact';
import { controlWords } from '../checklist';
import type { ChecklistItem, Compliance } from '../compliance';
import { facts, folded, mark, section, tags } from './parts';

/** The customer's open checklist, answered (OPS-4). */
export function checklist({ checklist }: Compliance): JSX.Element {
  return section(
    'checklist',
    'Checklist',
    h(
      'ol',
      { class: 'plain' },
      checklist.map((item) => h('li', null, itemPart(item))),
    ),
  );
}

function itemPart({ question, verdict, answer, controls, documents, evidence, requirements }: ChecklistItem) {
  const code = (text: string) => h('code', null, text);
  return h(
    'div',
    { class: `card ${verdict}` },
    h('h3', null, mark(verdict), ': ', question),
    h('p', null, answer, '. Serves ', tags(requirements)),
    folded(
      'What the answer rests on',
      facts([
        ['Controls', list(controls.map(controlWords))],
        ['Evidence', evidence.length === 0 ? 'what was seen at this look' : list(evidence.map(code))],
        ['Written down in', documents.length === 0 ? null : list(documents.map(code))],
      ]),
    ),
  );
}

function list(items: readonly ComponentChildren[]): JSX.Element {
  return h(
    'ul',
    { class: 'plain' },
    items.map((item) => h('li', null, item)),
  );
}

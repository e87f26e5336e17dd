import { type ComponentChildren, h, type JSX } from 'preact';
import { controlWords } from '../checklist';
import type { Assessed, ChecklistItem, Compliance } from '../compliance';
import { IN_REPOSITORY } from '../runbooks';
import { about, counted } from '../words';
import { anchorOf, shownFindings } from './findings';
import { facts, folded, mark, runbookLink, section, tags } from './parts';

/** The customer's open checklist, answered (OPS-4). */
export function checklist(compliance: Compliance): JSX.Element {
  const shown = new Map(shownFindings(compliance).map((one) => [one.id, one]));
  return section(
    'checklist',
    'Checklist',
    h(
      'ol',
      { class: 'plain' },
      compliance.checklist.map((item) => h('li', null, itemPart(item, shown, compliance.runbooks))),
    ),
  );
}

function itemPart(
  item: ChecklistItem,
  shown: ReadonlyMap<string, Assessed>,
  runbooks: string | null,
): JSX.Element {
  const { question, verdict, answer, controls, documents, evidence, evidenceLeft, open, requirements } = item;
  const findings = open.flatMap((id) => shown.get(id) ?? []);
  const left = controls.reduce((sum, one) => sum + one.failed + one.unknown + one.waived, 0);
  return h(
    'div',
    { class: `card ${verdict}` },
    h('h3', null, mark(verdict), ': ', question),
    h('p', null, answer, '. Serves ', tags(requirements)),
    findings.length === 0
      ? null
      : h(
          'p',
          null,
          'See ',
          findings.map((one, at) => [at === 0 ? '' : '; ', link(one)]),
          left > findings.length ? `; and ${counted(left - findings.length, 'more', 'more')}` : '',
          '.',
        ),
    folded(
      'What the answer rests on',
      facts([
        ['Controls', list(controls.map(controlWords))],
        [
          'Evidence',
          evidence.length === 0
            ? 'what was seen at this look'
            : list([
                ...evidence.map((key) => h('code', null, key)),
                ...(evidenceLeft === 0 ? [] : [`and ${evidenceLeft} more in compliance.csv`]),
              ]),
        ],
        [
          runbooks === null ? `Written down ${IN_REPOSITORY}` : 'Written down in',
          documents.length === 0
            ? null
            : list(documents.map((path) => runbookLink(path, runbooks) ?? h('code', null, path))),
        ],
      ]),
    ),
  );
}

function link(one: Assessed): JSX.Element {
  return h('a', { href: `#${anchorOf(one)}` }, `${one.title} (${about(one.subject)})`);
}

function list(items: readonly ComponentChildren[]): JSX.Element {
  return h(
    'ul',
    { class: 'plain' },
    items.map((item) => h('li', null, item)),
  );
}

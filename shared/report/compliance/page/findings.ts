import { type ComponentChildren, h, type JSX } from 'preact';
import type { Assessed, Compliance } from '../compliance';
import { ofStanding, type Standing } from '../verdict';
import { about, counted, moment } from '../words';
import { facts, folded, mark, section, tags } from './parts';

/** So many are read one by one; the rest stand in the table of all assessments. */
const MOST_CARDS = 200;

/** What is wrong, gravest first; then what nobody could judge, and what is borne for a while. */
export function findings({ assessments, at }: Compliance): JSX.Element {
  const open = ofStanding(assessments, 'failed', at);
  const unknown = ofStanding(assessments, 'unknown', at);
  const waived = ofStanding(assessments, 'waived', at);
  return section(
    'findings',
    'Open findings',
    open.length === 0 ? h('p', null, 'None: no promise is known to be broken.') : cards(open, 'failed'),
    unknown.length === 0
      ? null
      : group(
          'Could not be judged',
          `${counted(unknown.length, 'assessment')} without a verdict, which is no pass`,
          cards(unknown, 'unknown'),
        ),
    waived.length === 0
      ? null
      : group(
          'Waived',
          `${counted(waived.length, 'failure')} that somebody bears for a while`,
          cards(waived, 'waived'),
        ),
  );
}

function group(title: string, summary: string, ...children: ComponentChildren[]): JSX.Element {
  return h('div', null, h('h3', null, title), folded(summary, children));
}

function cards(all: readonly Assessed[], standing: Standing): ComponentChildren {
  const more = all.length - MOST_CARDS;
  return [
    all.slice(0, MOST_CARDS).map((one) => card(one, standing)),
    more > 0
      ? h(
          'p',
          null,
          `${counted(more, 'more', 'more')}: `,
          h('a', { href: '#assessments' }, 'see all assessments'),
        )
      : null,
  ];
}

function card(one: Assessed, standing: Standing): JSX.Element {
  const { subject, waiver, command } = one;
  return h(
    'article',
    { class: `card ${standing}` },
    h(
      standing === 'failed' ? 'h3' : 'h4',
      null,
      h('span', { class: 'severity' }, one.severity),
      mark(standing),
      `: ${one.title} (${about(subject)})`,
    ),
    facts([
      ['Found', one.found],
      ['Expected', one.expected],
      ['Not seen now', one.unseen],
      ['Since', one.since === null ? null : moment(one.since)],
      ['If disaster comes now', one.cost],
      [
        'Waived',
        waiver === null
          ? null
          : `${waiver.reason} (until ${moment(waiver.until)}${standing === 'failed' ? ', which is over' : ''})`,
      ],
      ['What to do', one.remedy],
      ['Next command', command === null ? null : h('pre', null, h('code', null, command))],
      ['Runbook', h('code', null, one.runbook)],
      ['Control', [h('code', null, one.control), ' serves ', tags(one.requirements)]],
    ]),
  );
}

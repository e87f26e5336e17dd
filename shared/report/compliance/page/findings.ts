import { type ComponentChildren, h, type JSX } from 'preact';
import type { Assessed, Compliance, Standing } from '../compliance';
import { leftWords, MOST_CARDS } from '../cut';
import { IN_REPOSITORY } from '../runbooks';
import { ofStanding } from '../verdict';
import { about, counted, moment, waiverWords } from '../words';
import { facts, folded, mark, prose, runbookLink, section, tags } from './parts';

/** What is wrong, gravest first; then what nobody could judge, and what is borne for a while. */
export function findings({ assessments, at, runbooks }: Compliance): JSX.Element {
  const open = ofStanding(assessments, 'failed', at);
  const unknown = ofStanding(assessments, 'unknown', at);
  const waived = ofStanding(assessments, 'waived', at);
  return section(
    'findings',
    'Open findings',
    open.length === 0
      ? h('p', null, 'None: no promise is known to be broken.')
      : cards(open, 'failed', runbooks),
    unknown.length === 0
      ? null
      : group(
          'Could not be judged',
          `${counted(unknown.length, 'assessment')} without a verdict, which is no pass`,
          cards(unknown, 'unknown', runbooks),
        ),
    waived.length === 0
      ? null
      : group(
          'Waived',
          `${counted(waived.length, 'finding')} that somebody bears for a while`,
          cards(waived, 'waived', runbooks),
        ),
  );
}

/** Those that have a card of their own. */
export function shownFindings({ assessments, at }: Compliance): Assessed[] {
  return (['failed', 'unknown', 'waived'] as const).flatMap((wanted) =>
    ofStanding(assessments, wanted, at).slice(0, MOST_CARDS),
  );
}

/** Ids of findings hold nothing that an anchor may not. */
export function anchorOf({ id }: Assessed): string {
  return `finding-${id}`;
}

function group(title: string, summary: string, ...children: ComponentChildren[]): JSX.Element {
  return h('div', null, h('h3', null, title), folded(summary, children));
}

function cards(all: readonly Assessed[], standing: Standing, runbooks: string | null): ComponentChildren {
  const left = leftWords(all.slice(MOST_CARDS));
  return [
    all.slice(0, MOST_CARDS).map((one) => card(one, standing, runbooks)),
    left === null ? null : h('p', null, `${left}. `, h('a', { href: '#assessments' }, 'See all assessments')),
  ];
}

function card(one: Assessed, standing: Standing, runbooks: string | null): JSX.Element {
  const { subject, waiver, command } = one;
  return h(
    'article',
    { class: `card ${standing}`, id: anchorOf(one) },
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
      ['Waived', waiver === null ? null : waiverWords(waiver, standing)],
      ['What to do', prose(one.remedy)],
      ['Next command', command === null ? null : h('pre', null, h('code', null, command))],
      ['Runbook', runbookLink(one.runbook, runbooks) ?? [h('code', null, one.runbook), ` ${IN_REPOSITORY}`]],
      ['Control', [h('code', null, one.control), ' serves ', tags(one.requirements)]],
    ]),
  );
}

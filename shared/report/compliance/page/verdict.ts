import { h, type JSX } from 'preact';
import type { Verdict } from '../../../domain/inspection/check';
import type { Compliance } from '../compliance';
import { standing } from '../verdict';
import { counted, moment } from '../words';
import { facts, mark } from './parts';

const SAYS: Readonly<Record<Verdict, string>> = {
  passed: 'Every promise is kept',
  failed: 'Promises are broken',
  unknown: 'Not every promise could be judged',
};

/** What a person who reads one line only has to know. */
export function verdict(compliance: Compliance): JSX.Element {
  const { installation, account, at, home, copyRegions, assessments, databases } = compliance;
  const all = assessments.map((one) => standing(one, at));
  const count = (wanted: string) => all.filter((one) => one === wanted).length;
  return h(
    'div',
    null,
    h('h1', null, `Recoverability of ${installation}`),
    h(
      'p',
      { class: `verdict is-${compliance.verdict}` },
      h('strong', null, mark(compliance.verdict, compliance.verdict.toUpperCase())),
      h('strong', null, SAYS[compliance.verdict]),
      h(
        'span',
        null,
        `${count('failed')} failed, ${count('unknown')} unknown, ${count('waived')} waived, ${count('passed')} passed, of ${counted(assessments.length, 'assessment')}`,
      ),
    ),
    facts(
      [
        ['As of', moment(at)],
        ['Databases', databases.length.toLocaleString('en-US')],
        ['Home region', home],
        ['Copy regions', copyRegions.join(', ') || 'none'],
        ['Account', account],
      ],
      'facts',
    ),
  );
}

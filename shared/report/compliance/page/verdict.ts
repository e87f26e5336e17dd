import { h, type JSX } from 'preact';
import type { Compliance } from '../compliance';
import { isProtected } from '../verdict';
import { countWords, verdictWords } from '../verdict-words';
import { moment } from '../words';
import { facts, mark } from './parts';

/** What a person who reads one line only has to know. */
export function verdict(compliance: Compliance): JSX.Element {
  const { installation, account, at, home, copyRegions, assessments, databases } = compliance;
  return h(
    'div',
    null,
    h('h1', null, `Recoverability of ${installation}`),
    h(
      'p',
      { class: `verdict is-${compliance.verdict}` },
      h('strong', null, mark(compliance.verdict, compliance.verdict.toUpperCase())),
      h('strong', null, verdictWords(compliance)),
      h('span', null, countWords(assessments, at)),
    ),
    facts(
      [
        ['As of', moment(at)],
        ['Databases protected', databases.filter(isProtected).length.toLocaleString('en-US')],
        ['Home region', home],
        ['Copy regions', copyRegions.join(', ') || 'none'],
        ['Account', account],
      ],
      'facts',
    ),
  );
}

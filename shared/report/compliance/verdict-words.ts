import type { Assessed, Compliance } from './compliance';
import { isProtected, STANDINGS, standing } from './verdict';
import { counted } from './words';

/** What the verdict means, in one line, and why it is no better. */
export function verdictWords(compliance: Compliance): string {
  const { verdict, assessments, checklist, databases, at } = compliance;
  if (verdict === 'failed') return 'Promises are broken';
  const count = (wanted: string) => assessments.filter((one) => standing(one, at) === wanted).length;
  const waived = count('waived');
  if (verdict === 'passed') {
    const kept =
      waived === 0
        ? 'Every promise is kept'
        : `Every promise is kept, except for ${waived} that ${waived === 1 ? 'is' : 'are'} waived`;
    const silent = checklist.filter((item) => item.verdict === 'unknown');
    if (silent.length === 0) return kept;
    const questions = silent.map(({ question }) => question).join('; ');
    return `${kept}. Not answered, of the checklist: ${questions}`;
  }
  return databases.some(isProtected)
    ? 'Not every promise could be judged'
    : 'No database was found that a policy selects: nothing is known to be protected';
}

/** `9 failed, 1 unknown, 1 waived, 53 passed, of 64 assessments`. */
export function countWords(assessments: readonly Assessed[], at: string): string {
  const all = assessments.map((one) => standing(one, at));
  const told = STANDINGS.map(
    (word) => `${all.filter((one) => one === word).length.toLocaleString('en-US')} ${word}`,
  );
  return `${told.join(', ')}, of ${counted(assessments.length, 'assessment')}`;
}

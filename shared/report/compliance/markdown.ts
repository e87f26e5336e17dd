import { controlWords } from './checklist';
import { clean } from './clean';
import type { Compliance } from './compliance';
import { byControl, foundWords, linesOf, MOST_ROWS } from './cut';
import { databases } from './markdown/databases';
import { findings, runbookLink } from './markdown/findings';
import { code, list, table, text } from './markdown/marks';
import { MEANS, READING } from './reading-words';
import { IN_REPOSITORY } from './runbooks';
import { standing } from './verdict';
import { countWords, verdictWords } from './verdict-words';
import { about, day, moment } from './words';

/**
 * The report for repositories and tickets: what the page says, and what its pictures show in words. What comes from
 * outside is shown as it is written, never read as markup.
 */
export function complianceMarkdown(compliance: Compliance): string {
  const cleaned = clean(compliance);
  return `${[
    ...head(cleaned),
    ...findings(cleaned),
    ...checklist(cleaned),
    ...databases(cleaned),
    ...keys(cleaned),
    ...tenants(cleaned),
    ...assessments(cleaned),
    ...reading(),
  ].join('\n\n')}\n`;
}

function head(compliance: Compliance): string[] {
  const { installation, account, verdict, assessments, at, home, copyRegions } = compliance;
  return [
    `# Recoverability of ${text(installation)}`,
    `**${verdict.toUpperCase()}**: ${text(verdictWords(compliance))} (${countWords(assessments, at)})`,
    `As of ${moment(at)}; account ${text(account)}; home ${text(home)}; copies in ${text(copyRegions.join(', ') || 'no region')}`,
  ];
}

function checklist({ checklist, runbooks }: Compliance): string[] {
  return [
    '## Checklist',
    table(
      [
        'question',
        'verdict',
        'answer',
        'controls',
        'evidence',
        runbooks === null ? `written down ${IN_REPOSITORY}` : 'written down in',
        'serves',
      ],
      checklist.map((item) => [
        text(item.question),
        item.verdict,
        text(item.answer),
        item.controls.map((one) => text(controlWords(one))).join('; '),
        [
          ...item.evidence.map(code),
          ...(item.evidenceLeft === 0 ? [] : [`and ${item.evidenceLeft} more in compliance.csv`]),
        ].join('; ') || 'this look',
        item.documents.map((path) => runbookLink(path, runbooks) ?? code(path)).join('; '),
        text(item.requirements.join(', ')),
      ]),
    ),
  ];
}

function keys({ keys }: Compliance): string[] {
  if (keys.length === 0) return ['## Keys', 'None was seen that anything protected hangs on.'];
  const date = (iso: string | null, none = '–') => (iso === null ? none : day(iso));
  return [
    '## Keys',
    table(
      [
        'key',
        'region',
        'state',
        'managed by',
        'rotated every',
        'last rotated',
        'next rotation',
        'deleted on',
        'recovery points',
      ],
      keys.map((key) => [
        key.aliases[0] === undefined ? code(key.arn) : `${code(key.aliases[0])} (${code(key.arn)})`,
        text(key.region),
        text(key.state),
        key.managedBy,
        key.rotationDays === null ? '–' : `${key.rotationDays} days`,
        date(key.lastRotated),
        date(key.nextRotation, 'none planned'),
        date(key.deletion),
        key.recoveryPoints.toLocaleString('en-US'),
      ]),
    ),
  ];
}

function tenants({ databases }: Compliance): string[] {
  if (databases.length === 0) return [];
  return [
    '## Tenants',
    table(
      ['database', 'looked at', 'verdict', 'tenants', 'newest change', 'problems'],
      databases.map(({ database, inspection }) =>
        [
          database,
          inspection === null ? 'never' : moment(inspection.at),
          inspection?.verdict ?? 'unknown',
          inspection?.tenants?.toLocaleString('en-US') ?? 'unknown',
          inspection?.newestChange == null ? 'unknown' : moment(inspection.newestChange),
          inspection?.problems.join('; ') || '–',
        ].map(text),
      ),
    ),
  ];
}

function assessments({ assessments, at }: Compliance): string[] {
  if (assessments.length === 0) return ['## All assessments', 'None: nothing was judged.'];
  const controls = byControl(assessments, at);
  const rest = controls.flatMap(({ control, all }) =>
    linesOf(all.slice(MOST_ROWS), at).map((line) => `${code(control)}, ${line.standing}: ${text(line.text)}`),
  );
  return [
    '## All assessments',
    table(
      ['control', 'about', 'verdict', 'found', 'expected', 'serves', 'known to auditors as'],
      controls.flatMap(({ all }) =>
        all
          .slice(0, MOST_ROWS)
          .map((one) => [
            code(one.control),
            text(about(one.subject)),
            standing(one, at),
            text(foundWords(one)),
            text(one.expected),
            text(one.requirements.join(', ')),
            text(one.frameworks.join(', ')),
          ]),
      ),
    ),
    ...(rest.length === 0 ? [] : [list(rest)]),
  ];
}

function reading(): string[] {
  return [
    '## How to read this',
    list(MEANS.map(([standing, words]) => `**${standing}**: ${words}`)),
    ...READING,
  ];
}

import { controlWords } from './checklist';
import { clean } from './clean';
import type { Assessed, Compliance, DatabaseStanding } from './compliance';
import { forecastWords, pointWords, restoreWords } from './standing-words';
import { ofStanding, type Standing, standing } from './verdict';
import { about, agreement, counted, day, lasting, moment } from './words';

/** The report for repositories and tickets. What comes from outside is shown as it is written, never read as markup. */
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
  ].join('\n\n')}\n`;
}

function head({ installation, account, verdict, assessments, at, home, copyRegions }: Compliance): string[] {
  const all = assessments.map((one) => standing(one, at));
  const counts = (['failed', 'unknown', 'waived', 'passed'] as const)
    .map((word) => `${all.filter((one) => one === word).length} ${word}`)
    .join(', ');
  return [
    `# Recoverability of ${text(installation)}`,
    `**${verdict.toUpperCase()}**: ${counts}, of ${counted(assessments.length, 'assessment')}`,
    `As of ${moment(at)}; account ${text(account)}; home ${text(home)}; copies in ${text(copyRegions.join(', ') || 'no region')}`,
  ];
}

function findings({ assessments, at }: Compliance): string[] {
  const open = ofStanding(assessments, 'failed', at);
  const part = (title: string, wanted: Standing): string[] => {
    const all = ofStanding(assessments, wanted, at);
    return all.length === 0 ? [] : [`### ${title}`, ...all.map(finding)];
  };
  return [
    '## Open findings',
    ...(open.length === 0 ? ['None: no promise is known to be broken.'] : open.map(finding)),
    ...part('Could not be judged', 'unknown'),
    ...part('Waived', 'waived'),
  ];
}

function finding(one: Assessed): string {
  const { severity, title, subject, found, expected, unseen, since, cost, remedy, command, runbook, waiver } =
    one;
  const lines = [
    ['found', found],
    ['expected', expected],
    ['not seen now', unseen],
    ['since', since === null ? null : moment(since)],
    ['if disaster comes now', cost],
    ['waived', waiver === null ? null : `${waiver.reason} (until ${moment(waiver.until)})`],
    ['what to do', remedy],
    ['runbook', runbook],
    ['control', `${one.control}, serves ${one.requirements.join(', ')}`],
  ] as const;
  const told = lines.flatMap(([name, value]) => (value === null ? [] : [`  - ${name}: ${text(value)}`]));
  const next = command === null ? [] : ['  - next command:', '', block(command, '    ')];
  return [`- **${severity}**: ${text(title)} (${text(about(subject))})`, ...told, ...next].join('\n');
}

function checklist({ checklist }: Compliance): string[] {
  return [
    '## Checklist',
    table(
      ['question', 'verdict', 'answer', 'controls', 'evidence', 'serves'],
      checklist.map((item) => [
        item.question,
        item.verdict,
        item.answer,
        item.controls.map(controlWords).join('; '),
        item.evidence.join('; ') || 'this look',
        item.requirements.join(', '),
      ]),
    ),
  ];
}

function databases({ databases, at }: Compliance): string[] {
  if (databases.length === 0) return ['## Databases', 'None: no database was found that a policy selects.'];
  return [
    '## Databases',
    table(
      [
        'database',
        'policy',
        'objectives',
        'RPO',
        'RTO',
        'recovery point',
        'gaps',
        'last restore',
        'forecast',
      ],
      databases.map((standing) => [
        standing.database,
        standing.promise.policy,
        agreement(standing.promise.agreed),
        lasting(standing.promise.pointSeconds),
        lasting(standing.promise.timeSeconds),
        pointWords(standing),
        gaps(standing),
        restoreWords(standing),
        standing.trends.map((trend) => `${trend.region}: ${forecastWords(trend, at)}`).join('; ') || '–',
      ]),
    ),
  ];
}

function gaps({ slots }: DatabaseStanding): string {
  if (slots === null) return 'unknown';
  const told = slots.rows.flatMap(({ region, runs }) => {
    const lost = runs.filter(({ state }) => state === 'missed' || state === 'failed');
    const count = lost.reduce((sum, run) => sum + run.count, 0);
    return count === 0 ? [] : [`${region}: ${counted(count, 'slot')}`];
  });
  return told.join('; ') || 'none';
}

function keys({ keys }: Compliance): string[] {
  if (keys.length === 0) return ['## Keys', 'None was seen.'];
  return [
    '## Keys',
    table(
      ['key', 'region', 'state', 'last rotated', 'next rotation', 'recovery points'],
      keys.map((key) => [
        key.aliases[0] ?? key.arn,
        key.region,
        key.state,
        key.lastRotated === null ? '–' : day(key.lastRotated),
        key.nextRotation === null ? 'none planned' : day(key.nextRotation),
        `${key.recoveryPoints}`,
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
      databases.map(({ database, inspection }) => [
        database,
        inspection === null ? 'never' : moment(inspection.at),
        inspection?.verdict ?? 'unknown',
        `${inspection?.tenants ?? 'unknown'}`,
        inspection?.newestChange == null ? 'unknown' : moment(inspection.newestChange),
        inspection?.problems.join('; ') || '–',
      ]),
    ),
  ];
}

function assessments({ assessments, at }: Compliance): string[] {
  if (assessments.length === 0) return ['## All assessments', 'None: nothing was judged.'];
  return [
    '## All assessments',
    table(
      ['control', 'about', 'verdict', 'found', 'expected', 'serves', 'known to auditors as'],
      assessments.map((one) => [
        one.control,
        about(one.subject),
        standing(one, at),
        one.found,
        one.expected,
        one.requirements.join(', '),
        one.frameworks.join(', '),
      ]),
    ),
  ];
}

function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  return [line(names), `|${' --- |'.repeat(names.length)}`, ...rows.map(line)].join('\n');
}

/** A block of code whose fence is longer than any run of backticks inside, so that none ends it. */
function block(code: string, indent: string): string {
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [fence, code, fence].map((line) => `${indent}${line}`).join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '`': '&#96;',
  // The word joiner after it takes no room, and is what keeps GitHub and chats from calling somebody.
  '@': '@&#8288;',
};

/** A text that stands as it is: no HTML, cell, code, emphasis, link, picture or mention, and no address made a link. */
function text(plain: string): string {
  return plain
    .replace(/[&<>|`@\\*_[\]{}~#!$]/g, (character) => ENTITIES[character] ?? `\\${character}`)
    .replace(/:\/\//g, '&#58;//')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);
}

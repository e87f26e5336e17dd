import { CONTROLS } from '../shared/domain/controls/all';
import type { Control } from '../shared/domain/controls/control';
import { REFERENCES } from '../shared/domain/controls/frameworks';

/**
 * docs/controls.md: every control as a line of a table, then what it is good for and what to do. A test fails when it is
 * stale.
 */
export function controlsPage(): string {
  return `${[
    '# Controls',
    'What is judged, in every look at the world, against what the policy promises: outcomes, not switches. A verdict is',
    '`passed`, `failed`, or `unknown` where the data to judge by is missing, which is no pass. Each control is a file of',
    '`shared/domain/controls`.',
    '',
    '[`report-compliance`](../functions/report-compliance/README.md) judges by them: `light` ones every 10 minutes, `daily`',
    'ones once a day, when it makes the report. It tells when a verdict changes.',
    '',
    'Written by `npm run --silent controls > docs/controls.md`.',
    '',
    row(['control', 'what is so', 'serves', 'severity', 'pass', 'what to do', 'known to auditors as']),
    row(['---', '---', '---', '---', '---', '---', '---']),
    ...CONTROLS.map((control) =>
      row([
        `[\`${control.id}\`](#${control.id})`,
        control.title,
        control.requirements.join(', '),
        control.severity,
        control.pass,
        control.remedy.text,
        control.frameworks.join(', ') || '-',
      ]),
    ),
    '',
    ...CONTROLS.flatMap(article),
    '## What the names of the frameworks mean',
    '',
    'Only what published lists say of the same subject is named; titles are shortened.',
    '',
    row(['name', 'title', 'controls']),
    row(['---', '---', '---']),
    ...Object.entries(REFERENCES).map(([name, title]) => row([name, title, users(name).join(', ')])),
  ].join('\n')}\n`;
}

function article({ id, title, rationale, remedy, runbook }: Control): string[] {
  const command = remedy.command === undefined ? [] : ['', '```sh', remedy.command, '```'];
  const elsewhere = runbook === `docs/controls.md#${id}` ? [] : ['', `More: [${runbook}](../${runbook}).`];
  return [`## ${id}`, '', `**${title}.** ${rationale}`, '', `${remedy.text}.`, ...command, ...elsewhere, ''];
}

function users(name: string): string[] {
  return CONTROLS.filter(({ frameworks }) => frameworks.some((one) => one === name)).map(
    ({ id }) => `\`${id}\``,
  );
}

/** A bar would end the cell. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

if (require.main === module) process.stdout.write(controlsPage());

import type { Assessed, Compliance, Standing } from '../compliance';
import { leftWords, MOST_CARDS } from '../cut';
import { IN_REPOSITORY, runbookAddress } from '../runbooks';
import { ofStanding } from '../verdict';
import { about, moment, waiverWords } from '../words';
import { block, code, text } from './marks';

export function findings({ assessments, at, runbooks }: Compliance): string[] {
  const part = (title: string | null, wanted: Standing): string[] => {
    const all = ofStanding(assessments, wanted, at);
    if (all.length === 0) return [];
    const left = leftWords(all.slice(MOST_CARDS));
    return [
      ...(title === null ? [] : [`### ${title}`]),
      ...all.slice(0, MOST_CARDS).map((one) => finding(one, wanted, runbooks)),
      ...(left === null ? [] : [text(left)]),
    ];
  };
  const open = part(null, 'failed');
  return [
    '## Open findings',
    ...(open.length === 0 ? ['None: no promise is known to be broken.'] : open),
    ...part('Could not be judged', 'unknown'),
    ...part('Waived', 'waived'),
  ];
}

function finding(one: Assessed, standing: Standing, runbooks: string | null): string {
  const { severity, title, subject, found, expected, unseen, since, cost, remedy, command, waiver } = one;
  const lines = [
    ['found', found],
    ['expected', expected],
    ['not seen now', unseen],
    ['since', since === null ? null : moment(since)],
    ['if disaster comes now', cost],
    ['waived', waiver === null ? null : waiverWords(waiver, standing)],
    ['what to do', remedy],
  ] as const;
  const told = lines.flatMap(([name, value]) => (value === null ? [] : [`  - ${name}: ${text(value)}`]));
  const next = command === null ? [] : ['  - next command:', '', block(command, '    ')];
  return [
    `- **${severity}**: ${text(title)} (${text(about(subject))})`,
    ...told,
    `  - runbook: ${runbookLink(one.runbook, runbooks) ?? `${code(one.runbook)} ${IN_REPOSITORY}`}`,
    `  - control: ${code(one.control)}, serves ${text(one.requirements.join(', '))}`,
    ...next,
  ].join('\n');
}

/** Null where the policy does not say that it can be read. */
export function runbookLink(path: string, base: string | null): string | null {
  const address = runbookAddress(path, base);
  if (address === null) return null;
  // What would end the address is none of it; an address has no line end and no space.
  return `[${code(path)}](<${address.replace(/[<>\\|`]/g, encodeURIComponent)}>)`;
}

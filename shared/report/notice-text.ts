import type { Message, Notice } from '../domain/findings/messages';
import { formatDuration, formatInstant } from '../domain/time';
import { fitInto } from './notice-fit';
import { bytesInJson, plain } from './notice-plain';
import { article, costs, headline, nextCommand, standing, tally } from './notice-words';

/** Nobody reads more of them in a mail; the others have a line each. */
const MOST_IN_FULL = 25;

/** What a person on call reads: the gravest in full, the rest a line each, and how many did not fit. */
export function noticeText(message: Message, runbooks: string, room: number): string {
  const { notices, severity, installation } = message;
  const full = notices.map((notice) => inFull(notice, runbooks));
  const brief = notices.map(inBrief);
  const few = notices.length === 1 ? [] : [`${installation}, ${severity}: ${tally(message)}.\n`];
  // For the first line, the last one, and what stands between.
  const fitted = fitInto(full.map(bytesInJson), brief.map(bytesInJson), room - 600, MOST_IN_FULL);
  const lines = brief.slice(fitted.full, fitted.full + fitted.brief);
  return [
    ...few,
    ...full.slice(0, fitted.full),
    ...(lines.length === 0 ? [] : [lines.join('')]),
    ...(fitted.leftOut === 0
      ? []
      : [
          `${fitted.leftOut} more did not fit: the newest document under findings/ in the evidence store has all.\n`,
        ]),
    `Sent by holdfast (${installation}), message ${message.id}.\n`,
  ].join('\n');
}

function inFull(notice: Notice, runbooks: string): string {
  const { finding, change } = notice;
  const over = change.kind === 'resolved';
  const length = change.at - change.since;
  const since = `${formatInstant(change.since)}${length > 0 ? `, for ${formatDuration(length)}` : ''}`;
  const cost = costs(change);
  const rows: [string, string | null][] = [
    ['found', plain(change.found)],
    ['promised', plain(finding.expected)],
    [over ? 'was open' : 'since', over ? `${since}, until ${formatInstant(change.at)}` : since],
    ['serves', finding.requirements.join(', ')],
    ['costs', cost === null ? null : plain(cost)],
    ['next', nextCommand(notice)],
    ['read', article(finding.runbook, runbooks)],
  ];
  return [
    `${change.severity.toUpperCase()} ${headline(notice)}`,
    `  ${standing(change)}: ${finding.title}`,
    ...rows.filter(([, value]) => value !== null).map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    '',
  ].join('\n');
}

function inBrief(notice: Notice): string {
  return `- ${headline(notice)}: ${plain(notice.change.found, 160)}\n`;
}

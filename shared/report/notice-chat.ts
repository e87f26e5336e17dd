import type { Message, Notice } from '../domain/findings/messages';
import { formatDuration, formatInstant } from '../domain/time';
import { happeningType } from './notice-happening';
import { plain } from './notice-plain';
import { article, costs, headline, nextCommand, standing, tally } from './notice-words';

/** Slack's own limits of a header and of a section; Teams has larger ones. */
const MOST_TITLE = 150;
const MOST_DESCRIPTION = 3_000;

/** The gravest of a storm; a channel is no report. */
const MOST_LISTED = 10;

/**
 * A message as Amazon Q in chat applications shows it in Slack and Teams: its custom notifications have this form, and
 * anything else that a topic sends it is dropped without a word (UnsupportedEvents). It subscribes to the topic by itself
 * as an `https` endpoint, and SNS has one text per protocol: so `https` is chat, and programs are to be reached by a
 * queue, a function, or an event.
 */
export function chatNotification(message: Message, runbooks: string): string {
  const { id, installation, severity, notices } = message;
  const [first, ...more] = notices;
  const alone = more.length === 0;
  const title = alone ? headline(first) : `${tally(message)} (${installation})`;
  const command = nextCommand(first);
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: clip(markdown(`${severity.toUpperCase()} ${title}`), MOST_TITLE),
      description: clip(alone ? inFull(first) : inBrief(notices), MOST_DESCRIPTION),
      nextSteps: [
        ...(command === null ? [] : [code(command)]),
        `Read ${markdown(article(first.finding.runbook, runbooks), false)}`,
      ],
      keywords: [severity, ...(alone ? [first.finding.control] : [])],
    },
    metadata: {
      // All that is said of one finding is one thread, from opened to resolved.
      threadId: alone ? `${installation}:${first.finding.id}` : id,
      summary: clip(markdown(title), MOST_TITLE),
      eventType: happeningType(first.change.kind),
      relatedResources: notices.slice(0, MOST_LISTED).map(({ finding }) => finding.id),
      additionalContext: { installation, notice: id, severity },
    },
  });
}

function inFull({ finding, change }: Notice): string {
  const over = change.kind === 'resolved';
  const length = change.at - change.since;
  const since = `${formatInstant(change.since)}${length > 0 ? `, for ${formatDuration(length)}` : ''}`;
  const cost = costs(change);
  return [
    `${standing(change)}: ${markdown(finding.title)}`,
    `Found: ${markdown(change.found)}`,
    `Promised: ${markdown(finding.expected)}`,
    `${over ? 'Was open since' : 'Since'}: ${since}`,
    `Serves: ${finding.requirements.join(', ')}`,
    ...(cost === null ? [] : [`Costs: ${markdown(cost)}`]),
  ].join('\n');
}

function inBrief(notices: readonly Notice[]): string {
  const lines = notices
    .slice(0, MOST_LISTED)
    .map((notice) => `- ${markdown(headline(notice))}: ${markdown(plain(notice.change.found, 120))}`);
  const more = notices.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Look-alikes for what is markup in Slack or in Teams; neither knows a way to escape all of it. */
const LOOKS: Readonly<Record<string, string>> = {
  '`': "'",
  '*': '∗',
  '~': '∼',
  '[': '(',
  ']': ')',
  '|': '¦',
  '#': '＃',
  '\\': '＼',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/**
 * Text that is data, as it reads in a channel: no mention of everybody, no link that says another thing than it is, no
 * emphasis. A name with underscores keeps them: within a word they mean nothing.
 *
 * @param unlinked whether an address in it is to be kept from becoming a link
 */
function markdown(text: string, unlinked = true): string {
  const marked = plain(text)
    .replace(/[`*~[\]|#\\&<>]/g, (character) => LOOKS[character] ?? '')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿')
    .replaceAll('@', '＠');
  return unlinked ? marked.replaceAll('://', ':∕∕').replace(/:(\w+):/g, '꞉$1꞉') : marked;
}

/** A command to be copied: as it is, but for what would end the span or begin a mention. */
function code(command: string): string {
  if (command.includes('`')) return 'The command is in the mail: it cannot be shown here as it is';
  const quoted = command.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `Run \`${quoted}\``;
}

/** Not within an entity, which would leave half of it. */
function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/(&[a-z]*|[\ud800-\udbff])$/, '')}…`;
}

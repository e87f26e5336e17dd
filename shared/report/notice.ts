import { audienceOf } from '../domain/findings/audience';
import type { Message } from '../domain/findings/messages';
import { SEVERITIES } from '../domain/findings/rules';
import type { Attributes, NoticeText } from '../ports/notices';
import { chatNotification } from './notice-chat';
import { messageData } from './notice-data';
import { ascii, bytesInJson, plain } from './notice-plain';
import { noticeText } from './notice-text';
import { headline, tally } from './notice-words';

/** SNS takes 262,144 bytes, texts and attributes together; what JSON puts around the texts is less than the rest. */
const MOST_BYTES = 260_000;

/** "Less than 100 characters". */
const MOST_SUBJECT = 99;

/**
 * A message as SNS takes it. `email` is for people, `https` for chat, `sms` for a phone; whatever has no text of its own
 * gets the `default`, which is data: so queues, functions, streams and webhooks over `http` share one copy, where a copy
 * each would leave room for a fifth of it.
 *
 * @param runbooks what a runbook's path is put behind to make an address of it
 */
export function noticeMessage(message: Message, runbooks = ''): NoticeText {
  const attributes = attributesOf(message);
  const subject = subjectOf(message);
  const chat = chatNotification(message, runbooks);
  const room = MOST_BYTES - bytesOf(attributes) - bytesInJson(chat) - bytesInJson(subject);
  const data = messageData(message, runbooks, Math.floor(room / 2));
  const email = noticeText(message, runbooks, room - bytesInJson(data));
  return { subject, texts: { default: data, email, sms: subject, https: chat }, attributes };
}

function subjectOf(message: Message): string {
  const { notices, severity, installation } = message;
  const what = notices.length === 1 ? headline(notices[0]) : `${tally(message)} (${installation})`;
  return ascii(`${severity.toUpperCase()} ${what}`, MOST_SUBJECT);
}

/**
 * What filter policies go by; several of one message stand in one array, of which any may match. Of severities that is its
 * own, and of a change to what was told under others those as well.
 */
function attributesOf({ id, installation, notices }: Message): Attributes {
  const audience = new Set(notices.flatMap(({ change }) => audienceOf(change)));
  const each = (of: (notice: (typeof notices)[number]) => string) =>
    [...new Set(notices.map((notice) => word(of(notice))))].sort();
  return {
    notice: word(id),
    installation: word(installation),
    severity: SEVERITIES.filter((one) => audience.has(one)),
    kind: each(({ change }) => change.kind),
    control: each(({ finding }) => finding.control),
    database: each(({ finding }) => finding.subject.database),
  };
}

/** Attributes may not be empty, and have no characters beyond the basic plane. */
function word(text: string): string {
  return plain(text, 255).replace(/[\u{10000}-\u{10ffff}]/gu, '?') || '-';
}

/** Of each the name, the type and the value. */
function bytesOf(attributes: Attributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, value]) =>
      sum + name.length + 'String.Array'.length + Buffer.byteLength(JSON.stringify(value)),
    0,
  );
}

import type { MessageAttributeValue, PublishInput } from '@aws-sdk/client-sns';
import type { Scalar } from './filter-rule';
import { readAttributes } from './message-attributes';
import { invalid, unspoken } from './refusals';
import { sizeLimit, type Topic } from './topic';

/** What is said of a message, alone or in a batch. */
export type Said = Pick<
  PublishInput,
  | 'Message'
  | 'Subject'
  | 'MessageStructure'
  | 'MessageAttributes'
  | 'MessageDeduplicationId'
  | 'MessageGroupId'
>;

/** A message that SNS takes. */
export interface Message {
  readonly subject: string | null;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** What filter policies compare with. */
  readonly values: ReadonlyMap<string, readonly Scalar[]>;
  /** With the structure `json` each protocol may have a text of its own. */
  readonly structured: boolean;
  textFor(protocol: string): string;
}

/** "Less than 100 characters" (SNS: Publish). */
const SUBJECT_END = 100;

export function readMessage(topic: Topic, said: Said): Message {
  const { Message: body = '', Subject, MessageStructure, MessageAttributes = {} } = said;
  if (body === '') throw invalid('Empty message');
  if (Subject !== undefined && !isSubject(Subject)) throw invalid('Subject');
  if (said.MessageDeduplicationId !== undefined) {
    throw invalid(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  }
  if (said.MessageGroupId !== undefined) throw unspoken('MessageGroupId');
  const values = readAttributes(MessageAttributes);
  if (sizeOf(said) > sizeLimit(topic)) throw invalid('Message too long');
  if (MessageStructure !== undefined && MessageStructure !== 'json') throw invalid('MessageStructure');
  const structured = MessageStructure === 'json';
  const texts = structured ? textsIn(body) : { default: body };
  return {
    subject: Subject ?? null,
    attributes: MessageAttributes,
    values,
    structured,
    textFor: (protocol) => texts[protocol] ?? texts.default,
  };
}

/** One line of UTF-8; older pages of AWS have ASCII. */
function isSubject(subject: string): boolean {
  return subject !== '' && subject.length < SUBJECT_END && !/[\p{Cc}\u2028\u2029]/u.test(subject);
}

/** The body, and of each attribute the name, the type and the value. The subject does not count. */
export function sizeOf({ Message = '', MessageAttributes = {} }: Said): number {
  let bytes = Buffer.byteLength(Message);
  for (const [name, { DataType = '', StringValue = '', BinaryValue }] of Object.entries(MessageAttributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    bytes += BinaryValue?.byteLength ?? Buffer.byteLength(StringValue);
  }
  return bytes;
}

interface Texts extends Readonly<Record<string, string | undefined>> {
  readonly default: string;
}

/** Keys of unknown protocols, and values that are no text, are ignored; the default has to be there. */
function textsIn(body: string): Texts {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  const texts = Object.entries(Object(parsed)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const { default: usual, ...own } = Object.fromEntries(texts);
  if (usual === undefined) throw invalid('Message Structure - No default entry in JSON message body');
  return { ...own, default: usual };
}

import type { Severity } from '../controls/control';
import type { Instant } from '../time';
import { audienceOf, toldUnder } from './audience';
import { type Change, type ChangeKind, type Finding, type FindingsDocument, saidAt } from './document';
import { rank, SEVERITIES } from './rules';

/** Up to so many changes of one severity in one run have a message each: a thread of its own in chat. More are a storm. */
const MOST_ALONE = 3;

/**
 * Nor are they told one by one when there were so many within an hour: of a storm that drips, three changes at each look,
 * an hour brings two looks' worth of them and then a message for each look, where it would bring eighteen.
 */
const MOST_AN_HOUR = 6;

/**
 * The most databases that one message of a storm tells of. All stand in its attributes, for a subscriber that asks for one
 * of them must not miss it; with names of 63 characters that is a quarter of what SNS takes.
 */
const MOST_DATABASES = 1_000;

const KINDS: readonly ChangeKind[] = ['opened', 'worsened', 'reminder', 'resolved'];

/** One change of one finding, for whoever words it. */
export interface Notice {
  readonly finding: Finding;
  readonly change: Change;
}

/** What one message of SNS tells. */
export interface Message {
  /**
   * The same at every attempt, with the same notices, but for reminders that newer ones took the place of: receivers drop
   * what they have had.
   */
  readonly id: string;
  readonly installation: string;
  readonly severity: Severity;
  /** Gravest first. */
  readonly notices: readonly [Notice, ...Notice[]];
}

/** `holdfast:000000000123-critical-1:recovery-point-copy/qrosity-db/us-west-2`: the same at every attempt. */
export function noticeId(installation: string, { finding, change }: Notice): string {
  return `${installation}:${change.message}:${finding.id}`;
}

/** As it stands in keys: texts of it sort as the numbers do. */
export function padded(number: number): string {
  return `${number}`.padStart(12, '0');
}

/**
 * The message that each change of one run belongs to: one each while they are few, else one per severity. Severity keeps
 * them apart because subscriptions filter by it: who wants the critical ones gets no digest of the rest. So does whom else
 * a change is for.
 *
 * @param lately how many messages of each severity the last hour brought (`messagesSince`)
 */
export function messagesFor(
  number: number,
  kinds: ReadonlyMap<Finding, ChangeKind>,
  lately: ReadonlyMap<Severity, number>,
): Map<Finding, string> {
  const messages = new Map<Finding, string>();
  for (const severity of SEVERITIES) {
    const all = [...kinds]
      .filter(([finding]) => finding.severity === severity)
      .map(([finding, kind]) => ({ finding, kind, audience: audience(finding, kind) }))
      .sort((a, b) => inOneMessage(a, b) || order(a.kind, b.kind) || (a.finding.id < b.finding.id ? -1 : 1));
    const storm = all.length > MOST_ALONE || all.length + (lately.get(severity) ?? 0) > MOST_AN_HOUR;
    let part = 0;
    let [databases, itsAudience] = [new Set<string>(), ''];
    for (const { finding, audience } of all) {
      const { database } = finding.subject;
      const full = databases.size === MOST_DATABASES && !databases.has(database);
      if (!storm || full || audience !== itsAudience) {
        part += 1;
        [databases, itsAudience] = [new Set(), audience];
      }
      databases.add(database);
      messages.set(finding, `${padded(number)}-${severity}-${part}`);
    }
  }
  return messages;
}

function audience(finding: Finding, kind: ChangeKind): string {
  return audienceOf({ kind, severity: finding.severity, severities: toldUnder(finding) }).join(' ');
}

/** Those for one severity alone first. */
function inOneMessage(a: { readonly audience: string }, b: { readonly audience: string }): number {
  return a.audience.length - b.audience.length || (a.audience < b.audience ? -1 : +(a.audience > b.audience));
}

/** Messages since a moment by their severity, as far as findings remember: of each the newest word, and what is pending. */
export function messagesSince(findings: Iterable<Finding>, since: Instant): Map<Severity, number> {
  const found = new Map<string, Severity>();
  for (const { told, pending } of findings)
    for (const one of told === null ? pending : [told, ...pending])
      if (saidAt(one) >= since) found.set(one.message, one.severity);
  const counts = new Map<Severity, number>();
  for (const severity of found.values()) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return counts;
}

/** The messages that the run which wrote this document has to send, older ones first, then the gravest. */
export function messagesOf(document: FindingsDocument): Message[] {
  const byId = new Map<string, Notice[]>();
  for (const finding of document.findings) {
    for (const change of finding.pending) {
      if (change.claim.by !== document.run || change.claim.at !== document.at) continue;
      const there = byId.get(change.message);
      if (there === undefined) byId.set(change.message, [{ finding, change }]);
      else there.push({ finding, change });
    }
  }
  return [...byId]
    .sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
    .map(([id, notices]) => messageOf(document.installation, id, notices.sort(graver)));
}

/** By the number of the document, then by severity; those of one severity by their texts. */
function place(message: string): number {
  const [number, severity] = message.split('-');
  return Number(number) * SEVERITIES.length + rank(severity as Severity);
}

function messageOf(installation: string, message: string, notices: readonly Notice[]): Message {
  const [first, ...rest] = notices;
  if (first === undefined) throw new Error('a message tells of something');
  const { severity } = first.change;
  return { id: `${installation}:${message}`, installation, severity, notices: [first, ...rest] };
}

function graver(a: Notice, b: Notice): number {
  return (
    rank(a.change.severity) - rank(b.change.severity) ||
    order(a.change.kind, b.change.kind) ||
    (a.finding.id < b.finding.id ? -1 : 1)
  );
}

function order(a: ChangeKind, b: ChangeKind): number {
  return KINDS.indexOf(a) - KINDS.indexOf(b);
}

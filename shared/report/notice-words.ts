import type { Subject } from '../domain/controls/control';
import type { ChangeKind } from '../domain/findings/document';
import type { Message, Notice } from '../domain/findings/messages';
import { plain } from './notice-plain';

/** What a person types has to be whole: a longer one is not shown at all. */
const MOST_COMMAND = 1_500;

export const SAID: Readonly<Record<ChangeKind, string>> = {
  opened: 'opened',
  worsened: 'worsened',
  reminder: 'still open',
  resolved: 'resolved',
};

/** `qrosity-db in us-west-2`; `key 0 in us-east-1` where it is about no database in particular. */
export function where({ database, region, resource }: Subject): string {
  const what = database === '*' ? (resource ?? 'the installation') : database;
  const more = database === '*' || resource === undefined ? '' : ` (${resource})`;
  return plain(`${what}${more} in ${region}`, 300);
}

/** `opened: recovery-point-copy, qrosity-db in us-west-2`. */
export function headline({ finding, change }: Notice): string {
  return `${SAID[change.kind]}: ${finding.control}, ${where(finding.subject)}`;
}

/** The next command; what to do without one where it would be cut. */
export function nextCommand({ change, finding }: Notice): string | null {
  if (change.kind === 'resolved' || !change.command) return null;
  // No command of ours has a line break; one that came in by a name would run as a second command.
  const command = plain(change.command, Number.POSITIVE_INFINITY);
  return command.length <= MOST_COMMAND && command === change.command
    ? command
    : `see ${finding.runbook}: the command is too long or too strange to be shown here`;
}

/** `3 opened, 1 resolved`. */
export function tally({ notices }: Message): string {
  const kinds = Object.keys(SAID) as ChangeKind[];
  return kinds
    .map((kind) => ({ kind, count: notices.filter(({ change }) => change.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${SAID[kind]}`)
    .join(', ');
}

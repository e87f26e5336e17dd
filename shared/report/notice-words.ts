import type { Subject } from '../domain/controls/control';
import type { Change, ChangeKind } from '../domain/findings/document';
import type { Message, Notice } from '../domain/findings/messages';
import { plain } from './notice-plain';

/** What a person types has to be whole: a longer one is not shown at all. */
const MOST_COMMAND = 1_500;

const SAID: Readonly<Record<ChangeKind, string>> = {
  opened: 'opened',
  worsened: 'worsened',
  reminder: 'still open',
  resolved: 'resolved',
};

/** What nobody looks at any more is not mended by that. */
const GONE = 'no longer judged';

function said({ kind, ended }: Pick<Change, 'kind' | 'ended'>): string {
  return kind === 'resolved' && ended === 'gone' ? GONE : SAID[kind];
}

/** How a promise stands by this change, in front of what it says. */
export function standing({ kind, verdict, ended }: Pick<Change, 'kind' | 'verdict' | 'ended'>): string {
  if (kind !== 'resolved') return verdict === 'unknown' ? 'Nobody can tell whether this is so' : 'Not kept';
  if (ended === 'gone') return 'No longer judged; nothing shows that it is well';
  return verdict === 'unknown' ? 'Judged again, and kept' : 'Kept again';
}

/** What is lost if the disaster comes now; null of what is over. */
export function costs({ kind, verdict, cost }: Pick<Change, 'kind' | 'verdict' | 'cost'>): string | null {
  if (kind === 'resolved') return null;
  return cost ?? (verdict === 'unknown' ? 'nobody can tell, until it is judged again' : null);
}

/** Where to read on: an address, or what to look for where none is set (`compliance.runbooks`). */
export function article(runbook: string, runbooks: string): string {
  return runbooks === '' ? `in Holdfast's repository: ${runbook}` : `${runbooks}${runbook}`;
}

/** `qrosity-db in us-west-2`; `key 0 in us-east-1` where it is about no database in particular. */
export function where({ database, region, resource }: Subject): string {
  const what = database === '*' ? (resource ?? 'the installation') : database;
  const more = database === '*' || resource === undefined ? '' : ` (${resource})`;
  return plain(`${what}${more} in ${region}`, 300);
}

/** `opened: recovery-point-copy, qrosity-db in us-west-2`. */
export function headline({ finding, change }: Notice): string {
  return `${said(change)}: ${finding.control}, ${where(finding.subject)}`;
}

/** The next command; what to do without one where it would be cut. */
export function nextCommand({ change, finding }: Notice): string | null {
  if (change.kind === 'resolved' || !change.command) return null;
  // No command of ours has a line break; one that came in by a name would run as a second command.
  const command = plain(change.command, Number.POSITIVE_INFINITY);
  return command.length <= MOST_COMMAND && command === change.command
    ? command
    : `see ${finding.runbook} in Holdfast's repository: the command is too long or too strange to be shown here`;
}

/** `3 opened, 1 resolved, 1 no longer judged`. */
export function tally({ notices }: Message): string {
  return [...Object.values(SAID), GONE]
    .map((word) => ({ word, count: notices.filter(({ change }) => said(change) === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(', ');
}

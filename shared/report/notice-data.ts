import { type Message, type Notice, noticeId } from '../domain/findings/messages';
import { formatInstant } from '../domain/time';
import { fitInto } from './notice-fit';
import { bytesInJson, plain } from './notice-plain';
import { nextCommand } from './notice-words';

/** One notice as machines read it; the detail of its event too. */
export function noticeData(
  installation: string,
  notice: Notice,
  runbooks: string,
): Readonly<Record<string, unknown>> {
  const { finding, change } = notice;
  return {
    id: noticeId(installation, notice),
    kind: change.kind,
    at: formatInstant(change.at),
    since: formatInstant(change.since),
    finding: finding.id,
    state: change.kind === 'resolved' ? 'resolved' : 'open',
    severity: change.severity,
    verdict: change.verdict,
    // Of what is resolved: `passed`, or `gone` where nothing judges it any more; null where no document remembers.
    ended: change.ended ?? null,
    control: finding.control,
    title: finding.title,
    requirements: finding.requirements,
    subject: finding.subject,
    found: plain(change.found),
    expected: plain(finding.expected),
    cost: change.cost === null ? null : plain(change.cost),
    command: nextCommand(notice),
    measure: change.measure,
    runbook: `${runbooks}${finding.runbook}`,
  };
}

/** JSON for queues and functions: `holdfast.notice/1`. What is not in full is in `others`; the rest is counted. */
export function messageData(message: Message, runbooks: string, room: number): string {
  const { id, installation, severity, notices } = message;
  const full = notices.map((notice) => noticeData(installation, notice, runbooks));
  const brief = notices.map((notice) => ({
    id: noticeId(installation, notice),
    kind: notice.change.kind,
    finding: notice.finding.id,
  }));
  const sizes = (all: readonly unknown[]) => all.map((one) => bytesInJson(JSON.stringify(one)) + 1);
  const fitted = fitInto(sizes(full), sizes(brief), room - 600);
  return JSON.stringify({
    schema: 'holdfast.notice/1',
    id,
    installation,
    severity,
    notices: full.slice(0, fitted.full),
    others: brief.slice(fitted.full, fitted.full + fitted.brief),
    leftOut: fitted.leftOut,
  });
}

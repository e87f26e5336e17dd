import { CONTROLS } from '../../shared/domain/controls/all';
import type { Assessment, Pass } from '../../shared/domain/controls/control';
import type { Seen } from '../../shared/domain/controls/seen';
import type { Entry } from '../../shared/domain/decision';
import { type Assessing, assess } from '../../shared/domain/findings/assess';
import type { FindingsDocument } from '../../shared/domain/findings/document';
import { type Message, messagesOf } from '../../shared/domain/findings/messages';
import { sawAll } from '../../shared/domain/findings/saw-all';
import type { Policy } from '../../shared/domain/policy';
import { Refusal } from '../../shared/domain/refusal';
import type { Evidence } from '../../shared/ports/evidence';
import type { Happenings } from '../../shared/ports/happenings';
import type { Notices } from '../../shared/ports/notices';
import { noticeMessage } from '../../shared/report/notice';
import { noticeHappening } from '../../shared/report/notice-happening';
import { headline, tally } from '../../shared/report/notice-words';
import { newestFindings } from '../../shared/runtime/keep-findings';
import type { RunContext } from '../../shared/runtime/lambda';
import { type Delivery, tellFindings } from '../../shared/runtime/tell-findings';

export interface TellingPorts {
  readonly evidence: Evidence;
  readonly notices: Notices;
  readonly happenings: Happenings;
}

/** What one pass saw, and what its controls made of it. */
export interface Judged {
  readonly seen: Seen;
  readonly pass: Pass;
  readonly assessments: readonly Assessment[];
}

export interface Told {
  /** As findings stand now; null where they could not be kept. */
  readonly document: FindingsDocument | null;
  /** Ids of those that a change was told of in this run: opened, worsened, resolved. */
  readonly changed: ReadonlySet<string>;
  readonly entries: readonly Entry[];
}

/** Keeps what was found, and tells what changed; one line for each message and receiver. */
export async function tell(
  { evidence, notices, happenings }: TellingPorts,
  { policy, run, now, topics }: Pick<RunContext, 'policy' | 'run' | 'now' | 'topics'>,
  { seen, pass, assessments }: Judged,
): Promise<Told> {
  const runbooks = policy.compliance.runbooks ?? '';
  try {
    const { document, deliveries } = await tellFindings(
      assessments,
      assessing(policy, run, now, seen, pass),
      {
        evidence,
        topics,
        notices,
        happenings,
        inWords: (message) => noticeMessage(message, runbooks),
        asHappening: (installation, notice) => noticeHappening(installation, notice, runbooks),
      },
    );
    return {
      document,
      changed: changedIn(deliveries.map(({ message }) => message)),
      entries: deliveries.map((delivery) => entryOf(delivery, policy)),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const subject = { database: '*', region: policy.home };
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const entry = { subject, action: 'tell', reason: 'findings-not-kept', outcome: 'failed' } as const;
    return { document: null, changed: new Set(), entries: [{ ...entry, detail: error.message, ...hint }] };
  }
}

/** What would be told, and how findings would stand: one reading of the newest document, and nothing kept. */
export async function wouldTell(
  evidence: Evidence,
  { policy, run, now }: Pick<RunContext, 'policy' | 'run' | 'now'>,
  { seen, pass, assessments }: Judged,
): Promise<{ readonly document: FindingsDocument; readonly entries: readonly Entry[] }> {
  const newest = await newestFindings(evidence, policy.name);
  const document = assess(newest, assessments, assessing(policy, run, now, seen, pass));
  const entries = messagesOf(document).map(
    (message): Entry => ({ ...about(message, policy), outcome: 'planned', detail: wordsOf(message) }),
  );
  return { document, entries };
}

function assessing(policy: Policy, run: string, now: number, seen: Seen, pass: Pass): Assessing {
  return {
    installation: policy.name,
    run,
    controls: CONTROLS,
    pass,
    sawAll: sawAll(seen),
    waivers: policy.compliance.waivers,
    now,
  };
}

function changedIn(messages: readonly Message[]): Set<string> {
  const notices = messages.flatMap((message) => message.notices);
  return new Set(notices.flatMap(({ change, finding }) => (change.kind === 'reminder' ? [] : [finding.id])));
}

function entryOf({ message, receiver, taken, refusals }: Delivery, policy: Policy): Entry {
  const [first] = refusals;
  const line = { ...about(message, policy), detail: `${wordsOf(message)}, to ${receiver}` };
  if (first === undefined) return { ...line, outcome: 'done' };
  const of = `${taken} of ${message.notices.length} taken`;
  const hint = first.hint === undefined ? {} : { hint: first.hint };
  return { ...line, outcome: 'failed', detail: `${line.detail}: ${of}: ${first.message}`, ...hint };
}

function about(
  { notices: [first, ...rest] }: Message,
  { home }: Policy,
): Pick<Entry, 'subject' | 'action' | 'reason'> {
  const { database, region } = first.finding.subject;
  const subject = rest.length === 0 ? { database, region } : { database: '*', region: home };
  return { subject, action: 'tell', reason: rest.length === 0 ? first.change.kind : 'several' };
}

function wordsOf(message: Message): string {
  const [first, ...rest] = message.notices;
  return `${message.severity}: ${rest.length === 0 ? headline(first) : tally(message)}`;
}

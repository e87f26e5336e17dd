import { CONTROLS } from '../../shared/domain/controls/all';
import type { Pass } from '../../shared/domain/controls/control';
import type { Seen } from '../../shared/domain/controls/seen';
import type { Entry } from '../../shared/domain/decision';
import { type Assessing, assess } from '../../shared/domain/findings/assess';
import type { FindingsDocument } from '../../shared/domain/findings/document';
import { type Message, messagesOf } from '../../shared/domain/findings/messages';
import { momentOf } from '../../shared/domain/findings/moment';
import { sawAll } from '../../shared/domain/findings/saw-all';
import type { Policy } from '../../shared/domain/policy';
import { Refusal } from '../../shared/domain/refusal';
import type { Instant } from '../../shared/domain/time';
import type { Evidence } from '../../shared/ports/evidence';
import type { Happenings } from '../../shared/ports/happenings';
import type { Notices } from '../../shared/ports/notices';
import { noticeMessage } from '../../shared/report/notice';
import { noticeHappening } from '../../shared/report/notice-happening';
import { headline, tally } from '../../shared/report/notice-words';
import { newestFindings } from '../../shared/runtime/keep-findings';
import type { RunContext } from '../../shared/runtime/lambda';
import { type Delivery, tellFindings } from '../../shared/runtime/tell-findings';
import { type Judged, judgedAt } from './judge';

export interface TellingPorts {
  readonly evidence: Evidence;
  readonly notices: Notices;
  readonly happenings: Happenings;
}

export interface Told {
  /** As findings stand now; null where they could not be kept. */
  readonly document: FindingsDocument | null;
  /** At the moment of that document, or of the one that could not be kept. */
  readonly judged: Judged;
  /** Ids of those that a change was told of in this run: opened, worsened, resolved. */
  readonly changed: ReadonlySet<string>;
  readonly entries: readonly Entry[];
}

/** Keeps what was found, and tells what changed; one line for each message and receiver. */
export async function tell(
  { evidence, notices, happenings }: TellingPorts,
  { policy, run, now, topics }: Pick<RunContext, 'policy' | 'run' | 'now' | 'topics'>,
  seen: Seen,
  pass: Pass,
): Promise<Told> {
  const runbooks = policy.compliance.runbooks ?? '';
  let judged = judgedAt(momentOf(null, now, pass), seen, pass);
  const judgedFor = (moment: Instant) => {
    if (moment !== judged.seen.now) judged = judgedAt(moment, seen, pass);
    return judged.assessments;
  };
  try {
    const { document, deliveries } = await tellFindings(judgedFor, assessing(policy, run, now, seen, pass), {
      evidence,
      topics,
      notices,
      happenings,
      inWords: (message) => noticeMessage(message, runbooks),
      asHappening: (installation, notice) => noticeHappening(installation, notice, runbooks),
    });
    return {
      document,
      judged,
      changed: changedIn(deliveries.map(({ message }) => message)),
      entries: deliveries.map((delivery) => entryOf(delivery, policy)),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const subject = { database: '*', region: policy.home };
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const entry = { subject, action: 'tell', reason: 'findings-not-kept', outcome: 'failed' } as const;
    return {
      document: null,
      judged,
      changed: new Set(),
      entries: [{ ...entry, detail: error.message, ...hint }],
    };
  }
}

/** What would be told, and how findings would stand: one reading of the newest document, and nothing kept. */
export async function wouldTell(
  evidence: Evidence,
  { policy, run, now }: Pick<RunContext, 'policy' | 'run' | 'now'>,
  seen: Seen,
  pass: Pass,
): Promise<{
  readonly document: FindingsDocument;
  readonly judged: Judged;
  readonly entries: readonly Entry[];
}> {
  const newest = await newestFindings(evidence, policy.name);
  const judged = judgedAt(momentOf(newest, now, pass), seen, pass);
  const document = assess(newest, judged.assessments, assessing(policy, run, now, seen, pass));
  const entries = messagesOf(document).map(
    (message): Entry => ({ ...about(message, policy), outcome: 'planned', detail: wordsOf(message) }),
  );
  return { document, judged, entries };
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

function entryOf({ message, receiver, taken, refusals, unmarked }: Delivery, policy: Policy): Entry {
  const [refused] = refusals;
  const line = { ...about(message, policy), detail: `${wordsOf(message)}, to ${receiver}` };
  const first = refused ?? unmarked;
  if (first === null) return { ...line, outcome: 'done' };
  const troubles = [
    ...(refused === undefined ? [] : [`${taken} of ${message.notices.length} taken: ${refused.message}`]),
    ...(unmarked === null ? [] : [`told, and not marked so, which tells it again: ${unmarked.message}`]),
  ];
  const hint = first.hint === undefined ? {} : { hint: first.hint };
  return { ...line, outcome: 'failed', detail: `${line.detail}: ${troubles.join('; ')}`, ...hint };
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

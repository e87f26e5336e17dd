import type { Assessment } from '../domain/controls/control';
import { type Assessing, assess } from '../domain/findings/assess';
import type { FindingsDocument } from '../domain/findings/document';
import { mark, type Taken } from '../domain/findings/mark';
import { type Message, messagesOf, type Notice, noticeId } from '../domain/findings/messages';
import { momentOf } from '../domain/findings/moment';
import { Refusal } from '../domain/refusal';
import type { Instant } from '../domain/time';
import type { Evidence } from '../ports/evidence';
import type { Happening, Happenings } from '../ports/happenings';
import type { Notices, NoticeText } from '../ports/notices';
import { keepFindings, newestFindings } from './keep-findings';

export interface Telling {
  readonly evidence: Evidence;
  readonly notices: Notices;
  /** ARNs of the topics that every message goes to. */
  readonly topics: readonly string[];
  /** Null where no events are wanted. */
  readonly happenings: Happenings | null;
  /** The words for it (`shared/report`). */
  readonly inWords: (message: Message) => NoticeText;
  readonly asHappening: (installation: string, notice: Notice) => Happening;
}

/** What came of one message at one receiver. */
export interface Delivery {
  readonly message: Message;
  /** A topic's ARN, or `events`. */
  readonly receiver: string;
  /** How many of its notices were taken. */
  readonly taken: number;
  /** Why the others were not: the next run tries them again. */
  readonly refusals: readonly Refusal[];
  /** Why it could not be marked that they were taken: the next run tells them again. */
  readonly unmarked: Refusal | null;
}

export interface ToldFindings {
  /** As it stands after this run. */
  readonly document: FindingsDocument;
  readonly deliveries: readonly Delivery[];
}

/** What the default bus is called among receivers. */
const EVENTS = 'events';

/**
 * How often a run begins again because another kept its number. Each time that other one got on, and a run keeps a document
 * for each message and receiver: some forty at most, sixty in a storm of thousands.
 */
const MOST_ATTEMPTS = 100;

/**
 * And how often because the store was busy with another's write of the same number: that is done within the second, as a
 * rule, and each attempt reads and judges anew.
 */
const MOST_BUSY = 5;

/**
 * Keeps what was found, tells what changed, and marks what was taken, in this order: a document with the changes pending,
 * then message by message the topic and a document with it marked. Killed anywhere, a run leaves its changes pending, and
 * the next one tells them.
 *
 * What cannot be had: a run that dies between the topic's taking a message and the mark, hears no answer, or may not keep
 * the mark, has told it. It is then told once more, word for word and with the same ids inside, so that receivers can drop
 * it.
 *
 * Every message is tried at every receiver; what was refused is in `deliveries`, for the run to fail with at its end. Only
 * what would overtake an older word on the same finding waits for that: resolved before opened would leave it open.
 *
 * @param judged what the look shows for a moment: that of the document to be kept, which may be later than the run's own.
 *   Pure; asked anew at each attempt to keep one
 */
export async function tellFindings(
  judged: (moment: Instant) => readonly Assessment[],
  about: Assessing,
  telling: Telling,
): Promise<ToldFindings> {
  const { evidence, topics, happenings } = telling;
  const receivers = [...topics, ...(happenings === null ? [] : [EVENTS])];
  let document = await kept(evidence, about.installation, (newest) =>
    assess(newest, judged(momentOf(newest, about.now, about.pass)), about),
  );
  const deliveries: Delivery[] = [];
  for (const message of messagesOf(document)) {
    if (receivers.length === 0) deliveries.push(nobody(message));
    for (const receiver of receivers) {
      const due = message.notices.filter(({ change }) => !change.taken.includes(receiver));
      if (due.length > 0 && isBehind(document, message, receiver)) continue;
      const { taken, refusals } = await deliver(message, due, receiver, telling);
      // Also where nothing was left to be taken: a receiver less in the settings, and the rest have it.
      const toMark = due.length > 0 ? taken : message.notices;
      const findings = new Set(toMark.map(({ finding }) => finding.id));
      const what = { run: about.run, message: message.notices[0].change.message, receiver, findings };
      const marking = await marked(evidence, document, findings.size === 0 ? null : what, receivers);
      document = marking.document;
      deliveries.push({
        message,
        receiver,
        taken: taken.length,
        refusals,
        unmarked: marking.refusal,
      });
    }
  }
  return { document, deliveries };
}

function nobody(message: Message): Delivery {
  const refusal = new Refusal('invalid', 'there is nobody to tell', 'name a topic in NOTICES_TOPIC');
  return { message, receiver: 'nobody', taken: 0, refusals: [refusal], unmarked: null };
}

/** Whether the receiver lacks an older change of one of these findings: refused just now, or another run's to tell. */
function isBehind({ findings }: FindingsDocument, { notices }: Message, receiver: string): boolean {
  const told = new Set(notices.map(({ finding }) => finding.id));
  const { message } = notices[0].change;
  return findings.some(
    ({ id, pending }) =>
      told.has(id) && pending.some((one) => one.message < message && !one.taken.includes(receiver)),
  );
}

async function deliver(
  message: Message,
  due: readonly Notice[],
  receiver: string,
  { notices, happenings, inWords, asHappening }: Telling,
): Promise<{ readonly taken: readonly Notice[]; readonly refusals: readonly Refusal[] }> {
  if (due.length === 0) return { taken: [], refusals: [] };
  try {
    if (receiver !== EVENTS || happenings === null) {
      await notices.publish(receiver, inWords(message));
      return { taken: due, refusals: [] };
    }
    const refused = await happenings.put(due.map((notice) => asHappening(message.installation, notice)));
    const lost = new Set(refused.map(({ id }) => id));
    const taken = due.filter((notice) => !lost.has(noticeId(message.installation, notice)));
    return { taken, refusals: refused.map(({ refusal }) => refusal) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { taken: [], refusals: [error] };
  }
}

/**
 * Keeps that something was taken, in what follows a document that this run kept itself: the newest one, as a rule, which
 * need not be read again. A storm's are 20 MB. Where it cannot be kept the document stays what it was, and the refusal is
 * for whoever reports it.
 *
 * @param taken null where nothing was
 */
async function marked(
  evidence: Evidence,
  document: FindingsDocument,
  taken: Taken | null,
  receivers: readonly string[],
): Promise<{ readonly document: FindingsDocument; readonly refusal: Refusal | null }> {
  if (taken === null) return { document, refusal: null };
  const following = (newest: FindingsDocument | null) => {
    if (newest !== null) return mark(newest, taken, receivers);
    throw new Refusal('gone', 'the documents of findings are gone since this run began');
  };
  try {
    const next = following(document);
    const isFirst = (await attempt(evidence, next)) === 'kept';
    return {
      document: isFirst ? next : await kept(evidence, document.installation, following),
      refusal: null,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { document, refusal: error };
  }
}

/** Keeps what follows the newest document; whoever comes second begins again from there. */
async function kept(
  evidence: Evidence,
  installation: string,
  following: (newest: FindingsDocument | null) => FindingsDocument,
): Promise<FindingsDocument> {
  for (let [attempts, busy] = [1, 0]; attempts <= MOST_ATTEMPTS && busy < MOST_BUSY; attempts += 1) {
    const next = following(await newestFindings(evidence, installation));
    const came = await attempt(evidence, next);
    if (came === 'kept') return next;
    busy = came === 'busy' ? busy + 1 : 0;
  }
  throw new Refusal(
    'busy',
    'other runs kept each document of findings first, or were at it, however often this one began again',
    'the next run tries again',
  );
}

/** `taken`: another run was first. `busy`: the store has another's write of this number in hand, and takes no second one. */
async function attempt(evidence: Evidence, document: FindingsDocument): Promise<'kept' | 'taken' | 'busy'> {
  try {
    await keepFindings(evidence, document);
    return 'kept';
  } catch (error) {
    if (error instanceof Refusal && (error.kind === 'taken' || error.kind === 'busy')) return error.kind;
    throw error;
  }
}

import type { About, Assessment } from '../../shared/domain/controls/control';
import type { Assessing } from '../../shared/domain/findings/assess';
import type { FindingsDocument } from '../../shared/domain/findings/document';
import { Refusal } from '../../shared/domain/refusal';
import type { Instant } from '../../shared/domain/time';
import type { Evidence } from '../../shared/ports/evidence';
import type { Happening, Happenings } from '../../shared/ports/happenings';
import type { Notices, NoticeText } from '../../shared/ports/notices';
import { noticeMessage } from '../../shared/report/notice';
import { noticeHappening } from '../../shared/report/notice-happening';
import { newestFindings } from '../../shared/runtime/keep-findings';
import { type Telling, tellFindings } from '../../shared/runtime/tell-findings';
import { HOME } from './builders';

export const INSTALLATION = 'holdfast-prod';
export const TOPIC = 'arn:aws:sns:us-east-1:111122223333:holdfast';
export const OTHER_TOPIC = 'arn:aws:sns:us-west-2:111122223333:holdfast';

export function about(fields: Partial<About> = {}): About {
  const id = fields.id ?? 'recovery-point-home';
  return {
    id,
    title: 'The newest recovery point at home is as new as promised',
    requirements: ['REC-1'],
    severity: 'critical',
    rationale: 'What is newer than it is lost.',
    remedy: { text: 'Take one' },
    runbook: `docs/controls.md#${id}`,
    pass: 'light',
    frameworks: [],
    ...fields,
  };
}

export const LIGHT = about();
export const DAILY = about({ id: 'tags-copied', pass: 'daily', severity: 'low' });
export const QUIET = about({ id: 'multi-az', severity: 'low' });

export function assessment(verdict: Assessment['verdict'], fields: Partial<Assessment> = {}): Assessment {
  return {
    control: LIGHT.id,
    subject: { database: 'qrosity-db', region: HOME },
    verdict,
    found: verdict === 'unknown' ? 'us-east-1 does not answer' : `it is ${verdict}`,
    expected: 'no older than 60 minutes (recovery.point)',
    ...fields,
  };
}

export function assessing(fields: Partial<Assessing> & Pick<Assessing, 'now'>): Assessing {
  return {
    installation: INSTALLATION,
    run: `run-${fields.now}`,
    controls: [LIGHT, DAILY, QUIET],
    pass: 'light',
    sawAll: true,
    waivers: [],
    ...fields,
  };
}

export class Died extends Error {}

/** One message that a topic took. */
export interface Sent {
  readonly topic: string;
  readonly id: string;
  readonly notice: NoticeText;
  /** The findings that it tells of, by the ids of their notices. */
  readonly tells: ReadonlyMap<string, { readonly finding: string; readonly kind: string }>;
}

/** A store, topics and a bus that remember; any call may be the caller's last. */
export class FindingsWorld {
  readonly records = new Map<string, string>();
  readonly sent: Sent[] = [];
  readonly events: Happening[] = [];
  /** Messages that were taken by a receiver and not marked, as their run died or the store refused: `message receiver`. */
  readonly gaps: string[] = [];
  /** Receivers that refuse; and what the store refuses: `some records` of three one. */
  refusing: readonly string[] = [];
  /** The store's answer to what it is to keep next, until there is none left. */
  answers: Refusal[] = [];
  calls = 0;
  /** Waits before each call: another run may come in between. */
  pause: () => Promise<unknown> = async () => undefined;
  #dies: { at: number; moment: 'before' | 'after' } | null = null;
  #unmarked: string[] = [];
  #kept = 0;

  /** Runs once, with what is judged of a moment, or the same of any. */
  async run(
    judged: readonly Assessment[] | ((moment: Instant) => readonly Assessment[]),
    how: Assessing,
    topics: readonly string[] = [TOPIC],
  ) {
    const of = typeof judged === 'function' ? judged : () => judged;
    return await tellFindings(of, how, this.telling(topics));
  }

  async dies(at: number, moment: 'before' | 'after', running: () => Promise<unknown>): Promise<void> {
    this.#dies = { at: this.calls + at, moment };
    this.#unmarked = [];
    try {
      await running();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.gaps.push(...this.#unmarked);
    } finally {
      this.#dies = null;
    }
  }

  async newest(): Promise<FindingsDocument> {
    const newest = await newestFindings(this.evidence(), INSTALLATION);
    if (newest === null) throw new Error('there is no document');
    return newest;
  }

  telling(topics: readonly string[]): Telling {
    return {
      evidence: this.evidence(),
      notices: this.notices(),
      topics,
      happenings: this.happenings(),
      inWords: (message) => noticeMessage(message),
      asHappening: (installation, notice) => noticeHappening(installation, notice),
    };
  }

  evidence(): Evidence {
    return {
      keep: (key, record) =>
        this.#call(() => {
          this.#kept += 1;
          const answer = this.answers.shift();
          const refused = this.refusing.includes('some records') && this.#kept % 3 === 0;
          if (answer !== undefined || refused) {
            this.gaps.push(...this.#unmarked.splice(0));
            throw answer ?? new Refusal('throttled', `${key}: slow down`);
          }
          const text = JSON.stringify(record);
          const there = this.records.get(key);
          if (there !== undefined && there !== text) throw new Refusal('taken', `${key} is taken`);
          this.records.set(key, text);
          this.#unmarked = [];
          return there === undefined ? 'kept' : 'kept-before';
        }),
      list: (prefix, { after = '', most = Number.POSITIVE_INFINITY } = {}) =>
        this.#call(() =>
          [...this.records.keys()]
            .filter((key) => key.startsWith(prefix) && key > after)
            .sort()
            .slice(0, most),
        ),
      newest: () => Promise.reject(new Error('documents of findings have no time in their keys')),
      read: (key) => this.#call(() => JSON.parse(this.records.get(key) ?? 'null')),
    };
  }

  notices(): Notices {
    return {
      publish: (topic, notice) =>
        this.#call(() => {
          if (this.refusing.includes(topic)) throw new Refusal('throttled', `${topic} is busy`);
          const { id, notices } = JSON.parse(notice.texts.default);
          this.#unmarked.push(`${id} ${topic}`);
          type Told = { id: string; finding: string; kind: string };
          const tells = new Map((notices as Told[]).map((one) => [one.id, one]));
          this.sent.push({ topic, id, notice, tells });
        }),
    };
  }

  happenings(): Happenings {
    return {
      put: (happenings) =>
        this.#call(() => {
          if (this.refusing.includes('events'))
            return happenings.map(({ id }) => ({ id, refusal: new Refusal('throttled', 'the bus is busy') }));
          // One entry in three is refused alone, where the bus is in part.
          const some = happenings.filter((_, at) => !this.refusing.includes('some events') || at % 3 !== 0);
          this.events.push(...some);
          this.#unmarked.push(...some.map(({ id }) => `${id} events`));
          return happenings
            .filter((one) => !some.includes(one))
            .map(({ id }) => ({ id, refusal: new Refusal('throttled', 'not this one') }));
        }),
    };
  }

  async #call<T>(effect: () => T): Promise<T> {
    await this.pause();
    this.calls += 1;
    const last = this.#dies !== null && this.calls >= this.#dies.at;
    if (last && (this.#dies?.moment === 'before' || this.calls > (this.#dies?.at ?? 0))) throw new Died();
    const answer = effect();
    if (last) throw new Died();
    return answer;
  }
}

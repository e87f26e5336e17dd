import { count } from '../../shared/domain/controls/figures';
import type { Entry } from '../../shared/domain/decision';
import type { Policy, Protection } from '../../shared/domain/policy';
import { isGood } from '../../shared/domain/snapshot';
import {
  DAY,
  type Duration,
  formatDuration,
  formatInstant,
  type Instant,
  MINUTE,
} from '../../shared/domain/time';
import type { VirtualClock } from '../clock';
import type { Invocation } from './functions';
import { rulesOf } from './keys';
import type { Mailbox } from './mailbox';
import type { Operator } from './operator';
import type { Verdict } from './promises';
import type { Telling } from './teller';

/** What became of the deletion that somebody scheduled. Durations in milliseconds, on the virtual clock. */
export interface Danger {
  readonly region: string;
  readonly key: string;
  readonly scheduled: string;
  /** What the guard said. */
  readonly finding: string | null;
  readonly foundAfter: Duration | null;
  readonly rescued: boolean;
  /** When the person on call heard of it, who saved it; null where nobody did, or had to. */
  readonly toldAfter: Duration | null;
  /** What a restore answered while nobody had saved the key; null where there was no time to try. */
  readonly restoreAnswered: string | null;
  readonly recoveryPoints: number;
}

interface Cast {
  readonly clock: Pick<VirtualClock, 'now'>;
  readonly policy: Policy;
  readonly protection: Protection;
  readonly database: string;
  readonly operator: (region: string) => Operator;
  readonly mailbox: Pick<Mailbox, 'about'>;
  /** Whether the alarm for keys in danger rings: its topic has no key, and is heard where notices cannot be. */
  readonly rings: () => Promise<boolean>;
}

/** A key whose deletion somebody scheduled, and how many recovery points hang on it. */
interface Endangered {
  readonly region: string;
  readonly alias: string;
  readonly arn: string;
  readonly at: Instant;
  readonly points: number;
  readonly deletion: Instant | null;
}

/** KMS's shortest waiting period, in days. */
const WINDOW = 7;
/** By when the next look of report-compliance has told of a key: after that, nobody waits for mail any more. */
const MAIL_TAKES: Duration = 15 * MINUTE;

/** Someone schedules the deletion of the copies' key; the guard saves it, or whoever is on call does what they are told. */
export class StoryOfDanger {
  #danger: Endangered | null = null;
  #found: { readonly entry: Entry; readonly at: Instant } | null = null;
  #saved: Instant | null = null;
  #told: Instant | null = null;
  #answer: string | null = null;
  #toldOf = false;
  #over = false;

  constructor(private readonly cast: Cast) {}

  /** Someone schedules the deletion. */
  async endanger({ region, alias }: { region: string; alias: string }, telling: Telling): Promise<void> {
    const { clock, operator } = this.cast;
    const { arn } = await operator(region).key(alias);
    const points = await this.#points(region, arn);
    await operator(region).scheduleDeletion(arn, WINDOW);
    const { deletion } = await operator(region).key(alias);
    this.#danger = { region, alias, arn, at: clock.now(), points, deletion };
    telling.note(
      `${formatInstant(clock.now())} someone schedules the deletion of ${region} ${alias}, which ${points === 1 ? '1 recovery point hangs' : `${points || 'no'} recovery points hang`} on`,
    );
  }

  hear({ function: name, at, report }: Invocation): void {
    const danger = this.#danger;
    if (name !== 'rotate-keys' || danger === null) return;
    const entry = report?.entries.find(
      ({ reason, subject }) => reason === 'key-pending-deletion' && subject.region === danger.region,
    );
    if (entry === undefined) return;
    this.#found ??= { entry, at };
    if (entry.outcome === 'done') this.#saved ??= at;
  }

  /** What the guard did is told; where it did not save the key, on call does it, once the word has reached them. */
  async attend(telling: Telling): Promise<void> {
    const danger = this.#danger;
    if (danger === null || this.#over) return;
    const { state } = await this.cast.operator(danger.region).key(danger.alias);
    if (this.#found !== null && !this.#toldOf) {
      this.#toldOf = true;
      await this.#tell(danger, this.#found, state, telling);
    }
    if (state === 'Enabled') this.#over = true;
    else await this.#onCall(danger, telling);
  }

  async #tell(
    danger: Endangered,
    { entry: { outcome, detail = '' }, at }: { readonly entry: Entry; readonly at: Instant },
    state: string,
    telling: Telling,
  ): Promise<void> {
    const after = formatDuration(at - danger.at);
    const when = formatInstant(this.cast.clock.now());
    if (outcome === 'done')
      return telling.note(`${when} the guard heard of it after ${after} and saved the key; it is ${state}`);
    const why = rulesOf(danger, this.cast).rescue
      ? `could not save it: ${detail}`
      : 'is not to save it (keys.rescue: false)';
    telling.note(`${when} the guard heard of it after ${after}, and ${why}`);
    if (danger.points > 0) await this.#tellLoss(danger, telling);
  }

  /** What a restore is answered with now, and what would have been lost with the key. */
  async #tellLoss({ region, points, deletion }: Endangered, telling: Telling): Promise<void> {
    const { operator, database, policy, protection } = this.cast;
    this.#answer = await operator(region).tryRestore(database);
    const unheeded = deletion === null ? 'unheeded' : `unheeded, on ${formatInstant(deletion)}`;
    const with_ = region === policy.home ? `, and ${database} with them` : '';
    let left = 0;
    for (const { region: other } of protection.copies)
      if (other !== region) left += await this.#points(other, null);
    telling.note(
      `a restore in ${region} is answered with ${this.#answer ?? 'nothing to restore'}; ${unheeded} ${points === 1 ? 'the one recovery point' : `all ${points} recovery points`} there would have been lost${with_}; with ${policy.home} gone, ${left === 0 ? `all of ${database}` : `${count(left, 'recovery point')} would have been left in other regions`}`,
    );
  }

  /** Whoever is on call reads their mail, and does what stands in it. Where none can be sent, the alarm is what they hear. */
  async #onCall(danger: Endangered, telling: Telling): Promise<void> {
    const { clock, operator, mailbox, rings } = this.cast;
    const mail = mailbox.about('key-in-danger', danger.at);
    // Mail is quicker than the alarm's runbook; where the key in danger is that of the notices, there is none.
    const waited = clock.now() - danger.at >= MAIL_TAKES;
    const command = mail?.body ?? (waited && (await rings()) ? this.#found?.entry.hint : null);
    if (command == null) return;
    const typed = SAVES.exec(command);
    if (typed?.[1] !== danger.region || typed[2] !== danger.arn) return;
    const heard = mail === undefined ? 'the alarm rings' : 'the mail is there';
    const after = formatDuration((mail?.at ?? clock.now()) - danger.at);
    telling.note(
      `${formatInstant(clock.now())} ${heard} after ${after}; on call types what it says: ${typed[0]}`,
    );
    await operator(danger.region).saveKey(typed[2]);
    this.#told = mail?.at ?? clock.now();
    this.#over = true;
  }

  verdicts(): Verdict[] {
    if (this.#danger === null) return [];
    const { region, alias, at } = this.#danger;
    const { rescue } = rulesOf(this.#danger, this.cast);
    const promise = `keys, ${region} ${alias} about to be deleted`;
    const within = (what: string, limit: Duration, instant: Instant | null): Verdict => ({
      promise: `${promise}: ${what} after`,
      limit: formatDuration(limit),
      measured: instant === null ? 'never' : formatDuration(instant - at),
      held: instant !== null && instant - at <= limit,
    });
    if (rescue) return [within('saved', DAY, this.#saved)];
    return [within('found', DAY, this.#found?.at ?? null), within('on call told', DAY, this.#told)];
  }

  outcome(): Danger | null {
    if (this.#danger === null) return null;
    const { region, alias, at, points } = this.#danger;
    return {
      region,
      key: alias,
      scheduled: formatInstant(at),
      finding: this.#found?.entry.detail ?? null,
      foundAfter: this.#found === null ? null : this.#found.at - at,
      rescued: this.#saved !== null,
      toldAfter: this.#told === null ? null : this.#told - at,
      restoreAnswered: this.#answer,
      recoveryPoints: points,
    };
  }

  /** Good recovery points of the database in a region, whoever took them; under one key or under any. */
  async #points(region: string, key: string | null): Promise<number> {
    const all = await this.cast.operator(region).snapshots(this.cast.database, 'all');
    return all.filter((one) => isGood(one) && (key === null || one.key === key)).length;
  }
}

/** The command that a finding tells to save a key with. */
const SAVES =
  /aws kms cancel-key-deletion --region (\S+) --key-id (\S+) && aws kms enable-key --region \1 --key-id \2/;

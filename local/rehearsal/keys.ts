import type { Entry } from '../../shared/domain/decision';
import type { Policy, Protection } from '../../shared/domain/policy';
import { isGood } from '../../shared/domain/snapshot';
import {
  DAY,
  type Duration,
  formatDuration,
  formatInstant,
  HOUR,
  type Instant,
} from '../../shared/domain/time';
import type { VirtualClock } from '../clock';
import type { Functions, Invocation } from './functions';
import { HOME_KEY } from './machine';
import type { Operator } from './operator';
import type { Verdict } from './promises';
import type { Telling } from './teller';

/** Of one key, at the end of its story. */
export interface KeyOutcome {
  readonly region: string;
  readonly key: string;
  readonly state: string;
  readonly automatic: number;
  readonly onDemand: number;
  /** Of the material, at any daily run: milliseconds. */
  readonly oldest: Duration;
}

/** What became of the deletion that somebody scheduled. */
export interface Danger {
  readonly region: string;
  readonly key: string;
  readonly scheduled: string;
  /** What the guard said. */
  readonly finding: string | null;
  readonly foundAfter: Duration | null;
  readonly rescued: boolean;
  /** What a restore answered while nobody had saved the key; null where there was no time to try. */
  readonly restoreAnswered: string | null;
  readonly recoveryPoints: number;
}

interface Cast {
  readonly functions: Functions;
  readonly clock: VirtualClock;
  readonly policy: Policy;
  readonly protection: Protection;
  readonly database: string;
  readonly operator: (region: string) => Operator;
}

/** KMS is asked once a day, and its own rotation is waited for a day: so much later than promised, and no more. */
const TO_ACT: Duration = 2 * DAY;
/** KMS's shortest waiting period. */
const WINDOW = 7;

/** A key whose deletion somebody scheduled, and how many recovery points hang on it. */
interface Endangered {
  readonly region: string;
  readonly alias: string;
  readonly at: Instant;
  readonly points: number;
  readonly deletion: Instant | null;
}

/** The keys of the story: a year of rotation, and the day on which someone schedules the deletion of one. */
export class StoryOfKeys {
  readonly #keys: { readonly region: string; readonly alias: string }[];
  readonly #oldest = new Map<string, Duration>();
  #danger: Endangered | null = null;
  #found: { readonly entry: Entry; readonly at: Instant } | null = null;
  #attended = false;
  #answer: string | null = null;

  constructor(private readonly cast: Cast) {
    const { policy, protection } = cast;
    const copies = protection.copies.flatMap(({ region, key }) =>
      key === null ? [] : [{ region, alias: key }],
    );
    this.#keys = [{ region: policy.home, alias: HOME_KEY }, ...copies];
  }

  /** The keys, rotating no one's business yet. */
  async make(): Promise<void> {
    const { policy, operator } = this.cast;
    for (const { region, alias } of this.#keys) await operator(region).createKey(alias, policy.name);
  }

  /** Days without number, of which only rotate-keys' runs are played; on the way someone stops a rotation. */
  async live(until: Instant, telling: Telling): Promise<void> {
    const { functions, clock, operator } = this.cast;
    const stopped = clock.now() + 100 * DAY;
    const victim = this.#keys.at(-1);
    for (let next = functions.next(clock.now(), NAME); next < until; next = functions.next(next, NAME)) {
      if (victim !== undefined && clock.now() < stopped && next >= stopped) {
        await clock.advanceTo(stopped);
        const { arn } = await operator(victim.region).key(victim.alias);
        telling.note(
          `${formatInstant(stopped)} someone turns the rotation of ${victim.region} ${victim.alias} off`,
        );
        await operator(victim.region).stopRotation(arn);
      }
      await clock.advanceTo(next);
      await this.#look();
      await functions.tick(next, NAME);
      telling.progress(formatInstant(next));
    }
    await clock.advanceTo(until);
    await this.#look();
  }

  /** Someone schedules the deletion of the copies' key; of the home key where there are no copies. */
  async endanger(telling: Telling): Promise<void> {
    const { clock, operator, database } = this.cast;
    const { region, alias } = this.#keys[1] ?? { region: this.cast.policy.home, alias: HOME_KEY };
    const { arn } = await operator(region).key(alias);
    const points = (await operator(region).snapshots(database)).filter(
      (one) => isGood(one) && one.key === arn,
    ).length;
    await operator(region).scheduleDeletion(arn, WINDOW);
    const { deletion } = await operator(region).key(alias);
    this.#danger = { region, alias, at: clock.now(), points, deletion };
    telling.note(
      `${formatInstant(clock.now())} someone schedules the deletion of ${region} ${alias}, which ${points === 0 ? 'no recovery point hangs' : `${points} recovery points hang`} on`,
    );
  }

  hear({ function: name, at, report }: Invocation): void {
    const danger = this.#danger;
    if (name !== NAME || danger === null || this.#found !== null) return;
    const entry = report?.entries.find(
      ({ reason, subject }) => reason === 'key-pending-deletion' && subject.region === danger.region,
    );
    if (entry !== undefined) this.#found = { entry, at };
  }

  /** Once the guard has told: what it did, or, where it was not to rescue, what nobody's help would have cost. */
  async attend(telling: Telling): Promise<void> {
    const { operator, clock } = this.cast;
    const danger = this.#danger;
    if (danger === null || this.#found === null || this.#attended) return;
    this.#attended = true;
    const { entry, at } = this.#found;
    const after = formatDuration(at - danger.at);
    const { state, arn } = await operator(danger.region).key(danger.alias);
    if (entry.outcome === 'done') {
      telling.note(
        `${formatInstant(clock.now())} the guard heard of it after ${after} and saved the key; it is ${state}`,
      );
      return;
    }
    telling.note(`the guard told after ${after}, and was not to save it (keys.rescue)`);
    if (danger.points > 0) await this.#tellLoss(danger, telling);
    telling.note(`someone on call does what the finding says: ${entry.hint ?? ''}`);
    await operator(danger.region).saveKey(arn);
  }

  /** What a restore is answered with now, and what would have been lost with the key. */
  async #tellLoss({ region, points, deletion }: Endangered, telling: Telling): Promise<void> {
    const { operator, database, policy } = this.cast;
    this.#answer = await operator(region).tryRestore(database);
    const lost = deletion === null ? '' : ` on ${formatInstant(deletion)}`;
    const rest =
      region === policy.home ? `${database} with them` : `with ${policy.home} gone, all of ${database}`;
    telling.note(
      `a restore in ${region} is answered with ${this.#answer ?? 'nothing to restore'}; unheeded,${lost} all ${points} recovery points there would have been lost, and ${rest}`,
    );
  }

  verdicts(): Verdict[] {
    const { rotateEvery, rescue } = this.cast.protection.keys;
    const verdicts: Verdict[] = this.#keys.map(({ region, alias }) => {
      const oldest = this.#oldest.get(nameOf(region, alias)) ?? null;
      return {
        promise: `keys.rotateEvery, ${region} ${alias}: oldest material`,
        limit: formatDuration(rotateEvery + TO_ACT),
        measured: oldest === null ? 'nothing to measure' : formatDuration(oldest),
        held: oldest !== null && oldest <= rotateEvery + TO_ACT,
      };
    });
    if (this.#danger !== null) {
      const { region, alias, at } = this.#danger;
      const after = this.#found === null ? null : this.#found.at - at;
      verdicts.push({
        promise: `keys, ${region} ${alias} about to be deleted: ${rescue ? 'saved' : 'told'} after`,
        limit: formatDuration(DAY),
        measured: after === null ? 'never' : formatDuration(after),
        held: after !== null && after <= DAY && (!rescue || this.#found?.entry.outcome === 'done'),
      });
    }
    return verdicts;
  }

  danger(): Danger | null {
    if (this.#danger === null) return null;
    const { region, alias, at, points } = this.#danger;
    return {
      region,
      key: alias,
      scheduled: formatInstant(at),
      finding: this.#found?.entry.detail ?? null,
      foundAfter: this.#found === null ? null : this.#found.at - at,
      rescued: this.#found?.entry.outcome === 'done',
      restoreAnswered: this.#answer,
      recoveryPoints: points,
    };
  }

  /** Before the disaster: KMS of a lost region answers nothing. */
  async standing(): Promise<KeyOutcome[]> {
    const found: KeyOutcome[] = [];
    for (const { region, alias } of this.#keys) {
      const { state, rotations } = await this.cast.operator(region).key(alias);
      const onDemand = rotations.filter((one) => one.onDemand).length;
      const oldest = this.#oldest.get(nameOf(region, alias)) ?? 0;
      found.push({ region, key: alias, state, automatic: rotations.length - onDemand, onDemand, oldest });
    }
    return found;
  }

  /** How old the material of each key is at this moment. */
  async #look(): Promise<void> {
    const now = this.cast.clock.now();
    for (const { region, alias } of this.#keys) {
      const { created, rotations } = await this.cast.operator(region).key(alias);
      const age = now - Math.max(created, ...rotations.map(({ at }) => at));
      this.#oldest.set(nameOf(region, alias), Math.max(age, this.#oldest.get(nameOf(region, alias)) ?? 0));
    }
  }
}

const NAME = 'rotate-keys';

function nameOf(region: string, alias: string): string {
  return `${region} ${alias}`;
}

/** A year of keys is a little more, so that what is a year old has had its turn. */
export const YEAR: Duration = 372 * DAY + HOUR;

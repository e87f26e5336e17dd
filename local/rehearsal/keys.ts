import { count } from '../../shared/domain/controls/figures';
import { few } from '../../shared/domain/inspection/check';
import type { KeyRules, Policy, Protection } from '../../shared/domain/policy';
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
import type { KeyStanding, Operator } from './operator';
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

interface Cast {
  readonly functions: Pick<Functions, 'next' | 'tick'>;
  readonly clock: VirtualClock;
  readonly policy: Policy;
  readonly protection: Protection;
  readonly operator: (region: string) => Operator;
}

/** KMS is asked once a day, and its own rotation is waited for a day: so much later than promised, and no more. */
const TO_ACT: Duration = 2 * DAY;

/** A key of the story, and what was seen of it. */
interface Watched {
  readonly region: string;
  readonly alias: string;
  /** The shortest period that anyone was promised of it. */
  readonly every: Duration;
  /** The oldest that its material was at any daily run. */
  oldest: Duration;
  /** The daily runs after which KMS did not rotate it by itself as promised. */
  readonly left: string[];
  /** As it stood just before the disaster; null until then. */
  standing: KeyStanding | null;
}

/** The keys of the story: a year and some days of rotation. */
export class StoryOfKeys {
  readonly #keys: Watched[];
  /** The key whose rotation somebody turns off on the way. */
  readonly #victim: Watched | undefined;
  #failed = 0;
  #living = false;
  #lived: Duration = 0;
  #looked: Instant;

  constructor(private readonly cast: Cast) {
    const { policy, protection } = cast;
    const copies = protection.copies.flatMap(({ region, key }) =>
      key === null ? [] : [{ region, alias: key }],
    );
    this.#keys = [{ region: policy.home, alias: HOME_KEY }, ...copies].map((one) => ({
      ...one,
      every: rulesOf(one, cast).rotateEvery,
      oldest: 0,
      left: [],
      standing: null,
    }));
    this.#victim = this.#keys.at(-1);
    this.#looked = cast.clock.now();
  }

  /** The key that the copies are under; of home where there are no copies. */
  get ofCopies(): { readonly region: string; readonly alias: string } {
    return this.#keys[1] ?? { region: this.cast.policy.home, alias: HOME_KEY };
  }

  /** The keys, rotating no one's business yet. */
  async make(): Promise<void> {
    const { policy, operator } = this.cast;
    const watched = this.#keys.map(({ region, alias }) => `${region} ${alias}`);
    const others = Object.values(policy.policies).flatMap(({ copies }) =>
      copies.flatMap(({ region, key }) => (key === null ? [] : [`${region} ${key}`])),
    );
    // Those of other policies' copies are there too, and are not told of: only one database is played.
    for (const name of new Set([...watched, ...others])) {
      const [region = '', alias = ''] = name.split(' ');
      await operator(region).createKey(alias, policy.name);
    }
  }

  /** Days without number, of which only rotate-keys' runs are played; on the way someone stops a rotation. */
  async live(until: Instant, telling: Telling): Promise<void> {
    const { functions, clock, operator } = this.cast;
    const stopped = clock.now() + STOPPED_AFTER;
    this.#living = true;
    this.#lived = until - clock.now();
    const victim = this.#victim;
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
      await this.#look(telling);
      await functions.tick(next, NAME);
      await this.#lookAfter();
      telling.progress(formatInstant(next));
    }
    await clock.advanceTo(until);
    await this.#look(telling);
    this.#living = false;
  }

  /** A run that fails in a year in which every key can be used has no reason to. */
  hear({ function: name, failed }: Invocation): void {
    if (this.#living && name === NAME && failed !== null) this.#failed += 1;
  }

  verdicts(): Verdict[] {
    const none = (promise: string, wrong: readonly string[]): Verdict => {
      const held = wrong.length === 0;
      return { promise, limit: 'none', measured: held ? 'none' : few(wrong), held };
    };
    return [
      ...this.#keys.flatMap((key): Verdict[] => {
        const { region, alias, every, oldest, left, standing } = key;
        const name = `${region} ${alias}`;
        const rotations = standing?.rotations ?? [];
        const byKms = rotations.filter(({ onDemand }) => !onDemand).length;
        const least = key === this.#victim ? 0 : Math.floor((this.#lived - DAY) / every);
        return [
          {
            promise: `keys.rotateEvery, ${name}: oldest material`,
            limit: formatDuration(every + TO_ACT),
            measured: oldest === 0 ? 'nothing to measure' : formatDuration(oldest),
            held: oldest > 0 && oldest <= every + TO_ACT,
          },
          none(`keys.rotateEvery, ${name}: daily runs that left it not rotating`, left),
          none(`keys, ${name}: on-demand rotations spent too early`, early(key)),
          ...(least === 0
            ? []
            : [
                {
                  promise: `keys, ${name}: rotated by KMS itself`,
                  limit: count(least, 'time'),
                  measured: count(byKms, 'time'),
                  held: byKms >= least,
                },
              ]),
          {
            promise: `keys, ${name}: before the disaster`,
            limit: 'Enabled',
            measured: standing?.state ?? 'not seen',
            held: standing?.state === 'Enabled',
          },
        ];
      }),
      {
        promise: 'keys, a year of daily runs: failed',
        limit: '0',
        measured: `${this.#failed}`,
        held: this.#failed === 0,
      },
    ];
  }

  /** Before the disaster: KMS of a lost region answers nothing. */
  async standing(): Promise<KeyOutcome[]> {
    const found: KeyOutcome[] = [];
    for (const key of this.#keys) {
      const { region, alias, oldest } = key;
      key.standing = await this.cast.operator(region).key(alias);
      const { state, rotations } = key.standing;
      const onDemand = rotations.filter((one) => one.onDemand).length;
      found.push({ region, key: alias, state, automatic: rotations.length - onDemand, onDemand, oldest });
    }
    return found;
  }

  /** How old the material of each key is at this moment, and whether KMS has rotated it since the last look. */
  async #look(telling: Telling): Promise<void> {
    const now = this.cast.clock.now();
    for (const key of this.#keys) {
      const { created, rotations } = await this.cast.operator(key.region).key(key.alias);
      key.oldest = Math.max(key.oldest, now - Math.max(created, ...rotations.map(({ at }) => at)));
      for (const { at, onDemand } of rotations)
        if (!onDemand && at > this.#looked)
          telling.note(`${formatInstant(at)} KMS rotates ${key.region} ${key.alias} by itself`);
    }
    this.#looked = now;
  }

  async #lookAfter(): Promise<void> {
    for (const { region, alias, every, left } of this.#keys) {
      const operator = this.cast.operator(region);
      const days = await operator.rotatesEvery((await operator.key(alias)).arn);
      if (days !== every / DAY) left.push(formatInstant(this.cast.clock.now()).slice(0, 10));
    }
  }
}

/** On-demand rotations of material that was not yet older than promised: there are few in a key's life. */
function early({ every, standing }: Watched): string[] {
  const rotations = [...(standing?.rotations ?? [])].sort((a, b) => a.at - b.at);
  return rotations.flatMap(({ at, onDemand }, index) => {
    const before = rotations[index - 1]?.at ?? standing?.created ?? 0;
    return onDemand && at - before <= every ? [formatInstant(at).slice(0, 10)] : [];
  });
}

/**
 * What is promised of a key: the strictest of what its users were, and of all policies where it has none
 * (shared/domain/key-use.ts). The database is under the home key, unless a copy has none (`Story.open`).
 */
export function rulesOf(
  { region, alias }: { readonly region: string; readonly alias: string },
  { policy, protection }: Pick<Cast, 'policy' | 'protection'>,
): Pick<KeyRules, 'rotateEvery' | 'rescue'> {
  const all = Object.values(policy.policies);
  const isDatabases =
    region === policy.home && alias === HOME_KEY && protection.copies.every(({ key }) => key !== null);
  const users = [
    ...all.filter(({ copies }) => copies.some((copy) => copy.region === region && copy.key === alias)),
    ...(isDatabases ? [protection] : []),
  ];
  const rules = (users.length > 0 ? users : all).map(({ keys }) => keys);
  return {
    rotateEvery: Math.min(...rules.map(({ rotateEvery }) => rotateEvery)),
    rescue: rules.some(({ rescue }) => rescue),
  };
}

const NAME = 'rotate-keys';
const STOPPED_AFTER: Duration = 100 * DAY;

/** A year of keys is a little more, so that what is a year old has had its turn. */
export const YEAR: Duration = 372 * DAY + HOUR;

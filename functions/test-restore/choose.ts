import type { Policy, RestoreTestRules, TestPlace } from '../../shared/domain/policy';
import { isGood, newestFirst, oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { spread } from '../../shared/domain/spread';
import { type Duration, HOUR, type Instant, MINUTE } from '../../shared/domain/time';

/** Ticks come this often (serverless.yml). */
export const TICK: Duration = 5 * MINUTE;

/** The periods of `every` that tests are due in: each database has its own beginning, so that they spread over the week. */
export interface Turn {
  readonly start: Instant;
  /** Counts up by one from turn to turn. */
  readonly number: number;
}

export function turnOf(database: string, every: Duration, now: Instant): Turn {
  const offset = spread(database, Math.floor(every / TICK)) * TICK;
  const number = Math.floor((now - offset) / every);
  return { start: number * every + offset, number };
}

/**
 * Whether this tick asks what is due: that takes a look at every snapshot, which RDS would throttle the account for, were
 * it taken every five minutes. Once an hour is enough for tests that are days apart; while others are under way and there
 * is room for more, each tick asks, so that a fleet keeps the room filled.
 */
export function asksWhatIsDue(now: Instant, underWay: number, most: number): boolean {
  return now % HOUR < TICK || (underWay > 0 && underWay < most);
}

/** A place for a snapshot: `{family}` in the name of its parameter group stands for the engine's, as `postgres17`. */
export function placeFor(rules: RestoreTestRules, { region, engineVersion }: Snapshot): TestPlace | null {
  const place = rules.places.find((one) => one.region === region);
  if (place === undefined) return null;
  return { ...place, parameterGroup: place.parameterGroup.replace('{family}', familyOf(engineVersion)) };
}

/** The family of parameter groups that an engine version takes: `postgres17` for `17.6`. */
export function familyOf(engineVersion: string): string {
  return `postgres${engineVersion.split('.')[0]}`;
}

export interface Choice {
  readonly snapshot: Snapshot;
  /** As the record and the answer say it: `the newest in us-west-2`. */
  readonly as: string;
}

/**
 * What is tested in a turn: the newest at home, the newest copy in each region, and an older one from anywhere, one turn
 * after the other. The older one is chosen by chance, with the database and the turn as its seed, so that a run that is
 * repeated chooses the same. Where there is none of a kind, the next kind's turn comes; null where there is no backup.
 *
 * @param regions manual snapshots by region; one that could not be seen is not in it
 */
export function choose(
  database: string,
  rules: RestoreTestRules,
  regions: ReadonlyMap<string, readonly Snapshot[]>,
  { name, home }: Pick<Policy, 'name' | 'home'>,
  turn: number,
): Choice | null {
  const places = rules.places.map(({ region }) => region);
  const ordered = [
    ...places.filter((region) => region === home),
    ...places.filter((region) => region !== home),
  ];
  const good = new Map(
    ordered.map((region) => {
      const ours = oursByDatabase(regions.get(region) ?? [], name).get(database) ?? [];
      return [region, ours.filter(isGood).sort(newestFirst)] as const;
    }),
  );
  const kinds: (() => Choice | null)[] = [
    ...ordered.map((region) => () => {
      const [newest] = good.get(region) ?? [];
      return newest === undefined ? null : { snapshot: newest, as: `the newest in ${region}` };
    }),
    () => {
      const older = [...good.values()]
        .flatMap((list) => list.slice(1))
        .sort((a, b) => (a.arn < b.arn ? -1 : 1));
      const snapshot = older[spread(`${database} ${turn}`, older.length)];
      return snapshot === undefined ? null : { snapshot, as: 'an older one by chance' };
    },
  ];
  const first = ((turn % kinds.length) + kinds.length) % kinds.length;
  for (let step = 0; step < kinds.length; step += 1) {
    const found = kinds[(first + step) % kinds.length]?.() ?? null;
    if (found !== null) return found;
  }
  return null;
}

import type { Policy, RestoreTestRules } from '../../shared/domain/policy';
import { isGood, newestFirst, oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { spread } from '../../shared/domain/spread';
import type { Duration, Instant } from '../../shared/domain/time';

/** Ticks come every 5 minutes (serverless.yml). */
export const TICK: Duration = 5 * 60_000;
const TICKS_IN_AN_HOUR = 12;

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
 * Whether this is the tick of the hour in which a database is asked about: what is due costs a call to the evidence
 * store, and a thousand databases would ask a thousand times every tick.
 */
export function isItsTick(database: string, now: Instant): boolean {
  return Math.floor(now / TICK) % TICKS_IN_AN_HOUR === spread(database, TICKS_IN_AN_HOUR);
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

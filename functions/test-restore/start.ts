import type { Database } from '../../shared/domain/database';
import type { Policy, Protection, RestoreTestRules } from '../../shared/domain/policy';
import type { TestVerdict } from '../../shared/domain/restore-test';
import { protectionOf, unsupported } from '../../shared/domain/selection';
import { isGood, newestGood, oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { TAG } from '../../shared/domain/tags';
import { DAY, formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { choose, placeFor, turnOf } from './choose';
import { type Beginning, beginning, hold, noPlace, type TestDecision } from './plan';
import type { Found } from './standing';

/** What is there to be tested, as one run saw it. */
export interface Backups {
  /** DB instances of the home region. */
  readonly databases: readonly Database[];
  /** Snapshots by region; one that could not be seen is not in it. */
  readonly regions: ReadonlyMap<string, readonly Snapshot[]>;
  /** Whether any region of the policy could not be seen: a test may be under way there. */
  readonly unseen: boolean;
}

/** A database whose backups are to be tested, and by which rules. */
export interface Candidate {
  readonly database: string;
  readonly protection: Protection;
  readonly rules: RestoreTestRules;
}

/** The newest test of a database, whatever came of it. */
export interface LastTest {
  readonly requested: Instant;
  readonly verdict: TestVerdict;
}

/** After a test that came to nothing, the next is not begun at once: what stood in its way may need a person. */
const PAUSE = DAY;

/** The databases whose tests may be due, and are not under way already. */
export function candidates({ databases }: Backups, policy: Policy, standing: readonly Found[]): Candidate[] {
  const busy = new Set(standing.map(({ test }) => test.database));
  return databases.flatMap((live): Candidate[] => {
    const protection = protectionOf(policy, live.id, live.tags);
    const rules = protection?.restoreTest ?? null;
    if (protection === null || rules === null || unsupported(live) !== null || busy.has(live.id)) return [];
    return [{ database: live.id, protection, rules }];
  });
}

/** Begin the test of this turn, or not, and why. */
export function start(
  { database, protection, rules }: Candidate,
  last: LastTest | null,
  { regions }: Backups,
  policy: Policy,
  now: Instant,
): TestDecision {
  const turn = turnOf(database, rules.every, now);
  const subject = { database, region: policy.home };
  if (last !== null) {
    const told = `tested ${formatDuration(now - last.requested)} ago: ${last.verdict}`;
    if (last.verdict !== 'inconclusive' && last.requested >= turn.start) {
      return hold(
        subject,
        'nothing',
        'not-due',
        `${told}; next from ${formatInstant(turn.start + rules.every)}`,
      );
    }
    if (last.verdict === 'inconclusive' && now - last.requested < PAUSE) {
      return hold(subject, 'nothing', 'not-due', `${told}; again ${formatDuration(PAUSE)} after it`);
    }
  }
  // Another kind after each day without a verdict: what stands in the way of one backup need not in that of another.
  const days = last?.verdict === 'inconclusive' ? Math.floor((now - turn.start) / PAUSE) : 0;
  const choice = choose(database, rules, regions, policy, turn.number + days);
  if (choice === null) {
    return hold(subject, 'postponed', 'no-backup', 'no good snapshot of ours is there to be restored yet');
  }
  const { snapshot, as } = choice;
  const place = placeFor(rules, snapshot);
  if (place === null) return noPlace({ database, region: snapshot.region }, protection.name);
  const test = { database, region: snapshot.region, requested: now };
  return { ...beginning({ test, snapshot, place, protection, chosen: as }, policy, now), reason: 'due' };
}

/** A test that a person asks for. */
export interface Request {
  readonly database: string;
  readonly snapshot?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * The first step of a test by hand: of any snapshot, in any region that the policy has a place in; the newest one where
 * none is named. A snapshot that is not ours is not tagged, and restored at once.
 */
export function startByHand(
  { database, snapshot: wanted, region }: Request,
  { databases, regions, unseen }: Backups,
  policy: Policy,
  standing: readonly Found[],
  now: Instant,
): TestDecision {
  const live = databases.find(({ id }) => id === database);
  const protection = protectionOf(policy, database, live?.tags ?? {});
  const rules = protection?.restoreTest ?? null;
  const subject = { database, region: region ?? policy.home };
  if (protection === null) {
    return hold(
      subject,
      'refused',
      'no-policy',
      'unknown database: no policy selects it',
      'correct the identifier, or add it to `databases` in the policy',
    );
  }
  if (rules === null) {
    return hold(
      subject,
      'refused',
      'no-restore-test',
      `its policy ${protection.name} has no restoreTest`,
      'add restoreTest, which says where a backup is restored',
    );
  }
  const other = standing.find(({ test }) => test.database === database);
  if (other !== undefined) {
    const since = formatInstant(other.test.requested);
    return hold(
      subject,
      'refused',
      'under-way',
      `a test of it is under way in ${other.test.region} since ${since}`,
      'wait for its verdict: a database is tested once at a time',
    );
  }
  if (unseen) {
    return hold(
      subject,
      'refused',
      'unseen',
      'a region could not be seen, and a test of it may be under way there',
      'ask again once every region answers: a database is tested once at a time',
    );
  }
  const [found, ...more] = pick({ database, snapshot: wanted, region }, regions, policy);
  if (found === undefined) {
    const what = wanted === undefined ? 'no good snapshot of ours' : `no available snapshot '${wanted}'`;
    return hold(
      subject,
      'refused',
      'no-such-snapshot',
      `${what} in ${region ?? [...regions.keys()].join(', ')}`,
      `aws rds describe-db-snapshots --region ${subject.region} lists them`,
    );
  }
  const whose = databaseOf(found);
  if (whose !== database) {
    return hold(
      subject,
      'refused',
      'no-such-snapshot',
      `'${found.id}' is of ${whose}: its verdict would say nothing of ${database}`,
      `test it as ${whose}; or tag it ${TAG.database}=${database}, where the instance had another name then`,
    );
  }
  if (found.tags[TAG.underTest] !== undefined) {
    const detail = `'${found.id}' is under test already`;
    return hold(subject, 'refused', 'under-way', detail, 'wait for its verdict');
  }
  if (more.length > 0 && wanted !== undefined) {
    const where = [found, ...more].map((one) => one.region).join(', ');
    return hold(
      subject,
      'refused',
      'no-such-snapshot',
      `'${wanted}' lies in ${where}`,
      `say which one is meant, as "region": "${found.region}"`,
    );
  }
  const place = placeFor(rules, found);
  if (place === null) return noPlace({ ...subject, region: found.region }, protection.name);
  const test = { database, region: found.region, requested: now };
  const chosen = wanted === undefined ? 'the newest by hand' : 'by hand';
  const first: Beginning = { test, snapshot: found, place, protection, chosen };
  return { ...beginning(first, policy, now), reason: 'asked' };
}

/** Whose data a snapshot holds: our tag says, and else the instance that it was taken of. */
function databaseOf({ tags, database }: Snapshot): string {
  return tags[TAG.database] ?? database;
}

function pick(
  { database, snapshot, region }: Request,
  regions: Backups['regions'],
  { name, home }: Policy,
): Snapshot[] {
  const places =
    region === undefined ? [home, ...[...regions.keys()].filter((one) => one !== home)] : [region];
  const there = places.flatMap((one) => regions.get(one) ?? []);
  if (snapshot !== undefined) return there.filter((one) => one.id === snapshot && isGood(one));
  const newest = newestGood(oursByDatabase(there, name).get(database) ?? []);
  return newest === null ? [] : [newest];
}

import type { Database } from '../../shared/domain/database';
import type { Policy, Protection, RestoreTestRules } from '../../shared/domain/policy';
import type { TestVerdict } from '../../shared/domain/restore-test';
import { protectionOf, unsupported } from '../../shared/domain/selection';
import { isGood, newestGood, oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { isOurs } from '../../shared/domain/tags';
import { DAY, formatDuration, formatInstant, type Instant } from '../../shared/domain/time';
import { choose, isItsTick, turnOf } from './choose';
import { hold, holdOf, noPlace, restoreOf, type TestDecision } from './plan';
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

/**
 * The databases that are asked about in this tick, and are not under test already.
 *
 * @param only this one, whosever tick it is: a person asks
 */
export function candidates(
  { databases }: Backups,
  policy: Policy,
  standing: readonly Found[],
  now: Instant,
  only: string | undefined,
): Candidate[] {
  const busy = new Set(standing.map(({ test }) => test.database));
  return databases.flatMap((live): Candidate[] => {
    const protection = protectionOf(policy, live.id, live.tags);
    const rules = protection?.restoreTest ?? null;
    if (protection === null || rules === null || unsupported(live) !== null) return [];
    if (busy.has(live.id) || (only === undefined ? !isItsTick(live.id, now) : live.id !== only)) return [];
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
  const choice = choose(database, rules, regions, policy, turn.number);
  if (choice === null) {
    return hold(subject, 'postponed', 'no-backup', 'no good snapshot of ours is there to be restored yet');
  }
  const { snapshot, as } = choice;
  const place = rules.places.find(({ region }) => region === snapshot.region);
  if (place === undefined) return noPlace({ database, region: snapshot.region }, protection.name);
  return holdOf({ database, region: snapshot.region, requested: now }, snapshot, place, as);
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
  const place = rules.places.find((one) => one.region === found.region);
  const about = { database, region: found.region, snapshot: found.id };
  if (place === undefined) return noPlace(about, protection.name);
  const test = { database, region: found.region, requested: now };
  const chosen = wanted === undefined ? 'the newest by hand' : 'by hand';
  if (isOurs(found.tags, policy.name) && found.kind === 'manual') {
    const decision = holdOf(test, found, place, chosen);
    return { ...decision, reason: 'asked' };
  }
  const action = restoreOf({
    ...test,
    chosen,
    held: found,
    place,
    rules,
    policy: protection.name,
    owner: policy.name,
    now,
  });
  return { subject: about, action, reason: 'asked', detail: 'not a snapshot of ours: it is not tagged' };
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

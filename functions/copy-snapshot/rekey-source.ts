import type { Hold, Subject } from '../../shared/domain/decision';
import { accountOf } from '../../shared/domain/key';
import type { Policy } from '../../shared/domain/policy';
import { isGood, isOnDemand, newestGood, oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { isOurs, TAG } from '../../shared/domain/tags';
import { type Duration, formatInstant, type Instant } from '../../shared/domain/time';
import { type CopyReason, held, type Observed } from './plan';

/** What a person asked for: `{"database": "qrosity-db", "rekey": {"to": "alias/holdfast-2027"}}`. */
export interface Rekey {
  readonly database: string;
  /** Alias, id or ARN of the key to go to. */
  readonly to: string;
  /** Identifier of a certain snapshot of ours at home; the newest of each region where it is left out. */
  readonly snapshot?: string | undefined;
  /** How long the copies are kept, from the request on; the policy's `onDemand.keep` where it is left out. */
  readonly keep?: Duration | undefined;
}

type No = Hold<CopyReason>;

/** What is wrong with the wish as a whole: told before anything is looked up. Null when nothing is. */
export function objection(request: Rekey, observed: Observed, policy: Policy): No | null {
  const { database, to, snapshot } = request;
  const account = accountSeen(observed);
  const theirs = accountOf(to);
  if (theirs !== null && account !== null && theirs !== account) {
    return held(
      { database, region: policy.home },
      'refused',
      'foreign-key',
      `${to} is a key of another account: ${theirs}, and this one is ${account}`,
      'name a key of this account: whoever has the other one could take every recovery point away',
    );
  }
  if (snapshot === undefined) return null;
  const subject = { database, region: policy.home, snapshot };
  const named = observed.home.find(({ id }) => id === snapshot);
  if (named === undefined) {
    const hint = "write its identifier as RDS lists it at home: a region's copy is found by its tag";
    return held(
      subject,
      'refused',
      'snapshot-unfit',
      `no manual snapshot of this name in ${policy.home}`,
      hint,
    );
  }
  if (!isOurs(named.tags, policy.name)) {
    const hint = 'take one with create-snapshot: {"database": ..., "reason": ...}';
    return held(subject, 'refused', 'snapshot-unfit', `not ours: it lacks the tag ${TAG.owner}`, hint);
  }
  const its = named.tags[TAG.database] ?? named.database;
  if (its !== database) {
    const hint = 'correct the snapshot, or the database';
    return held(subject, 'refused', 'snapshot-unfit', `a snapshot of ${its}, not of ${database}`, hint);
  }
  return unfit(subject, named);
}

/** Our account, by anything that was seen in it. */
function accountSeen({ databases, home }: Observed): string | null {
  return accountOf(databases[0]?.arn ?? home[0]?.arn ?? '');
}

function unfit(subject: Subject, snapshot: Snapshot): No | null {
  if (isGood(snapshot)) return null;
  const hint = snapshot.state === 'pending' ? whenThere(snapshot) : 'name one that is available';
  return held(subject, 'refused', 'snapshot-unfit', `${snapshot.id} is ${snapshot.status}`, hint);
}

function whenThere({ region, id }: Snapshot): string {
  return `call again when it is there: aws rds wait db-snapshot-available --region ${region} --db-snapshot-identifier ${id}`;
}

/**
 * What to copy in a region: the snapshot that was named, away its copy; else the newest good one, unless a newer one is
 * on its way. A person who moves a database re-keys right after the last snapshot was asked for: the one before it
 * would restore an older state, and the answer would be `done`.
 */
export function sourceIn(
  region: string,
  { database, snapshot }: Rekey,
  standing: readonly Snapshot[],
  { home }: Observed,
  policy: Policy,
): { readonly source: Snapshot } | { readonly none: No } {
  const subject = { database, region };
  const ours = oursByDatabase(standing, policy.name).get(database) ?? [];
  const none = (...why: [No['outcome'], CopyReason, string, string?]) => ({ none: held(subject, ...why) });
  if (snapshot !== undefined) {
    const named = home.find(({ id }) => id === snapshot);
    const there =
      region === policy.home ? named : ours.find(({ tags }) => tags[TAG.copyOf] === (named?.arn ?? ''));
    if (named !== undefined && there !== undefined) {
      const wrong = unfit({ ...subject, snapshot: there.id }, there);
      return wrong === null ? { source: there } : { none: wrong };
    }
    // An on-demand snapshot stays at home by rule: that its copy is missing is no one's fault.
    return named !== undefined && isOnDemand(named)
      ? none(
          'nothing',
          'not-copied',
          `${region} has no copy of ${snapshot}: on-demand snapshots stay at home`,
        )
      : none(
          'refused',
          'not-copied',
          `${region} has no copy of ${snapshot}`,
          'call again once it has, or leave `snapshot` out for the newest of each region',
        );
  }
  const source = newestGood(ours);
  const points = new Map([...home, ...standing].map(({ arn, recoveryPoint }) => [arn, recoveryPoint]));
  const newer = ours.find(
    (one) => one.state === 'pending' && pointOf(one, points) > (source?.recoveryPoint ?? NEVER),
  );
  if (newer !== undefined) {
    const than = source === null ? '' : `, newer than ${source.id}${pointIn(source)}`;
    return {
      none: held(
        { ...subject, snapshot: newer.id },
        'refused',
        'newest-not-ready',
        `${newer.id} is ${newer.status}${than}`,
        whenThere(newer),
      ),
    };
  }
  return source === null
    ? none('refused', 'nothing-to-copy', 'no good snapshot of ours stands there')
    : { source };
}

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * How new a snapshot will be that is not there yet. RDS does not say before it is; a copy will be as new as its
 * source, so that a re-keyed one or an older slot's on its way counts as no newer one.
 */
function pointOf(
  { recoveryPoint, copyOf, tags }: Snapshot,
  points: ReadonlyMap<string, Instant | null>,
): Instant {
  return recoveryPoint ?? points.get(tags[TAG.copyOf] ?? copyOf ?? '') ?? Number.POSITIVE_INFINITY;
}

function pointIn({ recoveryPoint }: Snapshot): string {
  return recoveryPoint === null ? '' : ` of ${formatInstant(recoveryPoint)}`;
}

import type { Database } from '../../shared/domain/database';
import { onDemandName, SAME_REQUEST } from '../../shared/domain/names';
import type { Policy } from '../../shared/domain/policy';
import { protectionOf, unsupported } from '../../shared/domain/selection';
import { oursByDatabase, type Snapshot } from '../../shared/domain/snapshot';
import { TAG, type Tags, tagValue } from '../../shared/domain/tags';
import {
  type Duration,
  formatDuration,
  formatInstant,
  type Instant,
  parseInstant,
  writeDuration,
} from '../../shared/domain/time';
import type { CreateDecision, Observed } from './plan';

/** What a person asked for: `{"database": "qrosity-db", "reason": "before migration 42", "keep": "7d"}`. */
export interface Request {
  readonly database: string;
  readonly reason: string;
  /** Tells two requests apart; the reason where it is left out. */
  readonly label?: string | undefined;
  readonly keep?: Duration | undefined;
}

/**
 * One decision: take an on-demand snapshot, or say why not. Asking again for the same label within ten minutes is
 * a retry, by a person or by Lambda, and is answered with the snapshot of the first call.
 */
export function planOnDemand(
  request: Request,
  observed: Observed,
  policy: Policy,
  now: Instant,
): CreateDecision {
  const { database: id, reason } = request;
  const label = tagValue(request.label ?? reason);
  const database = observed.databases.find((one) => one.id === id);
  const subject = { database: id, region: policy.home };
  if (database === undefined) {
    return {
      subject,
      action: null,
      outcome: 'refused',
      reason: 'instance-gone',
      detail: `no instance of this name in ${policy.home}`,
      hint: known(observed.databases),
    };
  }
  const wrong = unsupported(database);
  if (wrong !== null)
    return {
      subject,
      action: null,
      outcome: 'refused',
      reason: wrong,
      detail: `engine ${database.engine}`,
      hint: 'Holdfast takes snapshots of RDS for PostgreSQL instances',
    };
  const protection = protectionOf(policy, id, database.tags);
  if (protection === null) {
    return {
      subject,
      action: null,
      outcome: 'refused',
      reason: 'no-policy',
      detail: 'no policy selects this database',
      hint: 'add it to `databases` in the policy',
    };
  }
  const before = asked(oursByDatabase(observed.snapshots, policy.name).get(id) ?? [], label, now);
  if (before !== null) {
    const ago = formatDuration(now - (parseInstant(before.tags[TAG.requested] ?? '') ?? now));
    return {
      subject: { ...subject, snapshot: before.id },
      action: null,
      outcome: 'nothing',
      reason: 'asked-before',
      detail: `asked for ${ago} ago, kept ${before.tags[TAG.keep] ?? 'until released'}, now ${before.status}`,
      hint: 'to take another one now, or to keep it for another time, give it another label',
    };
  }
  if (database.condition !== 'ready') {
    return {
      subject,
      action: null,
      outcome: 'refused',
      reason: `instance-${database.condition}`,
      detail: `RDS takes no snapshot while the instance is ${database.status}`,
      hint: 'nothing was taken: ask again when it is available',
    };
  }
  const snapshot = onDemandName(id, label, now);
  const tags: Tags = {
    [TAG.owner]: policy.name,
    [TAG.database]: id,
    [TAG.instance]: database.resource,
    [TAG.policy]: protection.name,
    [TAG.requested]: formatInstant(now),
    [TAG.label]: label,
    [TAG.reason]: tagValue(reason),
    [TAG.keep]: writeDuration(request.keep ?? protection.onDemand.keep),
  };
  const failed = observed.snapshots.find((one) => one.id === snapshot && one.state === 'failed');
  return {
    subject: { ...subject, snapshot },
    action:
      failed === undefined
        ? { kind: 'create', id: snapshot, tags }
        : { kind: 'replace', id: snapshot, tags, failed },
    reason: 'on-demand',
    detail: `${reason}; kept ${tags[TAG.keep]}`,
  };
}

function asked(group: readonly Snapshot[], label: string, now: Instant): Snapshot | null {
  return (
    group.find(({ tags, state }) => {
      const requested = parseInstant(tags[TAG.requested] ?? '');
      return (
        state !== 'failed' &&
        requested !== null &&
        tags[TAG.label] === label &&
        now - requested < SAME_REQUEST
      );
    }) ?? null
  );
}

function known(databases: readonly Database[]): string {
  const ids = databases.map(({ id }) => id).sort();
  if (ids.length === 0) return 'the region has no DB instances: is this the right account and region?';
  return `one of ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? `, and ${ids.length - 10} more` : ''}`;
}

import type { Instant } from './time';
import { type Duration, parseDuration, parseInstant } from './time';

/** The tags of a resource, by key. AWS allows 50 on each; keys that begin with `aws:` are AWS's own. */
export type Tags = Readonly<Record<string, string>>;

/**
 * Every tag that Holdfast writes or reads. Ownership is `holdfast:owner`: its value names the installation
 * (`name` in the policy), so two installations in one account leave each other's snapshots alone.
 */
export const TAG = {
  owner: 'holdfast:owner',
  /** Identifier of the source instance: names are never taken apart to learn it. */
  database: 'holdfast:database',
  /** DbiResourceId of the source: tells an instance from one that was made later under the same identifier. */
  instance: 'holdfast:instance',
  /** Name of the policy that it was taken under, so that retention outlives the instance. */
  policy: 'holdfast:policy',
  /** Start of the slot that this snapshot stands for; copies carry it too. */
  slot: 'holdfast:slot',
  /** The moment that an on-demand snapshot was asked for; only on-demand ones carry it. */
  requested: 'holdfast:requested',
  /** The caller's label and reason, and how long to keep it (`7d`); only on-demand ones carry them. */
  label: 'holdfast:label',
  reason: 'holdfast:reason',
  keep: 'holdfast:keep',
  /** On a copy: the ARN of the snapshot it was copied from. */
  copyOf: 'holdfast:copy-of',
  /** Set by a person: never pruned while it stands, whatever its value. */
  hold: 'holdfast:hold',
  /** Set by a restore test for as long as it lasts, to the moment that it was asked for: never pruned meanwhile. */
  underTest: 'holdfast:under-test',
  /** Set by a person on the last recovery point of a deleted database: it may go. */
  release: 'holdfast:release',
  /**
   * On an instance: made by a restore test, never to be backed up although it may inherit its source's tags. Its value
   * is the moment that the test was asked for.
   */
  restoreTest: 'holdfast:restore-test',
  /**
   * On an instance that a restore test made: the ARN of the snapshot, how it was chosen, the recovery point that it
   * holds, and when RDS was asked to restore it.
   */
  testOf: 'holdfast:test-of',
  chosen: 'holdfast:chosen',
  recoveryPoint: 'holdfast:recovery-point',
  restoreAsked: 'holdfast:restore-asked',
} as const;

/** Most tags that one RDS resource takes. */
export const MOST_TAGS = 50;

export function isOurs(tags: Tags, owner: string): boolean {
  return tags[TAG.owner] === owner;
}

export function slotOf(tags: Tags): Instant | null {
  const text = tags[TAG.slot];
  return text === undefined ? null : parseInstant(text);
}

export function keepOf(tags: Tags): Duration | null {
  const text = tags[TAG.keep];
  return text === undefined ? null : parseDuration(text);
}

/**
 * A text as RDS takes it for a tag's value: letters, digits, spaces and `_.:/=+-@`, 256 characters at most. What
 * else it holds becomes `_`, because a snapshot before a migration is worth more than the spelling of its reason.
 */
export function tagValue(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_')
    .slice(0, 256);
}

/** The tags that a copy takes over from its source: all but AWS's own and ours, which are written anew. */
export function inherited(tags: Tags): Tags {
  return Object.fromEntries(
    Object.entries(tags).filter(([key]) => !key.startsWith('aws:') && !key.startsWith('holdfast:')),
  );
}

/**
 * `ours` beside as many of `theirs` as fit under RDS's limit. Ours come first: a copy without its owner would never
 * be found again.
 */
export function combine(ours: Tags, theirs: Tags): Tags {
  const room = MOST_TAGS - Object.keys(ours).length;
  return { ...Object.fromEntries(Object.entries(theirs).slice(0, room)), ...ours };
}

/** What to do about a name that is taken by a snapshot which is not ours. */
export function wayAround(tags: Tags, owner: string): string {
  const other = tags[TAG.owner];
  if (other === undefined || other === owner) return 'see whose it is; delete it if nobody needs it';
  return `it belongs to the installation '${other}': let only one of the two protect this database`;
}

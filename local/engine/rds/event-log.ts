import type { Event, SourceType } from '@aws-sdk/client-rds';
import type { Instant } from '../../../shared/domain/time';
import { EVENTS_KEPT } from './settings';

/** RDS's events by id (User Guide: event categories and event messages). */
const KINDS = {
  '0001': { source: 'db-instance', category: 'backup', message: 'Backing up DB instance' },
  '0002': { source: 'db-instance', category: 'backup', message: 'Finished DB Instance backup' },
  '0003': { source: 'db-instance', category: 'deletion', message: 'DB instance deleted' },
  '0004': { source: 'db-instance', category: 'availability', message: 'DB instance shutdown' },
  '0005': { source: 'db-instance', category: 'creation', message: 'DB instance created' },
  '0006': { source: 'db-instance', category: 'availability', message: 'DB instance restarted' },
  '0013': { source: 'db-instance', category: 'failover', message: 'Multi-AZ instance failover started.' },
  '0015': {
    source: 'db-instance',
    category: 'failover',
    message: 'Multi-AZ failover to standby complete - DNS propagation may take a few minutes.',
  },
  '0031': { source: 'db-instance', category: 'failure', message: 'DB instance put into' },
  '0049': { source: 'db-instance', category: 'failover', message: 'Multi-AZ instance failover completed' },
  '0087': { source: 'db-instance', category: 'notification', message: 'DB instance stopped' },
  '0088': { source: 'db-instance', category: 'notification', message: 'DB instance started' },
  '0418': {
    source: 'db-instance',
    category: 'failure',
    message: 'Amazon RDS is unable to access the KMS encryption key for database instance',
  },
  '0419': {
    source: 'db-instance',
    category: 'availability',
    message: 'Amazon RDS has been unable to access the KMS encryption key for database instance',
  },
  '0420': {
    source: 'db-instance',
    category: 'failure',
    message: 'Amazon RDS can now successfully access the KMS encryption key for database instance',
  },
  '0040': { source: 'db-snapshot', category: 'creation', message: 'Creating manual snapshot' },
  '0041': { source: 'db-snapshot', category: 'deletion', message: 'Deleted user snapshot' },
  '0042': { source: 'db-snapshot', category: 'creation', message: 'Manual snapshot created' },
  '0043': { source: 'db-snapshot', category: 'restoration', message: 'Restored from snapshot' },
  '0059': { source: 'db-snapshot', category: 'notification', message: 'Started copy of snapshot' },
  '0060': { source: 'db-snapshot', category: 'notification', message: 'Finished copy of snapshot' },
  '0061': { source: 'db-snapshot', category: 'notification', message: 'Canceled snapshot copy request' },
  '0090': { source: 'db-snapshot', category: 'creation', message: 'Creating automated snapshot' },
  '0091': { source: 'db-snapshot', category: 'creation', message: 'Automated snapshot created' },
} as const satisfies Record<string, { source: SourceType; category: string; message: string }>;

export type EventCode = keyof typeof KINDS;

export interface Happening {
  readonly code: EventCode;
  readonly at: Instant;
  readonly id: string;
  readonly arn: string;
  /** What the message says beyond its usual words: `of snapshot x from region y`. */
  readonly more: string;
}

export function kindOf({ code }: Happening): (typeof KINDS)[EventCode] {
  return KINDS[code];
}

export function messageOf(happening: Happening): string {
  return `${kindOf(happening).message}${happening.more}`;
}

export function describeEvent(happening: Happening): Event {
  const { source, category } = kindOf(happening);
  return {
    SourceIdentifier: happening.id,
    SourceType: source,
    SourceArn: happening.arn,
    Message: messageOf(happening),
    EventCategories: [category],
    Date: new Date(happening.at),
  };
}

/** What happened in the last 14 days, oldest first. */
export class EventLog {
  #happenings: Happening[] = [];
  /** How many at the front are too old; they go in one piece, since taking one at a time would be O(n) each. */
  #old = 0;

  add(happening: Happening): void {
    this.#happenings.push(happening);
    const oldest = happening.at - EVENTS_KEPT;
    while ((this.#happenings[this.#old]?.at ?? oldest) < oldest) this.#old += 1;
    if (this.#old > 10_000) {
      this.#happenings = this.#happenings.slice(this.#old);
      this.#old = 0;
    }
  }

  /** From the first to the last instant, both included, with a key to page by. */
  *between(from: Instant, to: Instant): Generator<readonly [string, Happening]> {
    let ordinal = 0;
    let last = Number.NaN;
    for (const happening of this.#happenings) {
      ordinal = happening.at === last ? ordinal + 1 : 0;
      last = happening.at;
      if (happening.at < from) continue;
      if (happening.at > to) return;
      yield [`${String(happening.at).padStart(16, '0')}-${String(ordinal).padStart(8, '0')}`, happening];
    }
  }
}

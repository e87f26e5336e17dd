import type { Duration, Instant } from '../../../shared/domain/time';
import type { VirtualClock } from '../../clock';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import type { Chance, Span } from '../chance';
import type { DataPlane } from '../data';
import type { EventBus } from '../events';
import type { KeyStore } from '../kms/keys';
import { type EventCode, EventLog, type Happening, kindOf, messageOf } from './event-log';
import type { Instance } from './instance';
import type { OptionGroup } from './option-group';
import type { ParameterGroup } from './parameter-group';
import type { Durations, Limits } from './settings';
import type { Snapshot } from './snapshot';
import { SnapshotStore } from './snapshot-store';
import type { SubnetGroup } from './subnet-group';

/** What all regions share, and how one reaches another. */
export interface World {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly durations: Durations;
  readonly data: DataPlane;
  readonly bus: EventBus;
  limits(place: Place): Limits;
  rds(place: Place): RdsRegion;
  keys(place: Place): KeyStore;
  has(region: string): boolean;
  isLost(region: string): boolean;
}

/** A copy that waits or runs. */
export interface Copy {
  readonly source: Snapshot;
  readonly from: RdsRegion;
  readonly target: Snapshot;
  readonly to: RdsRegion;
  readonly asked: Instant;
}

/** What a test has asked to go wrong, once. */
export interface Mishap {
  readonly act: 'snapshot' | 'copy' | 'restore';
  /** The source instance that it is about; null for any. */
  readonly instance: string | null;
  /** Of a restore: the status that it ends in; `creating` for one that never ends. */
  readonly ends?: string;
}

/** RDS of one account in one region: what there is. The rules are in the files beside. */
export class RdsRegion {
  readonly instances = new Map<string, Instance>();
  readonly snapshots = new SnapshotStore();
  readonly optionGroups = new Map<string, OptionGroup>();
  readonly parameterGroups = new Map<string, ParameterGroup>();
  readonly subnetGroups = new Map<string, SubnetGroup>();
  readonly log = new EventLog();
  /** Copies that wait or run, by the source instance: RDS makes them one after another. */
  readonly outbound = new Map<string, Copy[]>();
  /** Copies from other regions that wait or run: their number is limited. */
  readonly inbound = new Set<Copy>();
  /** The newest copy of each source instance that was made here: the next one builds on it. Null: made within the region. */
  readonly newestCopy = new Map<string, Snapshot | null>();
  readonly mishaps: Mishap[] = [];
  readonly keys: KeyStore;
  readonly #watchers: ((instance: Instance) => void)[] = [];

  constructor(
    readonly place: Place,
    readonly world: World,
  ) {
    this.keys = world.keys(place);
  }

  get now(): Instant {
    return this.world.clock.now();
  }

  get lost(): boolean {
    return this.world.isLost(this.place.region);
  }

  instance(id: string): Instance {
    const found = this.instances.get(id);
    if (found !== undefined) return found;
    throw new WireError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
  }

  /** A length of time within the span, the same one whenever asked for the same purpose at the same instant. */
  takes(span: Span, purpose: string, arn: string): Duration {
    return this.world.chance.within(span, purpose, arn, this.now);
  }

  /**
   * Puts an instance into a status for a time; what follows then runs, unless the instance has gone another way by
   * then or its region is lost.
   */
  occupy(instance: Instance, status: string, wait: Duration, then: () => void | Promise<void>): void {
    this.enter(instance, status);
    const { phase } = instance;
    this.world.clock.after(wait, async () => {
      if (instance.phase === phase && !this.lost) await then();
    });
  }

  enter(instance: Instance, status: string): void {
    instance.status = status;
    instance.phase += 1;
    if (status === 'available') for (const watcher of this.#watchers) watcher(instance);
  }

  /** Hears of every instance that becomes available, by whatever way. */
  watch(watcher: (instance: Instance) => void): void {
    this.#watchers.push(watcher);
  }

  emit(code: EventCode, { id, arn }: { readonly id: string; readonly arn: string }, more = ''): void {
    const happening: Happening = { code, at: this.now, id, arn, more };
    this.log.add(happening);
    const { account, region } = this.place;
    const { source, category } = kindOf(happening);
    const date = new Date(happening.at).toISOString();
    const snapshot = source === 'db-snapshot';
    this.world.bus.send({
      version: '0',
      id: this.world.chance.uuid('event', code, arn, happening.at),
      'detail-type': snapshot ? 'RDS DB Snapshot Event' : 'RDS DB Instance Event',
      source: 'aws.rds',
      account,
      time: `${date.slice(0, 19)}Z`,
      region,
      resources: [arn],
      detail: {
        EventCategories: [category],
        SourceType: snapshot ? 'SNAPSHOT' : 'DB_INSTANCE',
        SourceArn: arn,
        Date: date,
        SourceIdentifier: id,
        Message: messageOf(happening),
        EventID: `RDS-EVENT-${code}`,
      },
    });
  }

  /** What a test has asked to go wrong with this act, if anything; asked once, it happens once. */
  mishap(act: Mishap['act'], instance: string): Mishap | null {
    const found = this.mishaps.find((one) => one.act === act && (one.instance ?? instance) === instance);
    if (found === undefined) return null;
    this.mishaps.splice(this.mishaps.indexOf(found), 1);
    return found;
  }
}

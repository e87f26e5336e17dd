import { DAY, type Duration, type Instant } from '../../../shared/domain/time';
import { rdsArn } from '../arn';
import type { KmsKey } from '../kms/key';
import { nowhere } from '../light-data';
import { addInstance } from './add-instance';
import { planBackups } from './automated-backups';
import { endAuthority } from './certificates';
import { fail } from './copies';
import type { Instance } from './instance';
import { type Planned, planMaintenance } from './maintenance';
import { defaultOptionGroup, type EngineOption } from './option-group';
import { optionGroup } from './option-groups';
import type { RdsRegion } from './region';
import { makeReplica } from './replicas';
import type { Origin, Snapshot } from './snapshot';

export interface SeededInstance {
  readonly id: string;
  readonly status?: string;
  readonly engine?: string;
  readonly engineVersion?: string;
  /** A member of this Aurora cluster. */
  readonly cluster?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN, id or alias of a key of the region. */
  readonly key?: string;
  readonly created?: Instant;
  readonly backupRetention?: number;
  readonly backupWindow?: string;
  readonly optionGroup?: string;
  readonly multiAz?: boolean;
  readonly copyTagsToSnapshot?: boolean;
  readonly deletionProtection?: boolean;
  readonly iamAuthentication?: boolean;
  readonly parameterGroup?: string;
  readonly publiclyAccessible?: boolean;
  readonly performanceInsights?: boolean;
  readonly instanceClass?: string;
  readonly allocatedStorage?: number;
}

export interface SeededSnapshot {
  readonly id: string;
  /** Identifier of the source; it need not exist any more. */
  readonly instance: string;
  /** When it was taken. */
  readonly at: Instant;
  readonly type?: Snapshot['type'];
  readonly status?: Snapshot['status'];
  readonly tags?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly optionGroup?: string;
  /** Makes it a copy of this one, by ARN; `copied` is when the copy was complete. */
  readonly copyOf?: string;
  readonly copied?: Instant;
}

/** What a test may do to a region that no API call can: place things ready-made, and let things go wrong. */
export class Stage {
  readonly #origins = new Map<string, Origin>();

  constructor(private readonly region: RdsRegion) {}

  /**
   * An instance that stands already. It has no server behind it; where no instance has one, it has an endpoint as all
   * of them do, which leads nowhere.
   */
  instance(wanted: SeededInstance): Instance {
    const { region } = this;
    const engine = wanted.engine ?? 'postgres';
    const engineVersion = wanted.engineVersion ?? '17.6';
    const instance = addInstance(region, {
      id: wanted.id,
      kmsKey: wanted.key === undefined ? null : this.#key(wanted.key).arn,
      tags: new Map(Object.entries(wanted.tags ?? {})),
      cluster: wanted.cluster ?? null,
      multiAz: wanted.multiAz,
      copyTagsToSnapshot: wanted.copyTagsToSnapshot,
      deletionProtection: wanted.deletionProtection,
      parameterGroup: wanted.parameterGroup,
      publiclyAccessible: wanted.publiclyAccessible,
      performanceInsights: wanted.performanceInsights,
      shape: {
        engine,
        engineVersion,
        instanceClass: wanted.instanceClass ?? 'db.t4g.medium',
        allocatedStorage: wanted.allocatedStorage ?? 20,
        storageType: 'gp3',
        port: 5432,
        masterUsername: 'postgres',
        databaseName: null,
        licenseModel: 'postgresql-license',
        optionGroup: wanted.optionGroup ?? defaultOptionGroup(engine, engineVersion),
        backupRetention: wanted.backupRetention ?? 0,
        backupWindow: wanted.backupWindow ?? '00:00-01:00',
        iamAuthentication: wanted.iamAuthentication === true,
      },
    });
    if (region.world.data.ca === null) instance.endpoint = nowhere(instance.arn);
    instance.created = wanted.created ?? region.now;
    region.enter(instance, wanted.status ?? 'available');
    if (instance.shape.backupRetention > 0) {
      instance.backedUpSince = instance.created;
      planBackups(region, instance);
    }
    return instance;
  }

  /** Snapshots that lie there already, thousands at a stroke. Neither quota nor names are checked. */
  snapshots(wanted: Iterable<SeededSnapshot>): void {
    for (const one of wanted) this.region.snapshots.add(this.#snapshot(one));
  }

  /** Puts an option into a group, as an engine with such an option would; `persistent` ones bind copies. */
  option(group: string, option: EngineOption): void {
    optionGroup(this.region, group).options.set(option.name, option);
  }

  /** Puts an instance into any status, for good or for a time; it is `available` after that. */
  status(id: string, status: string, time?: Duration): void {
    const instance = this.region.instance(id);
    // One that was stuck on the way has its endpoint with it.
    if (status === 'available') instance.created ??= this.region.now;
    if (time === undefined) this.region.enter(instance, status);
    else this.region.occupy(instance, status, time, () => this.region.enter(instance, 'available'));
  }

  /** Lets the next snapshot or copy fail, of that instance or of any. */
  failNext(act: 'snapshot' | 'copy', instance: string | null = null): void {
    this.region.mishaps.push({ act, instance });
  }

  /**
   * Lets the next restore of a snapshot of that instance, or of any, end in that status instead of `available`:
   * `failed`, `incompatible-restore`. With `creating` it never ends.
   */
  endNextRestore(status: string, instance: string | null = null): void {
    this.region.mishaps.push({ act: 'restore', instance, ends: status });
  }

  /** Ends a copy into this region, from another one, that waits or runs. */
  async failCopy(target: string): Promise<void> {
    const copy = [...this.region.inbound].find((one) => one.target.id === target);
    if (copy === undefined) throw new Error(`no copy ${target} is under way to ${this.region.place.region}`);
    await fail(copy, 'internal failure');
  }

  /** Sets a snapshot's status outright. */
  snapshotStatus(id: string, status: Snapshot['status']): void {
    const snapshot = this.region.snapshots.get(id);
    if (snapshot === undefined) throw new Error(`there is no snapshot ${id} in ${this.region.place.region}`);
    snapshot.status = status;
  }

  /** Lets another account, or `all`, copy and restore a snapshot. */
  share(id: string, account: string): void {
    const snapshot = this.region.snapshots.get(id);
    if (snapshot === undefined) throw new Error(`there is no snapshot ${id} in ${this.region.place.region}`);
    snapshot.sharedWith.add(account);
  }

  /** Plans an act of AWS's on an instance. */
  maintenance(id: string, action: Planned): void {
    planMaintenance(this.region, id, action);
  }

  /** Lets a certificate authority end at another time; one of a new name is added. */
  authority(id: string, until: Instant): void {
    endAuthority(this.region, id, until);
  }

  /** Makes an instance that stands the read replica of another one; of one in another region by its ARN. */
  replica(id: string, source: string): void {
    makeReplica(this.region, id, source);
  }

  /** Imports the material of a key with the Origin EXTERNAL, which is enabled by it. */
  importMaterial(key: string): void {
    const found = this.#key(key);
    if (found.set.origin !== 'EXTERNAL') throw new Error(`${key} has its material from ${found.set.origin}`);
    this.region.keys.importMaterial(found);
  }

  #key(reference: string): KmsKey {
    const key = this.region.keys.ask(reference);
    if (key === null) throw new Error(`there is no key ${reference} in ${this.region.place.region}`);
    return key;
  }

  #snapshot(wanted: SeededSnapshot): Snapshot {
    const { region } = this;
    const origin = this.#origin(wanted);
    const done = wanted.status === undefined || wanted.status === 'available';
    const foreign = wanted.copyOf !== undefined;
    return {
      id: wanted.id,
      arn: rdsArn(region.place, 'snapshot', wanted.id),
      type: wanted.type ?? 'manual',
      origin,
      status: wanted.status ?? 'available',
      progress: null,
      created: done ? (wanted.copied ?? wanted.at) : null,
      originallyCreated: done ? wanted.at : null,
      databaseTime: done ? wanted.at : null,
      kmsKey: wanted.key === undefined ? null : this.#key(wanted.key).arn,
      optionGroup: wanted.optionGroup ?? origin.shape.optionGroup,
      copyOf: wanted.copyOf ?? null,
      sourceRegion: wanted.copyOf?.split(':')[3] ?? region.place.region,
      foreign,
      tags: new Map(Object.entries(wanted.tags ?? {})),
      sizeInBytes: 10 * 2 ** 30,
      sharedWith: new Set(),
    };
  }

  /** One for all snapshots of an instance: 54,000 of them would not fit into a test's memory otherwise. */
  #origin({ instance: id, at }: SeededSnapshot): Origin {
    const known = this.#origins.get(id);
    const standing = this.region.instances.get(id);
    if (known !== undefined && (standing === undefined || known.resourceId === standing.resourceId))
      return known;
    const { account, region: name } = this.region.place;
    const origin: Origin = {
      instance: id,
      resourceId:
        standing?.resourceId ?? `db-${this.region.world.chance.letters(26, 'resource', account, name, id)}`,
      created: standing?.created ?? at - DAY,
      zone: `${name}a`,
      shape: standing?.shape ?? {
        engine: 'postgres',
        engineVersion: '17.6',
        instanceClass: 'db.t4g.medium',
        allocatedStorage: 20,
        storageType: 'gp3',
        port: 5432,
        masterUsername: 'postgres',
        databaseName: null,
        licenseModel: 'postgresql-license',
        optionGroup: defaultOptionGroup('postgres', '17.6'),
        backupRetention: 0,
        backupWindow: '00:00-01:00',
        iamAuthentication: false,
      },
      tags: new Map(standing?.tags ?? []),
    };
    this.#origins.set(id, origin);
    return origin;
  }
}

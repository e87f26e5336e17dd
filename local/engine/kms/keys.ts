import type { KeyState } from '@aws-sdk/client-kms';
import { DAY, type Duration, type Instant, SECOND } from '../../../shared/domain/time';
import type { Place } from '../arn';
import { tellDeletion } from './events';
import {
  type Grant,
  isPrimary,
  isSymmetric,
  type KeySet,
  type KmsKey,
  type NewGrant,
  primaryOf,
} from './key';
import { type NewKey, newMember, newSet } from './new-key';
import { beginSchedule, followState, newMaterial, USUAL_PERIOD } from './rotation';
import type { KmsWorld } from './world';

/** How long a replica is `Creating` ("a few seconds", KMS: ReplicateKey). */
const CREATING: Duration = 10 * SECOND;

/** The services that AWS keeps a key for here, and how it describes that key. */
const MANAGED: Readonly<Record<string, string>> = {
  rds: 'Default key that protects my RDS database volumes when no other key is defined',
  sns: 'Default key that protects my SNS data when no other key is defined',
};

interface Alias {
  /** The id of its key. */
  readonly key: string;
  readonly created: Instant;
  readonly updated: Instant;
}

/** The keys and aliases of one account in one region. */
export class KeyStore {
  readonly keys = new Map<string, KmsKey>();
  /** By `alias/...`. */
  readonly aliases = new Map<string, Alias>();
  readonly #watchers: ((key: KmsKey) => void)[] = [];
  #made = 0;
  #granted = 0;

  constructor(
    readonly place: Place,
    readonly world: KmsWorld,
  ) {}

  create(wanted: NewKey = {}): KmsKey {
    const set = newSet(this.world, this.place, wanted, this.#made);
    this.#made += 1;
    return this.#add(set, wanted, set.origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled');
  }

  /** The same key, for this region. */
  replicate(set: KeySet, wanted: Pick<NewKey, 'description' | 'tags'>): KmsKey {
    const replica = this.#add(set, wanted, 'Creating');
    this.world.clock.after(CREATING, () => {
      if (replica.state !== 'Creating' || this.world.isLost(this.place.region)) return;
      this.setState(replica, replica.hasMaterial ? 'Enabled' : 'PendingImport');
    });
    return replica;
  }

  /** Gives an EXTERNAL key its material. Related keys take the same, each in its own region. */
  importMaterial(key: KmsKey): void {
    if (key.set.materials.length === 0) newMaterial(this.world, key.set);
    key.hasMaterial = true;
    if (key.state === 'PendingImport') this.setState(key, 'Enabled');
  }

  addAlias(name: string, key: KmsKey): void {
    const now = this.world.clock.now();
    this.aliases.set(name, { key: key.id, created: this.aliases.get(name)?.created ?? now, updated: now });
  }

  aliasArn(name: string): string {
    return `arn:aws:kms:${this.place.region}:${this.place.account}:${name}`;
  }

  /** The AWS-managed key of a service (`alias/aws/rds`), which appears when it is first used or asked for. */
  managed(service: string): KmsKey {
    const alias = `alias/aws/${service}`;
    const known = this.find(alias);
    if (known !== null) return known;
    const key = this.create({ manager: 'AWS', description: MANAGED[service] ?? '' });
    this.addAlias(alias, key);
    beginSchedule(this.world, key.set, USUAL_PERIOD);
    return key;
  }

  /** By id, ARN, alias or alias ARN; an ARN of another region or account finds nothing here. */
  find(reference: string): KmsKey | null {
    const name = this.#local(reference);
    if (name.startsWith('alias/')) return this.keys.get(this.aliases.get(name)?.key ?? '') ?? null;
    return this.keys.get(name.startsWith('key/') ? name.slice(4) : name) ?? null;
  }

  /** As `find`; a predefined alias without a key gets one by being asked for, as KMS does it. */
  ask(reference: string): KmsKey | null {
    const [, service = ''] = /^alias\/aws\/(\w+)$/.exec(this.#local(reference)) ?? [];
    return Object.hasOwn(MANAGED, service) ? this.managed(service) : this.find(reference);
  }

  /** A key that RDS can encrypt and read data with now, or `null`: its own of AWS's keys, or a customer's. */
  usable(reference: string): KmsKey | null {
    const key = reference === 'alias/aws/rds' ? this.managed('rds') : this.find(reference);
    if (key?.state !== 'Enabled' || !isSymmetric(key.set)) return null;
    return key.manager === 'CUSTOMER' || key === this.find('alias/aws/rds') ? key : null;
  }

  setState(key: KmsKey, state: KeyState): void {
    key.state = state;
    followState(this.world, key.set);
    this.#tell(key);
  }

  /** A primary key waits for its replicas to go first. */
  scheduleDeletion(key: KmsKey, days: number): void {
    if (!isPrimary(key) || key.set.members.size === 1) {
      this.#wait(key, days);
      return;
    }
    key.deletion = { days, at: null, begin: () => this.#wait(key, days), cancel: () => {} };
    this.setState(key, 'PendingReplicaDeletion');
  }

  /** The key comes back disabled: whoever wants it must enable it. */
  cancelDeletion(key: KmsKey): void {
    key.deletion?.cancel();
    key.deletion = null;
    this.setState(key, key.hasMaterial ? 'Disabled' : 'PendingImport');
  }

  grant(key: KmsKey, wanted: NewGrant): Grant {
    const { chance, clock } = this.world;
    const grant = {
      ...wanted,
      KeyId: key.arn,
      GrantId: chance.hex(64, 'grant', key.arn, this.#granted),
      CreationDate: new Date(clock.now()),
    };
    this.#granted += 1;
    key.grants.set(grant.GrantId, grant);
    return grant;
  }

  /** Takes a grant from its holder; retiring is the holder's own way, and nobody needs to hear of it. */
  revoke(key: KmsKey, id: string): void {
    key.grants.delete(id);
    this.#tell(key);
  }

  /** Hears of every change of a key's state, and of grants revoked: instances live and die by them. */
  watch(watcher: (key: KmsKey) => void): void {
    this.#watchers.push(watcher);
  }

  #tell(key: KmsKey): void {
    for (const watcher of this.#watchers) watcher(key);
  }

  /** What an ARN names in this place; all else as it stands. */
  #local(reference: string): string {
    const prefix = this.aliasArn('');
    return reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
  }

  #add(set: KeySet, wanted: NewKey, state: KeyState): KmsKey {
    const key = newMember(this.world, this.place, set, wanted, state);
    this.keys.set(key.id, key);
    return key;
  }

  #wait(key: KmsKey, days: number): void {
    const { clock } = this.world;
    const at = clock.now() + days * DAY;
    key.deletion = { days, at, begin: () => {}, cancel: clock.at(at, () => this.#remove(key)) };
    this.setState(key, 'PendingDeletion');
  }

  #remove(key: KmsKey): void {
    if (this.world.isLost(this.place.region)) return;
    const { set } = key;
    this.keys.delete(key.id);
    set.members.delete(this.place.region);
    for (const [alias, { key: id }] of this.aliases) if (id === key.id) this.aliases.delete(alias);
    this.setState(key, 'Unavailable');
    tellDeletion(this.world, key);
    if (set.members.size === 1) primaryOf(set)?.deletion?.begin();
  }
}

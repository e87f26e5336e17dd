import type { DescribeKeyResponse, KeyState } from '@aws-sdk/client-kms';
import { DAY, type Instant } from '../../../shared/domain/time';
import type { VirtualClock } from '../../clock';
import type { Place } from '../arn';
import type { Chance } from '../chance';

export interface KmsKey {
  readonly id: string;
  readonly arn: string;
  readonly created: Instant;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly spec: string;
  readonly description: string;
  readonly tags: Map<string, string>;
  state: KeyState;
  deletion: { readonly at: Instant; readonly cancel: () => void } | null;
}

export interface NewKey {
  readonly manager?: KmsKey['manager'];
  readonly spec?: string;
  readonly description?: string;
  readonly tags?: ReadonlyMap<string, string>;
}

/** The keys and aliases of one account in one region. */
export class KeyStore {
  readonly keys = new Map<string, KmsKey>();
  /** `alias/...` to the id of its key. */
  readonly aliases = new Map<string, { readonly key: string; readonly created: Instant }>();
  readonly #watchers: ((key: KmsKey) => void)[] = [];
  #made = 0;

  constructor(
    readonly place: Place,
    private readonly clock: VirtualClock,
    private readonly chance: Chance,
  ) {}

  create({ manager = 'CUSTOMER', spec = 'SYMMETRIC_DEFAULT', description = '', tags }: NewKey = {}): KmsKey {
    const { account, region } = this.place;
    const id = this.chance.uuid('key', account, region, this.#made);
    this.#made += 1;
    const key: KmsKey = {
      id,
      arn: `arn:aws:kms:${region}:${account}:key/${id}`,
      created: this.clock.now(),
      manager,
      spec,
      description,
      tags: new Map(tags),
      state: 'Enabled',
      deletion: null,
    };
    this.keys.set(id, key);
    return key;
  }

  addAlias(name: string, key: KmsKey): void {
    this.aliases.set(name, { key: key.id, created: this.clock.now() });
  }

  aliasArn(name: string): string {
    return `arn:aws:kms:${this.place.region}:${this.place.account}:${name}`;
  }

  /** The AWS-managed key of a service (`alias/aws/rds`), which appears when it is first used or asked for. */
  managed(service: string): KmsKey {
    const alias = `alias/aws/${service}`;
    const known = this.find(alias);
    if (known !== null) return known;
    const description = `Default key that protects my ${service.toUpperCase()} database volumes when no other key is defined`;
    const key = this.create({ manager: 'AWS', description });
    this.addAlias(alias, key);
    return key;
  }

  /** By id, ARN, alias or alias ARN; an ARN of another region or account finds nothing here. */
  find(reference: string): KmsKey | null {
    const prefix = `arn:aws:kms:${this.place.region}:${this.place.account}:`;
    const name = reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
    if (name.startsWith('alias/')) return this.keys.get(this.aliases.get(name)?.key ?? '') ?? null;
    return this.keys.get(name.startsWith('key/') ? name.slice(4) : name) ?? null;
  }

  /** A key that data can be encrypted and read with now, or `null`. */
  usable(reference: string): KmsKey | null {
    const key = reference === 'alias/aws/rds' ? this.managed('rds') : this.find(reference);
    return key?.state === 'Enabled' && key.spec === 'SYMMETRIC_DEFAULT' ? key : null;
  }

  setState(key: KmsKey, state: KeyState): void {
    key.state = state;
    for (const watcher of this.#watchers) watcher(key);
  }

  scheduleDeletion(key: KmsKey, days: number): void {
    const at = this.clock.now() + days * DAY;
    key.deletion = { at, cancel: this.clock.at(at, () => this.#remove(key)) };
    this.setState(key, 'PendingDeletion');
  }

  /** The key comes back disabled: whoever wants it must enable it. */
  cancelDeletion(key: KmsKey): void {
    key.deletion?.cancel();
    key.deletion = null;
    this.setState(key, 'Disabled');
  }

  /** Hears of every change of a key's state: instances live and die by it. */
  watch(watcher: (key: KmsKey) => void): void {
    this.#watchers.push(watcher);
  }

  #remove(key: KmsKey): void {
    this.keys.delete(key.id);
    for (const [alias, { key: id }] of this.aliases) if (id === key.id) this.aliases.delete(alias);
    this.setState(key, 'Unavailable');
  }
}

export function metadataOf(key: KmsKey, { account }: Place): NonNullable<DescribeKeyResponse['KeyMetadata']> {
  return {
    AWSAccountId: account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.created),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY',
    KeyState: key.state,
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    KeySpec: key.spec as 'SYMMETRIC_DEFAULT',
    ...(key.spec === 'SYMMETRIC_DEFAULT' && { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }),
    MultiRegion: false,
    ...(key.deletion !== null && { DeletionDate: new Date(key.deletion.at) }),
  };
}

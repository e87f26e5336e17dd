import type { ObjectLockRetentionMode, ServerSideEncryption } from '@aws-sdk/client-s3';
import BTree from 'sorted-btree';
import type { Instant } from '../../../shared/domain/time';
import type { VirtualClock } from '../../clock';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import type { Chance } from '../chance';
import type { KeyStore } from '../kms/keys';
import type { Checksums } from './checksums';

/** Until when, exclusive, a version cannot be deleted. */
export interface Retention {
  readonly mode: ObjectLockRetentionMode;
  readonly until: Instant;
}

/** What a bucket's lock gives to versions that are put without one of their own: days or years, not both. */
export interface DefaultRetention {
  readonly mode: ObjectLockRetentionMode;
  readonly days: number | null;
  readonly years: number | null;
}

export interface Encryption {
  readonly algorithm: ServerSideEncryption;
  /** Of `aws:kms`: id, alias or ARN as it was given; null for the key that AWS keeps for S3. */
  readonly key: string | null;
  readonly bucketKey: boolean;
}

export interface Content {
  readonly body: Uint8Array;
  /** In its quotes. */
  readonly etag: string;
  /** What is told again as it was given: ContentType, CacheControl. */
  readonly told: Readonly<Record<string, unknown>>;
  readonly checksums: Checksums;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: ReadonlyMap<string, string>;
  /** The key is an ARN here. */
  readonly encryption: Encryption;
  readonly retention: Retention | null;
  readonly legalHold: boolean;
}

export interface Version {
  /** `null` where versions are not kept. */
  readonly id: string;
  readonly modified: Instant;
  /** Null of a delete marker. */
  readonly content: Content | null;
}

export interface Bucket {
  readonly name: string;
  readonly owner: string;
  readonly region: string;
  readonly created: Instant;
  /** Null until it was first set. */
  versioning: 'Enabled' | 'Suspended' | null;
  /** Null where nothing can be locked. */
  lock: { readonly retention: DefaultRetention | null } | null;
  encryption: Encryption;
  /** Versions by key, the newest first; keys in the order of their UTF-8 bytes, as S3 lists them. */
  readonly objects: BTree<string, readonly Version[]>;
}

interface Around {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  keys(place: Place): KeyStore;
  has(region: string): boolean;
}

/** Every bucket of every account and region: their names are one space. */
export class Buckets {
  readonly all = new Map<string, Bucket>();
  #versions = 0;
  #etags = 0;

  constructor(readonly world: Around) {}

  add(bucket: Pick<Bucket, 'name' | 'owner' | 'region' | 'versioning' | 'lock'>): void {
    this.all.set(bucket.name, {
      ...bucket,
      created: this.second(),
      encryption: { algorithm: 'AES256', key: null, bucketKey: false },
      objects: new BTree<string, readonly Version[]>(undefined, byUtf8),
    });
  }

  newVersionId(): string {
    this.#versions += 1;
    return this.world.chance.letters(32, 's3 version', this.#versions);
  }

  /** For what an MD5 is not told of. */
  newEtag(): string {
    this.#etags += 1;
    return this.world.chance.hex(32, 's3 etag', this.#etags);
  }

  /** Now, as S3 dates what it keeps: in whole seconds. */
  second(): Instant {
    return Math.floor(this.world.clock.now() / 1000) * 1000;
  }
}

export function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

interface Asked {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** The bucket that is asked for, as far as this caller may see it from this region. Policies of buckets are not kept. */
export function bucketOf(
  { all }: Buckets,
  { account, region }: Place,
  { Bucket: name = '', ExpectedBucketOwner: owner }: Asked,
): Bucket {
  const bucket = all.get(name);
  if (bucket === undefined) {
    throw new WireError('NoSuchBucket', 'The specified bucket does not exist', 404);
  }
  if (bucket.owner !== account || (owner !== undefined && owner !== bucket.owner)) throw denied();
  if (bucket.region === region) return bucket;
  throw new WireError(
    'PermanentRedirect',
    `The bucket you are attempting to access must be addressed using the specified endpoint: it lies in ${bucket.region}.`,
    301,
  );
}

export function denied(why = 'Access Denied'): WireError {
  return new WireError('AccessDenied', why, 403);
}

export function invalid(message: string): WireError {
  return new WireError('InvalidArgument', message);
}

export function malformed(): WireError {
  return new WireError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

/** What a caller may say here. All else would be dropped without a word, where S3 would heed it: it is refused, as S3 words it. */
export function only<Input extends object>(input: Input, known: readonly (keyof Input & string)[]): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || (known as readonly string[]).includes(name)) continue;
    throw new WireError(
      'NotImplemented',
      `A header you provided implies functionality that is not implemented: ${name}`,
      501,
    );
  }
}

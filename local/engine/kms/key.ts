import type {
  GrantListEntry,
  KeySpec,
  KeyState,
  KeyUsageType,
  OriginType,
  RotationType,
} from '@aws-sdk/client-kms';
import type { Instant } from '../../../shared/domain/time';
import type { Place } from '../arn';

/** What a key encrypts with. Older material stays, to decrypt what was written under it. */
export interface Material {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** `null` for the first material, which no rotation made. */
  readonly rotated: { readonly at: Instant; readonly type: RotationType } | null;
}

/** Automatic rotation that is on. It stands still while the primary key is not enabled. */
export interface Schedule {
  readonly days: number;
  next: Instant;
  /** Ends the timer; `null` while the schedule stands still. */
  cancel: (() => void) | null;
}

/**
 * What related multi-Region keys share: id, spec, usage, origin, material and its rotation (KMS: ReplicateKey). A key
 * of one region is a set of one.
 */
export interface KeySet {
  readonly id: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsageType;
  readonly origin: OriginType;
  readonly customKeyStore: string | null;
  readonly multiRegion: boolean;
  readonly created: Instant;
  /** By region. */
  readonly members: Map<string, KmsKey>;
  primaryRegion: string;
  /** Oldest first; empty where KMS tells of none: asymmetric, HMAC and custom key store keys, and before an import. */
  readonly materials: Material[];
  schedule: Schedule | null;
  /** Since when a rotation on demand is under way. */
  onDemand: Instant | null;
}

export interface Deletion {
  /** The waiting period. */
  readonly days: number;
  /** `null` while replicas are left: the waiting begins when the last of them is gone. */
  readonly at: Instant | null;
  /** Begins the waiting. */
  readonly begin: () => void;
  readonly cancel: () => void;
}

export type Grant = GrantListEntry & { readonly GrantId: string };

/** What a grant allows to whom, before KMS names it. */
export type NewGrant = Omit<GrantListEntry, 'KeyId' | 'GrantId' | 'CreationDate'>;

/** One key in one region. State, tags, aliases, grants and description are its own. */
export interface KmsKey {
  readonly set: KeySet;
  readonly id: string;
  readonly arn: string;
  readonly place: Place;
  readonly created: Instant;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly description: string;
  readonly tags: Map<string, string>;
  readonly grants: Map<string, Grant>;
  /** False for an EXTERNAL key until its material is imported, in each region anew. */
  hasMaterial: boolean;
  state: KeyState;
  deletion: Deletion | null;
}

/** The key that rotation and replication are asked of; `null` once it is deleted. */
export function primaryOf(set: KeySet): KmsKey | null {
  return set.members.get(set.primaryRegion) ?? null;
}

export function isPrimary({ set, place }: KmsKey): boolean {
  return set.primaryRegion === place.region;
}

/** Symmetric encryption keys: the only ones that RDS takes and that KMS rotates. */
export function isSymmetric({ spec }: KeySet): boolean {
  return spec === 'SYMMETRIC_DEFAULT';
}

/** On its way to deletion: it neither encrypts nor rotates, and takes no alias or tag. */
export function isDying({ state }: KmsKey): boolean {
  return state === 'PendingDeletion' || state === 'PendingReplicaDeletion';
}

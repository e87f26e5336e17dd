import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { WireError } from '../../wire/service';
import type { Place } from '../arn';
import { tell } from './events';
import type { KeyStore } from './keys';
import type { KmsWorld } from './world';

/** A call that is to change something. */
export interface Asked {
  readonly name: string;
  readonly input: object;
  /** The ARN of the key that it is about. */
  readonly key: string | null;
}

/** One that did. */
export interface Act extends Asked {
  readonly output: object;
}

/** The members that name a key, or that the answer describes one with. */
interface Naming {
  readonly KeyId?: string;
  readonly TargetKeyId?: string;
  readonly AliasName?: string;
  readonly ReplicaRegion?: string;
  readonly KeyMetadata?: KeyMetadata;
  readonly ReplicaKeyMetadata?: KeyMetadata;
}

/** The ARN of the key that a call is about, where there is such a key yet. */
export function subjectOf(store: KeyStore, input: Naming): string | null {
  return store.find(input.KeyId ?? input.TargetKeyId ?? input.AliasName ?? '')?.arn ?? null;
}

/**
 * What EventBridge hears of a call through CloudTrail. It is the only word of a key that is disabled or of a deletion
 * that is scheduled; KMS's own events come when a key is gone. RDS's grants on the keys of its instances are left out.
 */
export function record(world: KmsWorld, place: Place, ordinal: number, act: Act): void {
  const output: Naming = act.output;
  const made = output.KeyMetadata ?? output.ReplicaKeyMetadata;
  const key = act.key ?? made?.Arn ?? null;
  // Since December 2022 the key's ARN is there even where the operation answers nothing (KMS: CloudTrail entries).
  const answer = made === undefined && key !== null ? { ...act.output, KeyId: key } : act.output;
  send(world, place, ordinal, { ...act, key }, { responseElements: written(answer) });
  // KMS logs a replica twice: where the primary is, and where it comes to be.
  const { ReplicaRegion } = act.input as Naming;
  if (ReplicaRegion !== undefined && made?.Arn !== undefined) {
    const there = { name: 'CreateKey', input: null, key: made.Arn };
    send(world, { ...place, region: ReplicaRegion }, ordinal, there, { responseElements: null });
  }
}

/** Not the answer of a rule, but that the call was none, or that nobody was there to answer it. */
const UNHEARD = /^(ValidationException|KMSInternalException)$/;

/**
 * CloudTrail tells of refused calls too, and EventBridge hands them on. Of what KMS finds malformed we tell nothing:
 * AWS does not say whether that gets as far as the trail.
 */
export function recordRefusal(
  world: KmsWorld,
  place: Place,
  ordinal: number,
  asked: Asked,
  { code, message }: WireError,
): void {
  if (UNHEARD.test(code)) return;
  send(world, place, ordinal, asked, {
    // The one code that CloudTrail writes in another way than KMS answers it.
    errorCode: code === 'AccessDeniedException' ? 'AccessDenied' : code,
    errorMessage: message,
    responseElements: null,
  });
}

interface Ending {
  readonly responseElements: unknown;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

function send(
  world: KmsWorld,
  place: Place,
  ordinal: number,
  { name, input, key }: Omit<Asked, 'input'> & { readonly input: object | null },
  ending: Ending,
): void {
  const { account, region } = place;
  tell(world, place, {
    type: 'AWS API Call via CloudTrail',
    resources: [],
    detail: {
      eventVersion: '1.11',
      eventTime: `${new Date(world.clock.now()).toISOString().slice(0, 19)}Z`,
      eventSource: 'kms.amazonaws.com',
      eventName: name,
      awsRegion: region,
      requestParameters: written(input),
      ...ending,
      readOnly: false,
      resources: key === null ? [] : [{ accountId: account, type: 'AWS::KMS::Key', ARN: key }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
    },
    purpose: ['call', name, ordinal],
  });
}

/** As CloudTrail writes: small initials, dates in words, no grant tokens. The pairs of an encryption context stay. */
function written(value: unknown): unknown {
  if (value instanceof Date) return WORDS.format(value).replaceAll('\u202f', ' ');
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([name, member]) => member !== undefined && !/^GrantTokens?$/.test(name))
    .map(([name, member]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      name.startsWith('EncryptionContext') ? member : written(member),
    ]);
  return Object.fromEntries(members);
}

/** `Apr 12, 2026, 6:58:30 PM` */
const WORDS = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import type { KeyStore } from '../kms/keys';
import { Outbox } from './outbox';
import { invalid } from './refusals';
import type { Subscription } from './subscription';

export interface Topic {
  readonly arn: string;
  readonly attributes: Map<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  /** By their own ids, the last part of their ARNs. */
  readonly subscriptions: Map<string, Subscription>;
  /** How many subscriptions it had that are gone. */
  deleted: number;
}

/** 256 KiB. */
export const USUAL_SIZE = 262_144;

/** The topics of one account in one region, by name, and what came of what was published. FIFO topics are not known here. */
export class TopicStore {
  readonly topics = new Map<string, Topic>();
  readonly outbox = new Outbox();
  #ordinal = 0;

  constructor(
    readonly place: Place,
    readonly keys: KeyStore,
  ) {}

  /** An id that no other message or subscription has. */
  newId(what: 'message' | 'subscription'): string {
    this.#ordinal += 1;
    const { account, region } = this.place;
    return this.keys.world.chance.uuid('sns', what, account, region, this.#ordinal);
  }
}

/** The name in a topic's ARN of this place; an ARN of another one is as good as none. */
export function nameIn({ place: { account, region } }: TopicStore, arn: string | undefined): string {
  const [, where, whose, name] = /^arn:aws:sns:([a-z0-9-]+):(\d{12}):([\w-]{1,256})$/.exec(arn ?? '') ?? [];
  if (name === undefined || where !== region || whose !== account) throw invalid('TopicArn');
  return name;
}

export function found(store: TopicStore, arn: string | undefined): Topic {
  const topic = store.topics.get(nameIn(store, arn));
  if (topic === undefined) throw new WireError('NotFound', 'Topic does not exist', 404);
  return topic;
}

/** The largest message that a topic takes, in bytes: 256 KiB, unless it says less. */
export function sizeLimit({ attributes }: Topic): number {
  return Number(attributes.get('MaximumMessageSize') ?? USUAL_SIZE);
}

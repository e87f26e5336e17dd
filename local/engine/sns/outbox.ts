import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import type { Instant } from '../../../shared/domain/time';
import type { Protocol } from './subscription';

/** A message that a topic took. */
export interface Publication {
  readonly at: Instant;
  readonly id: string;
  readonly topic: string;
  readonly subject: string | null;
  /** As it was sent: with the structure `json`, all texts at once. */
  readonly message: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
}

/** What one subscriber got of it, or why it got nothing. */
export interface Delivery {
  readonly at: Instant;
  /** The publication's. */
  readonly id: string;
  readonly topic: string;
  readonly subscription: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly outcome: 'delivered' | 'filtered' | 'unconfirmed' | 'discarded';
  /** The line above a mail; elsewhere the subject is part of the body. */
  readonly subject: string | null;
  /** `null` where nothing was delivered. */
  readonly body: string | null;
  /** Beside the body, which only a queue that takes messages raw has. */
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
}

/** What SNS sent to an endpoint that has to say whether it wants to be one. */
export interface Confirmation {
  readonly topic: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly token: string;
  /** Says yes, as who clicks on the link does. */
  readonly confirm: () => void;
}

/** All that went out of the topics of one place, oldest first, for whoever wants to see it as it arrived. */
export class Outbox {
  readonly published: Publication[] = [];
  readonly deliveries: Delivery[] = [];
  readonly confirmations: Confirmation[] = [];

  /** What arrived at an endpoint. */
  to(endpoint: string): Delivery[] {
    return this.deliveries.filter((one) => one.endpoint === endpoint && one.outcome === 'delivered');
  }

  /** Confirms whatever the endpoint was asked for, and answers how often it was asked. */
  confirm(endpoint: string): number {
    const asked = this.confirmations.filter((one) => one.endpoint === endpoint);
    for (const one of asked) one.confirm();
    return asked.length;
  }
}

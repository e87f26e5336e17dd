import { formatInstant, type Instant } from '../../shared/domain/time';
import type { Delivery, Outbox } from '../engine/sns/outbox';

/** What the person on call got by mail, in the order it came. */
export class Mailbox {
  #read = 0;

  constructor(
    private readonly outbox: Pick<Outbox, 'to'>,
    private readonly address: string,
  ) {}

  get all(): readonly Delivery[] {
    return this.outbox.to(this.address);
  }

  /** The first mail since a moment that speaks of something; undefined while there is none. */
  about(what: string, since: Instant): Delivery | undefined {
    return this.all.find(({ at, subject }) => at >= since && (subject ?? '').includes(what));
  }

  /** What has come since this was asked last: a line each. */
  fresh(): string[] {
    const fresh = this.all.slice(this.#read);
    this.#read += fresh.length;
    return fresh.map(({ at, subject }) => `${formatInstant(at)} on call is told: ${subject}`);
  }

  /** Every mail whole, as it was delivered. */
  text(): string {
    const mails = this.all.map(
      ({ at, subject, body }) =>
        `Date: ${formatInstant(at)}\nTo: ${this.address}\nSubject: ${subject}\n\n${body}`,
    );
    return mails.length === 0 ? 'Nobody was told anything.\n' : mails.join(`\n${'-'.repeat(72)}\n\n`);
  }
}

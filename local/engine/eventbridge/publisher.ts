import type { Instant } from '../../../shared/domain/time';
import type { Place } from '../arn';
import type { CloudEvent } from '../events';
import type { KmsWorld } from '../kms/world';

/** What callers of one account in one region put on its default bus themselves. */
export class Publisher {
  /** Oldest first, whoever listens. */
  readonly sent: CloudEvent[] = [];
  #ordinal = 0;

  constructor(
    readonly place: Place,
    private readonly world: Pick<KmsWorld, 'clock' | 'chance' | 'bus'>,
  ) {}

  now(): Instant {
    return this.world.clock.now();
  }

  newId(): string {
    this.#ordinal += 1;
    const { account, region } = this.place;
    return this.world.chance.uuid('put event', account, region, this.#ordinal);
  }

  /** What EventBridge took it delivers at least once: late or twice, but not never, as events of services may. */
  send(event: CloudEvent): void {
    this.sent.push(event);
    this.world.bus.send(event, { ...this.world.bus.delivery, lost: 0 });
  }
}

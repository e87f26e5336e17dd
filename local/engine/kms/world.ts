import type { VirtualClock } from '../../clock';
import type { Place } from '../arn';
import type { Chance } from '../chance';
import type { EventBus } from '../events';
import type { Durations, Limits } from '../rds/settings';

/** What KMS of all accounts and regions shares. */
export interface KmsWorld {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly bus: EventBus;
  readonly durations: Pick<Durations, 'rotation'>;
  limits(place: Place): Pick<Limits, 'onDemandRotations'>;
  has(region: string): boolean;
  isLost(region: string): boolean;
}

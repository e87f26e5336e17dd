import { WireError } from '../../wire/service';
import { required } from './identifiers';
import type { Instance } from './instance';
import { idOf } from './listing';
import type { RdsRegion } from './region';

/** The instance that a call is about, by its identifier or ARN. */
export function named(region: RdsRegion, reference: string | undefined): Instance {
  return region.instance(idOf(required(reference, 'DBInstanceIdentifier')));
}

export function mustBe(instance: Instance, statuses: readonly string[], doing: string): void {
  if (statuses.includes(instance.status)) return;
  throw new WireError(
    'InvalidDBInstanceState',
    `Cannot ${doing} the database instance ${instance.id} because it is in the ${instance.status} state, not ${statuses.join(' or ')}.`,
  );
}

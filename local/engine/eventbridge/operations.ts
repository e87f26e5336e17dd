import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { type Call, type Operations, WireError } from '../../wire/service';
import type { Place } from '../arn';
import type { Publisher } from './publisher';
import { putEvents } from './put-events';

/** EventBridge by its operations, as far as sending events goes. Rules are declared with the functions they start. */
export function eventBridgeOperations(
  publishers: (place: Place) => Publisher,
  isLost: (region: string) => boolean,
) {
  return {
    PutEvents: async (input: PutEventsRequest, call: Pick<Call, 'account' | 'region'>) => {
      if (isLost(call.region))
        throw new WireError('InternalException', `${call.region} does not answer.`, 500);
      return putEvents(publishers(call), input);
    },
  } satisfies Operations;
}

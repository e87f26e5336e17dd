import type {
  DescribeHubRequest,
  DescribeHubResponse,
  EnableSecurityHubRequest,
} from '@aws-sdk/client-securityhub';
import { WireError } from '../../wire/service';
import { type Hub, mustBeOn } from './hub';

/** The standards that AWS turns on with it are not known here: no finding comes of itself. */
export function enableSecurityHub(hub: Hub, _input: EnableSecurityHubRequest): Record<string, never> {
  if (hub.enabled !== null) {
    throw new WireError('ResourceConflictException', 'Account is already subscribed to Security Hub', 409);
  }
  hub.enabled = hub.clock.now();
  return {};
}

/** AWS deletes the findings after 90 days, which is also how long they stay without an update. */
export function disableSecurityHub(hub: Hub): Record<string, never> {
  mustBeOn(hub);
  hub.enabled = null;
  return {};
}

export function describeHub(hub: Hub, { HubArn }: DescribeHubRequest): DescribeHubResponse {
  const enabled = mustBeOn(hub);
  if (HubArn !== undefined && HubArn !== hub.arn) {
    throw new WireError('ResourceNotFoundException', `Hub ${HubArn} is not found`, 404);
  }
  return {
    HubArn: hub.arn,
    SubscribedAt: new Date(enabled).toISOString(),
    AutoEnableControls: true,
    ControlFindingGenerator: 'SECURITY_CONTROL',
  };
}

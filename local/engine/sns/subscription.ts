import type { Instant } from '../../../shared/domain/time';
import { type FilterPolicy, parsePolicy } from './filter-policy';
import { invalid, unspoken } from './refusals';

export type Protocol = 'email' | 'http' | 'https' | 'lambda' | 'sqs';

export interface Subscription {
  readonly arn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly asked: Instant;
  /** What its endpoint confirms with; `null` once it did, or where it need not. */
  token: string | null;
  /** What was set, word for word. */
  readonly attributes: Map<string, string>;
  policy: FilterPolicy | null;
}

export function isRaw({ attributes }: Subscription): boolean {
  return attributes.get('RawMessageDelivery') === 'true';
}

interface Kind {
  /** How an endpoint of its looks, and what SNS calls it where it does not. */
  readonly endpoint: RegExp;
  readonly refused: string;
  /** Whether an endpoint in the topic's own account has to confirm (SNS: Subscribe). */
  readonly confirms: boolean;
  readonly raw: boolean;
}

const POSTED = { refused: 'Endpoint must match the specified protocol', confirms: true, raw: true };

const KINDS: Readonly<Record<Protocol, Kind>> = {
  email: { endpoint: /^[^\s@]+@[^\s@]+$/, refused: 'Email address', confirms: true, raw: false },
  http: { ...POSTED, endpoint: /^http:\/\/[^/]/ },
  https: { ...POSTED, endpoint: /^https:\/\/[^/]/ },
  lambda: {
    endpoint: /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:.+$/,
    refused: 'Lambda endpoint ARN',
    confirms: false,
    raw: false,
  },
  sqs: {
    endpoint: /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/,
    refused: 'SQS endpoint ARN',
    confirms: false,
    raw: true,
  },
};

/** Those of SNS that nothing here delivers by. */
const OTHERS = ['application', 'email-json', 'firehose', 'sms'];

export function protocolOf(name: string, endpoint: string): Protocol {
  if (OTHERS.includes(name)) throw unspoken(`the protocol ${name}`);
  if (!Object.hasOwn(KINDS, name)) throw invalid(`Amazon SNS does not support this protocol string: ${name}`);
  const protocol = name as Protocol;
  if (!KINDS[protocol].endpoint.test(endpoint)) throw invalid(KINDS[protocol].refused);
  return protocol;
}

/** Endpoints of another account confirm as well. */
export function mustConfirm(protocol: Protocol, endpoint: string, account: string): boolean {
  const [, , , , owner] = endpoint.split(':');
  return KINDS[protocol].confirms || owner !== account;
}

/** What SNS has besides, and nothing here heeds. */
const UNHEEDED = ['DeliveryPolicy', 'RedrivePolicy', 'ReplayPolicy', 'SubscriptionRoleArn'];

/**
 * A filter takes hold at once; on AWS that may take up to 15 minutes (SNS: filter policies). `where` is what SNS begins
 * its refusals with.
 */
export function setAttribute(
  subscription: Pick<Subscription, 'protocol' | 'attributes' | 'policy'>,
  name: string,
  value: string,
  where: string,
): void {
  if (UNHEEDED.includes(name)) throw unspoken(`the attribute ${name}`);
  switch (name) {
    case 'FilterPolicy':
      subscription.policy = parsePolicy(value, where);
      break;
    case 'FilterPolicyScope':
      if (value === 'MessageBody') throw unspoken('the scope MessageBody');
      if (value !== 'MessageAttributes') {
        throw invalid(
          `${where}FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
        );
      }
      break;
    case 'RawMessageDelivery':
      if (value !== 'true' && value !== 'false') {
        throw invalid(`${where}RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
      }
      if (value === 'true' && !KINDS[subscription.protocol].raw) {
        throw invalid(
          `${where}Delivery protocol [${subscription.protocol}] does not support raw message delivery.`,
        );
      }
      break;
    default:
      throw invalid(where === '' ? 'AttributeName' : `${where}Unknown attribute ${name}`);
  }
  subscription.attributes.set(name, value);
}

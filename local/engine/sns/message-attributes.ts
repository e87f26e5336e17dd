import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import { WireError } from '../../wire/service';
import type { Scalar } from './filter-rule';

const MOST_BYTES = 256;

function refused(message: string): WireError {
  return new WireError('ParameterValueInvalid', message);
}

/**
 * Checks attributes by SNS's rules, and answers the values that filter policies compare with. How many there are is not
 * among the rules: only a queue that takes messages raw has a limit (delivery.ts).
 */
export function readAttributes(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): Map<string, readonly Scalar[]> {
  const values = new Map<string, readonly Scalar[]>();
  for (const [name, attribute] of Object.entries(attributes)) {
    checkName(name);
    const found = valuesOf(name, attribute);
    if (found !== null) values.set(name, found);
  }
  return values;
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) > MOST_BYTES) {
    throw refused(`Length of message attribute name must be less than ${MOST_BYTES} bytes.`);
  }
  const strange = /[^\w.-]/.exec(name)?.[0];
  if (strange !== undefined) {
    throw refused(
      `Invalid non-alphanumeric character '#x${strange.charCodeAt(0).toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith('.'))
    throw refused("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith('.'))
    throw refused("Invalid message attribute name ending with character '.' was found.");
  if (name.includes('..')) throw refused("Message attribute name can not have successive '.' character.");
}

/** `null` for what no policy sees: bytes. */
function valuesOf(name: string, attribute: MessageAttributeValue): readonly Scalar[] | null {
  const { DataType = '', StringValue, BinaryValue } = attribute;
  // `String.Array`, and types of one's own such as `Number.price`.
  const [, type] = /^(Binary|Number|String)(?:\..+)?$/.exec(DataType) ?? [];
  if (type === undefined) {
    throw refused(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const field = type === 'Binary' ? 'Binary' : 'String';
  const other = type === 'Binary' ? StringValue : BinaryValue;
  if (other !== undefined && other.length > 0) {
    throw refused(`The message attribute '${name}' with type '${DataType}' must use field '${field}'.`);
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (value === undefined || value.length === 0) {
    throw refused(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  }
  if (typeof value !== 'string') return null;
  // "Surrogate values are not supported" (SNS: message attributes): no emoji.
  if (/[\ud800-\udfff]/.test(value)) {
    throw refused(`Invalid attribute value was passed in for message attribute '${name}'.`);
  }
  if (type === 'Number') {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) {
      throw refused(`Could not cast message attribute '${name}' value to number.`);
    }
    return [Number(value)];
  }
  return DataType === 'String.Array' ? itemsOf(value) : [value];
}

/** An array that does not parse passes no filter, but is delivered where there is none. */
function itemsOf(json: string): readonly Scalar[] {
  try {
    const items: unknown = JSON.parse(json);
    return Array.isArray(items) ? items : [];
  } catch {
    return [];
  }
}

import { type Rule, refusal, ruleOf, type Scalar } from './filter-rule';
import { invalid, unspoken } from './refusals';

/** By attribute, its alternatives: each attribute has to pass one of its own (SNS: AND/OR logic). */
export type FilterPolicy = ReadonlyMap<string, readonly Rule[]>;

/** The most attributes of a policy, and the most combinations of its values. */
const MOST_KEYS = 5;
const MOST_COMBINATIONS = 150;

/** A policy for message attributes, as a subscriber sets it; `where` is what SNS begins its refusals with. */
export function parsePolicy(json: string, where: string): FilterPolicy {
  const refuse = refusal(where);
  const entries = Object.entries(objectIn(json) ?? fail(refuse('failed to parse JSON.')));
  if (entries.length > MOST_KEYS) throw refuse(`Filter policy can not have more than ${MOST_KEYS} keys`);
  let combinations = 1;
  const policy = entries.map(([name, values]): [string, Rule[]] => {
    if (name === '$or') throw unspoken('the filter operator $or');
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
      throw invalid('Filter policy scope MessageAttributes does not support nested filter policy');
    }
    if (!Array.isArray(values)) throw refuse(`"${name}" must be an object or an array`);
    if (values.length === 0) throw refuse('Empty arrays are not allowed');
    combinations *= values.length;
    return [name, values.map((value) => ruleOf(value, refuse))];
  });
  if (combinations > MOST_COMBINATIONS) throw refuse('Filter policy is too complex');
  return new Map(policy);
}

function fail(error: Error): never {
  throw error;
}

function objectIn(json: string): object | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Attributes that the policy does not name are ignored; without a value at all an attribute counts as not there. */
export function passes(policy: FilterPolicy, values: ReadonlyMap<string, readonly Scalar[]>): boolean {
  return [...policy].every(([name, rules]) => {
    const found = values.get(name);
    return rules.some((rule) =>
      found === undefined ? rule.absent : found.some((value) => rule.test(value)),
    );
  });
}

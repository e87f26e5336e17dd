import { invalid, unspoken } from './refusals';

/** What an attribute holds, or one item of an array. */
export type Scalar = string | number | boolean | null;

/** One alternative of a filter policy: an attribute passes when one of its values does. */
export interface Rule {
  test(value: Scalar): boolean;
  /** Whether it passes where there is no such attribute. */
  readonly absent: boolean;
}

function present(test: Rule['test']): Rule {
  return { test, absent: false };
}

/** SNS's own words, behind the name of the parameter that holds the policy. */
type Refuse = (why: string) => Error;

/** One element of the list that a policy has for an attribute (SNS: filter policy operators). */
export function ruleOf(given: unknown, refuse: Refuse): Rule {
  if (given === null || ['string', 'number', 'boolean'].includes(typeof given)) {
    return present((value) => value === given);
  }
  if (Array.isArray(given)) throw refuse('Match value must be String, number, true, false, or null');
  const [[name = '', operand] = [], ...others] = Object.entries(given as object);
  if (others.length > 0) throw refuse('Only one key allowed in match expression');
  if (name === 'cidr') throw unspoken('the filter operator cidr');
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) throw refuse(`Unrecognized match type ${name}`);
  return operator(operand, refuse);
}

const OPERATORS: Readonly<Record<string, (operand: unknown, refuse: Refuse) => Rule>> = {
  exists: (operand, refuse) => {
    if (typeof operand !== 'boolean') throw refuse('exists match pattern must be either true or false.');
    return { test: () => operand, absent: !operand };
  },

  prefix: (operand, refuse) => {
    const prefix = text('prefix', operand, refuse);
    return present((value) => typeof value === 'string' && value.startsWith(prefix));
  },

  suffix: (operand, refuse) => {
    const suffix = text('suffix', operand, refuse);
    return present((value) => typeof value === 'string' && value.endsWith(suffix));
  },

  'equals-ignore-case': (operand, refuse) => {
    const wanted = text('equals-ignore-case', operand, refuse).toLowerCase();
    return present((value) => typeof value === 'string' && value.toLowerCase() === wanted);
  },

  'anything-but': (operand, refuse) => {
    if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
      const [[name = '', inner] = []] = Object.entries(operand);
      if (name !== 'prefix') throw refuse(`Unsupported anything-but pattern: ${name}`);
      const prefix = text('prefix', inner, refuse);
      return present((value) => typeof value === 'string' && !value.startsWith(prefix));
    }
    const unwanted: unknown[] = [operand].flat();
    if (!unwanted.every((one) => typeof one === 'string' || typeof one === 'number')) {
      throw refuse('Bad value in anything-but match expression');
    }
    return present((value) => !unwanted.some((one) => one === value));
  },

  numeric: (operand, refuse) => {
    const bounds = numericBounds(operand, refuse);
    return present((value) => typeof value === 'number' && bounds.every((bound) => bound(value)));
  },
};

function text(operator: string, operand: unknown, refuse: Refuse): string {
  if (typeof operand !== 'string') throw refuse(`${operator} match pattern must be a string`);
  return operand;
}

type Bound = (value: number) => boolean;

const COMPARISONS: Readonly<Record<string, (limit: number) => Bound>> = {
  '=': (limit) => (value) => value === limit,
  '<': (limit) => (value) => value < limit,
  '<=': (limit) => (value) => value <= limit,
  '>': (limit) => (value) => value > limit,
  '>=': (limit) => (value) => value >= limit,
};

/** `["=", 5]`, `["<", 5]`, or a range with its lower end first: `[">", 0, "<=", 150]`. */
function numericBounds(operand: unknown, refuse: Refuse): Bound[] {
  const [first, low, second, high, ...more]: unknown[] = Array.isArray(operand) ? operand : [];
  const bound = (operator: unknown, limit: unknown): Bound => {
    const comparison = COMPARISONS[String(operator)];
    if (comparison === undefined) throw refuse(`Unrecognized numeric range operator: ${operator}`);
    if (typeof limit !== 'number') throw refuse(`Value of ${operator} must be numeric`);
    return comparison(limit);
  };
  if (typeof first !== 'string') throw refuse(`Invalid member in numeric match: ${first ?? ']'}`);
  const lower = bound(first, low);
  if (second === undefined) return [lower];
  if (!first.startsWith('>')) throw refuse('Too many elements in numeric expression');
  if (typeof second !== 'string') throw refuse(`Bad value in numeric range: ${second}`);
  if (!second.startsWith('<')) throw refuse(`Bad numeric range operator: ${second}`);
  if (more.length > 0) throw refuse('Too many terms in numeric range expression');
  const upper = bound(second, high);
  if (Number(low) >= Number(high)) throw refuse('Bottom must be less than top');
  return [lower, upper];
}

export function refusal(where: string): Refuse {
  return (why) => invalid(`${where}FilterPolicy: ${why}`);
}

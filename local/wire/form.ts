import type { NormalizedSchema } from '@smithy/core/schema';
import { fromBase64, parseEpochTimestamp, parseRfc3339DateTimeWithOffset } from '@smithy/core/serde';
import { WireError } from './service';

/** One name of a form and what hangs below it: `Tags.Tag.1.Key=a` is three branches and a leaf. */
interface Node {
  text: string | undefined;
  readonly branches: Map<string, Node>;
}

/** A form's names taken apart at their dots. */
export function formTree(form: URLSearchParams): Node {
  const root: Node = { text: undefined, branches: new Map() };
  for (const [name, text] of form) {
    let node = root;
    for (const step of name.split('.')) {
      let next = node.branches.get(step);
      if (next === undefined) {
        next = { text: undefined, branches: new Map() };
        node.branches.set(step, next);
      }
      node = next;
    }
    node.text = text;
  }
  return root;
}

/**
 * A form as the schema has it. AWS's rules: list items under their `xmlName` (`Tags.Tag.1`) or `member`, or directly
 * (flattened); an empty list is its bare name (`Tags=`); what the schema does not know is ignored.
 */
export function readForm(schema: NormalizedSchema, node: Node, name = ''): unknown {
  if (schema.isStructSchema()) return readStruct(schema, node, name);
  if (schema.isListSchema()) return readList(schema, node, name);
  if (schema.isMapSchema()) return readMap(schema, node, name);
  if (node.branches.size > 0 || node.text === undefined) throw malformed(`${name} takes a single value`);
  return readScalar(schema, node.text, name);
}

function readStruct(schema: NormalizedSchema, node: Node, name: string): Record<string, unknown> {
  const struct: Record<string, unknown> = {};
  for (const [member, memberSchema] of schema.structIterator()) {
    const wireName = memberSchema.getMergedTraits().xmlName ?? member;
    const branch = node.branches.get(wireName);
    if (branch !== undefined) {
      struct[member] = readForm(memberSchema, branch, name === '' ? wireName : `${name}.${wireName}`);
    }
  }
  return struct;
}

function readList(schema: NormalizedSchema, node: Node, name: string): unknown[] {
  const item = schema.getValueSchema();
  const under = schema.getMergedTraits().xmlFlattened
    ? node
    : (node.branches.get(item.getMergedTraits().xmlName ?? 'member') ?? node.branches.get('member'));
  if (under === undefined) {
    if (node.branches.size === 0 && node.text === '') return [];
    throw malformed(`${name} takes a list`);
  }
  return inOrder(under, name).map(([position, branch]) => readForm(item, branch, `${name}.${position}`));
}

function readMap(schema: NormalizedSchema, node: Node, name: string): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  const under = schema.getMergedTraits().xmlFlattened ? node : node.branches.get('entry');
  if (under === undefined) {
    if (node.branches.size === 0 && node.text === '') return map;
    throw malformed(`${name} takes a map`);
  }
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const valueSchema = schema.getValueSchema();
  const valueName = valueSchema.getMergedTraits().xmlName ?? 'value';
  for (const [position, entry] of inOrder(under, name)) {
    const key = entry.branches.get(keyName)?.text;
    const value = entry.branches.get(valueName);
    if (key === undefined || value === undefined)
      throw malformed(`${name}.${position} lacks its key or value`);
    map[key] = readForm(valueSchema, value, `${name}.${position}.${valueName}`);
  }
  return map;
}

/** The numbered branches by number: a client may send them in any order, and need not begin at 1. */
function inOrder(node: Node, name: string): [number, Node][] {
  const items = [...node.branches].map(([step, branch]): [number, Node] => {
    if (!/^\d{1,6}$/.test(step)) throw malformed(`${name}.${step} is no position in a list`);
    return [Number(step), branch];
  });
  return items.sort(([a], [b]) => a - b);
}

const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function readScalar(schema: NormalizedSchema, text: string, name: string): unknown {
  if (schema.isBooleanSchema()) {
    const word = text.toLowerCase();
    if (word !== 'true' && word !== 'false') throw malformed(`Invalid Boolean value for ${name}: ${text}`);
    return word === 'true';
  }
  if (schema.isNumericSchema()) {
    if (!NUMBER.test(text)) throw malformed(`Invalid Integer value for ${name}: ${text}`);
    return Number(text);
  }
  if (schema.isTimestampSchema()) return readTimestamp(text, name);
  if (schema.isBlobSchema()) {
    try {
      return fromBase64(text);
    } catch {
      throw malformed(`Invalid Base64 value for ${name}`);
    }
  }
  return text;
}

/** The SDK and the command line send ISO 8601, older clients seconds since 1970. */
function readTimestamp(text: string, name: string): Date {
  try {
    const date = /^\d+(\.\d+)?$/.test(text)
      ? parseEpochTimestamp(text)
      : parseRfc3339DateTimeWithOffset(text);
    if (date !== undefined && !Number.isNaN(date.getTime())) return date;
  } catch {
    // Falls through: the parser's own words name neither the parameter nor its value.
  }
  throw malformed(`Invalid Timestamp value for ${name}: ${text}`);
}

function malformed(message: string): WireError {
  return new WireError('MalformedInput', message);
}

import type { NormalizedSchema } from '@smithy/core/schema';
import type { Path } from './protocol';

/**
 * The required members that an input lacks, at any depth. The SDK's schemas list required members first and end with
 * their number; its clients do not check them, the services do.
 */
export function missingMembers(schema: NormalizedSchema, value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [];
  if (schema.isListSchema() && Array.isArray(value)) {
    const member = schema.getValueSchema();
    return value.flatMap((item, index) => missingMembers(member, item, [...path, index + 1]));
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    return Object.entries(value).flatMap(([key, item]) => missingMembers(member, item, [...path, key]));
  }
  if (!schema.isStructSchema()) return [];
  const missing: Path[] = [];
  const required = requiredCount(schema);
  const members = value as Readonly<Record<string, unknown>>;
  let position = 0;
  for (const [name, member] of schema.structIterator()) {
    const given = members[name];
    if (given === undefined && position < required) missing.push([...path, name]);
    if (given !== undefined) missing.push(...missingMembers(member, given, [...path, name]));
    position += 1;
  }
  return missing;
}

/** How many of a structure's members are required: the first ones. */
export function requiredCount(schema: NormalizedSchema): number {
  const struct: unknown = schema.getSchema();
  const count: unknown = Array.isArray(struct) ? struct[6] : undefined;
  return typeof count === 'number' ? count : 0;
}

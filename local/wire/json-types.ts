import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * What is wrong with parsed JSON in the eyes of a schema, in AWS's words, or `null`. The SDK's deserializer reads
 * answers of a service that it trusts and lets a number pass for a string; a service does not.
 */
export function jsonMismatch(schema: NormalizedSchema, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (schema.isStructSchema()) {
    if (!isObject(value)) return unexpected(value, 'a structure');
    for (const [name, member] of schema.structIterator()) {
      const mismatch = jsonMismatch(member, value[name]);
      if (mismatch !== null) return mismatch;
    }
    return null;
  }
  if (schema.isListSchema()) {
    return Array.isArray(value) ? first(value, schema.getValueSchema()) : unexpected(value, 'a list');
  }
  if (schema.isMapSchema()) {
    return isObject(value)
      ? first(Object.values(value), schema.getValueSchema())
      : unexpected(value, 'a map');
  }
  if (schema.isStringSchema() || schema.isBlobSchema()) {
    return typeof value === 'string' ? null : unexpected(value, 'a String');
  }
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? null : unexpected(value, 'a Boolean');
  if (schema.isNumericSchema() || schema.isTimestampSchema()) {
    return typeof value === 'number' ? null : unexpected(value, 'a Number');
  }
  return null;
}

function first(values: readonly unknown[], schema: NormalizedSchema): string | null {
  for (const value of values) {
    const mismatch = jsonMismatch(schema, value);
    if (mismatch !== null) return mismatch;
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `NUMBER_VALUE can not be converted to a String`. */
function unexpected(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return 'Start of list found where not expected';
  if (typeof value === 'object') return 'Start of structure or map found where not expected.';
  const kind = typeof value === 'boolean' ? String(value).toUpperCase() : (typeof value).toUpperCase();
  return `${kind}_VALUE can not be converted to ${wanted}`;
}

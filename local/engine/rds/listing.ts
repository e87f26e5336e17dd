import type { Filter } from '@aws-sdk/client-rds';
import { parseRdsArn } from '../arn';
import { keyOf, type Page, takePage } from '../paging';
import { invalidValue } from './identifiers';

interface Paged {
  readonly MaxRecords?: number | undefined;
  readonly Marker?: string | undefined;
}

/** RDS's pages hold 20 to 100, 100 unless asked. */
export function pageSize({ MaxRecords = 100 }: Paged): number {
  if (MaxRecords >= 20 && MaxRecords <= 100) return MaxRecords;
  throw invalidValue(`Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`);
}

/** The key behind which the page asked for begins. */
export function pageStart({ Marker }: Paged): string | null {
  return keyOf(Marker, () =>
    invalidValue('Invalid value for the parameter Marker: it is not one that this operation gave.'),
  );
}

/** A page of a short list, which is put in order here. */
export function listed<T>(entries: readonly (readonly [string, T])[], paged: Paged): Page<T> {
  const size = pageSize(paged);
  const start = pageStart(paged);
  const rest = entries.filter(([key]) => start === null || key > start).sort(([a], [b]) => (a < b ? -1 : 1));
  return takePage(rest, size);
}

/** The values of each filter, `null` where it is not used. */
export function readFilters<Name extends string>(
  filters: readonly Filter[] | undefined,
  names: readonly Name[],
): Readonly<Record<Name, readonly string[] | null>> {
  const read = Object.fromEntries(names.map((name) => [name, null])) as Record<
    Name,
    readonly string[] | null
  >;
  for (const { Name: name = '', Values: values = [] } of filters ?? []) {
    if (!names.includes(name as Name)) throw invalidValue(`Unrecognized filter name: ${name}`);
    if (values.length === 0) throw invalidValue(`The filter ${name} must have at least one value.`);
    read[name as Name] = values.map((value) => value.toLowerCase());
  }
  return read;
}

/** An identifier, given as such or as the ARN that it is part of. */
export function idOf(reference: string): string {
  return parseRdsArn(reference)?.id ?? reference.toLowerCase();
}

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Where a policy has backups restored for a test, as far as it has to be there before. */
export interface Place {
  readonly region: string;
  readonly subnetGroup: string;
  readonly parameterGroup: string;
}

/** Home and places of a policy file, as far as they can be made out: whether the policy holds is told elsewhere. */
export function placesIn(file: string): { readonly home: string | null; readonly places: readonly Place[] } {
  const found = read(file);
  const all = Object.values(found?.policies ?? {}).flatMap((policy) => policy?.restoreTest?.places ?? []);
  const places = all.filter((place): place is Place =>
    [place?.region, place?.subnetGroup, place?.parameterGroup].every((name) => typeof name === 'string'),
  );
  return { home: typeof found?.home === 'string' ? found.home : null, places };
}

interface Loose {
  readonly home?: unknown;
  readonly policies?: Record<string, { restoreTest?: { places?: (Partial<Place> | null)[] } } | null>;
}

function read(file: string): Loose | null {
  try {
    return parse(readFileSync(file, 'utf8')) as Loose | null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

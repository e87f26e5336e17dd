import type { WireError } from '../wire/service';

const PREFIX = 'after:';

/**
 * A marker names the last item of the page before, so that pages stay whole while items come and go between them:
 * none of those that stand all along is left out or shown twice. Callers see a word without meaning.
 */
export function markerAfter(key: string): string {
  return Buffer.from(PREFIX + key).toString('base64url');
}

/** The key that the page goes on behind; `null` for the first page. */
export function keyOf(marker: string | undefined, refusal: () => WireError): string | null {
  if (marker === undefined || marker === '') return null;
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith(PREFIX)) throw refusal();
  return text.slice(PREFIX.length);
}

export interface Page<T> {
  readonly items: T[];
  /** Where more follow. */
  readonly marker?: string;
}

/** Takes a page from what comes in ascending order of its keys; looks one item ahead, and no further. */
export function takePage<T>(entries: Iterable<readonly [string, T]>, most: number): Page<T> {
  const items: T[] = [];
  let last = '';
  for (const [key, item] of entries) {
    if (items.length === most) return { items, marker: markerAfter(last) };
    items.push(item);
    last = key;
  }
  return { items };
}

/**
 * A part of the world as one run saw it, or why it could not be looked at. A verdict on what was not seen is `unknown`,
 * with that reason: an empty list in its place would pass everything.
 */
export type Part<T> = { readonly seen: T } | { readonly unseen: string };

/** One entry of a map of parts; a key that is missing was not looked at either. */
export function partOf<T>(parts: ReadonlyMap<string, Part<T>>, key: string, what: string): Part<T> {
  return parts.get(key) ?? { unseen: `${what} was not looked at` };
}

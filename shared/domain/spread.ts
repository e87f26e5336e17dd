/**
 * A whole number from 0 up to `over`, `over` left out, that a text always leads to: on every machine and in every run.
 * Different texts are spread evenly (FNV-1a with 32 bits, and its digits mixed once more).
 */
export function spread(text: string, over: number): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193);
  }
  // Texts that differ in their last letter differ in the low digits only: bring the high ones down.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * over);
}

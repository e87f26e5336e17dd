/**
 * Control characters, and those that turn the direction of a line or take no room: a name that carries them could show
 * itself as another one, or end a line where a format has one record a line.
 */
const HIDDEN =
  /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** The same data with every hidden character of every text shown by its number: `\u202e`. Line ends become spaces. */
export function clean<T>(value: T): T {
  if (typeof value === 'string') return shown(value) as T;
  if (Array.isArray(value)) return value.map((item) => clean(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, clean(member)])) as T;
}

function shown(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, ' ')
    .replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

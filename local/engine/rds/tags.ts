import type { Tag } from '@aws-sdk/client-rds';
import { invalidValue } from './identifiers';

export type TagMap = Map<string, string>;

/** RDS's characters for keys and values; commas and brackets are not among them. */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const MOST_TAGS = 50;

/** The tags of a request, by RDS's rules. */
export function readTags(tags: readonly Tag[] | undefined): TagMap {
  const map: TagMap = new Map();
  for (const { Key = '', Value = '' } of tags ?? []) {
    if (Key === '' || [...Key].length > 128)
      throw invalidValue('Tag keys must be between 1 and 128 characters in length.');
    if ([...Value].length > 256) throw invalidValue('Tag values must be at most 256 characters in length.');
    reserved(Key);
    if (!ALLOWED.test(Key)) throw invalidValue(characters('keys'));
    if (!ALLOWED.test(Value)) throw invalidValue(characters('values'));
    if (map.has(Key)) throw invalidValue(`Duplicate tag key: ${Key}`);
    map.set(Key, Value);
  }
  return few(map);
}

export function reserved(key: string): void {
  for (const prefix of ['aws:', 'rds:']) {
    if (key.toLowerCase().startsWith(prefix)) {
      throw invalidValue(`Tag keys cannot start with the reserved prefix "${prefix}".`);
    }
  }
}

/** AWS's own tags do not count. */
export function few(map: TagMap): TagMap {
  const count = [...map.keys()].filter((key) => !key.startsWith('aws:')).length;
  if (count > MOST_TAGS) throw invalidValue(`A resource takes ${MOST_TAGS} tags at most, not ${count}.`);
  return map;
}

/** What passes from one resource to another: all but AWS's own. */
export function inheritable(map: ReadonlyMap<string, string>): TagMap {
  return new Map([...map].filter(([key]) => !key.startsWith('aws:')));
}

export function tagList(map: ReadonlyMap<string, string>): Tag[] {
  return [...map].map(([Key, Value]) => ({ Key, Value }));
}

function characters(what: 'keys' | 'values'): string {
  return `Tag ${what} may only contain unicode letters, digits, whitespace, or one of these symbols: _ . : / = + - @`;
}

import { clean } from './clean';
import type { Compliance } from './compliance';
import { partitionOf } from './resources';

/** What all GeneratorIds of ours begin with. */
export const GENERATOR = 'holdfast/';

/** The account's own product: findings that an account sends about itself need no other. */
export function productArn({ account, home }: Pick<Compliance, 'account' | 'home'>): string {
  return `arn:${partitionOf(home)}:securityhub:${home}:${account}:product/${account}/default`;
}

/** What the Ids of one installation's findings begin with. */
export function idPrefix({ installation }: Pick<Compliance, 'installation'>): string {
  return `${GENERATOR}${clean(installation)}/`;
}

/** What Security Hub knows a finding by: the same for the same control and subject, at every report. */
export function hubId(about: Pick<Compliance, 'installation'>, finding: string): string {
  return cut(`${idPrefix(about)}${clean(finding)}`, 512);
}

/** A text of at most so many characters: a longer one ends with a number made of all of it, so that no two become one. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most && text.length <= most) return text.trim() === '' ? '–' : text;
  const end = `…${fingerprint(text)}`;
  let kept = '';
  for (const character of characters) {
    if (kept.length + character.length + end.length > most) break;
    kept += character;
  }
  return kept + end;
}

/** FNV-1a of 32 bits, in hexadecimal: enough to tell two texts apart that begin alike; no protection against anyone. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

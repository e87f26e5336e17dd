import type { Subject } from '../controls/control';

/**
 * `recovery-point-copy/qrosity-db/us-west-2`: control, database, region, and the resource where there is one. Stable for
 * as long as the three are called so; findings, waivers and threads in chat go by it.
 */
export function findingId(control: string, { database, region, resource }: Subject): string {
  return [control, database, region, ...(resource === undefined ? [] : [resource])].map(escaped).join('/');
}

/**
 * Anything but letters, digits and `._:@*-` becomes its bytes in UTF-8, each as `%` and two digits: no two subjects get
 * one id, and no id breaks a line, a JSON path or an address.
 */
function escaped(part: string): string {
  if (part === '') return '%';
  return part.replace(/[^A-Za-z0-9._:@*-]/gu, (character) =>
    // A lone half of a pair has no bytes; it stands for itself.
    /\p{Cs}/u.test(character)
      ? `%u${character.charCodeAt(0).toString(16)}`
      : encodeURIComponent(character).replace(/[!'()~]/g, hex),
  );
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

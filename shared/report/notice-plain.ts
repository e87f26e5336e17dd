/**
 * Text that came from tags, databases and AWS is data: it may not begin a line of its own, turn the reading direction, or
 * hide anything. What controls or formats becomes a space, or nothing.
 */
export function plain(text: string, most = 1_000): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim();
  return clipped(line, most);
}

/** As SNS takes it for a subject: printable ASCII. */
export function ascii(text: string, most: number): string {
  const line = plain(text, Number.POSITIVE_INFINITY).replace(/[^ -~]/gu, '?');
  return line.length <= most ? line : `${line.slice(0, most - 3)}...`;
}

function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not between the halves of a pair.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** What it takes in a message with the structure `json`, where each text is a string of JSON. */
export function bytesInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** The parts of X.690's distinguished encoding that a certificate is made of: a tag, a length, the content. */

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

export const TRUE = Buffer.from([0x01, 0x01, 0xff]);

export function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

function lengthOf(size: number): number[] {
  if (size < 0x80) return [size];
  // Two bytes hold any length that a certificate comes to.
  return size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
}

export const sequence = (...parts: readonly Buffer[]) => element(SEQUENCE, ...parts);
export const set = (...parts: readonly Buffer[]) => element(SET, ...parts);
export const octets = (content: Buffer) => element(OCTET_STRING, content);
export const utf8 = (text: string) => element(UTF8_STRING, Buffer.from(text));

/** @param magnitude without a sign: a leading zero is added where the first bit would be taken for one */
export function integer(magnitude: Buffer): Buffer {
  return element(INTEGER, ...((magnitude[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), magnitude);
}

/** @param unused how many of the last bits do not count */
export function bits(content: Buffer, unused = 0): Buffer {
  return element(BIT_STRING, Buffer.from([unused]), content);
}

/** `2.5.29.17` and the like. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(OBJECT_IDENTIFIER, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const groups = [arc & 0x7f];
  for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift(0x80 | (left & 0x7f));
  return groups;
}

/** UTCTime: to the second, and before 2050 only (RFC 5280, 4.1.2.5). */
export function time(instant: number): Buffer {
  const digits = new Date(instant).toISOString().replaceAll(/[-:T]|\..*/g, '');
  return element(UTC_TIME, Buffer.from(`${digits.slice(2)}Z`));
}

/** A tag of the surrounding definition's own, `[n]`; what is wrapped keeps its own tag as well if `explicit`. */
export function tagged(n: number, content: Buffer, explicit = false): Buffer {
  return element((explicit ? 0xa0 : 0x80) | n, content);
}

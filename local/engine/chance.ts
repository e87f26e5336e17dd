import { createHash } from 'node:crypto';

/** From the least to the most, in milliseconds. */
export type Span = readonly [least: number, most: number];

/**
 * Chance that repeats itself: every draw is made from the seed and from what it is for, not from the draws before it.
 * Calls that arrive in another order (two handlers at once) therefore still leave the same world.
 */
export class Chance {
  constructor(private readonly seed: number | string) {}

  /** From 0 to below 1. */
  share(...purpose: readonly (string | number)[]): number {
    return this.#hash(purpose).readUIntBE(0, 6) / 2 ** 48;
  }

  within([least, most]: Span, ...purpose: readonly (string | number)[]): number {
    return Math.round(least + (most - least) * this.share(...purpose));
  }

  /** Hexadecimal digits, 64 at most. */
  hex(digits: number, ...purpose: readonly (string | number)[]): string {
    return this.#hash(purpose).toString('hex').slice(0, digits);
  }

  /** Upper-case letters and digits, 49 at most: how RDS writes its resource ids. */
  letters(count: number, ...purpose: readonly (string | number)[]): string {
    const text = BigInt(`0x1${this.#hash(purpose).toString('hex')}`)
      .toString(36)
      .toUpperCase();
    return text.slice(-count);
  }

  uuid(...purpose: readonly (string | number)[]): string {
    const hex = this.hex(32, ...purpose);
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `a${hex.slice(17, 20)}`,
      hex.slice(20),
    ].join('-');
  }

  #hash(purpose: readonly (string | number)[]): Buffer {
    return createHash('sha256')
      .update([this.seed, ...purpose].join('\0'))
      .digest();
  }
}

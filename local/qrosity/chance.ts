/** Numbers that look like chance and are the same in every run: mulberry32, a generator of 32 bits of state. */
export class Chance {
  private state: number;

  /** @param seeds what the numbers depend on; each combination has its own sequence */
  constructor(...seeds: readonly number[]) {
    this.state = 0x9e3779b9;
    for (const seed of seeds) {
      this.state = (Math.imul(this.state ^ seed, 0x85ebca6b) ^ Math.floor(seed / 2 ** 32)) >>> 0;
      this.next();
    }
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)] as T;
  }

  /** `count` different whole numbers below `end`, or all of them. */
  several(count: number, end: number): number[] {
    const left = Array.from({ length: end }, (_, index) => index);
    return Array.from({ length: Math.min(count, end) }, () =>
      left.splice(this.between(0, left.length - 1), 1),
    ).flat();
  }
}

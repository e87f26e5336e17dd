import type { Part } from '../../domain/controls/part';
import { Refusal } from '../../domain/refusal';
import type { Looks } from '../observe';

/** What one look shows, or AWS's reason for showing nothing; the reason is told in the report, and fails the run. */
export async function looked<T>(
  looks: Looks,
  region: string,
  reason: string,
  look: () => Promise<T>,
): Promise<Part<T>> {
  try {
    return { seen: await look() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // An endpoint that never knows the question would fail every run, for nothing that anybody could repair.
    if (error.kind !== 'unsupported') looks.missing(region, reason, error.message, error.hint);
    return { unseen: error.message };
  }
}

/** Of many looks of one kind that failed, the first is told, with how many there were: they mostly share a reason. */
export class Failed {
  #first: Refusal | null = null;
  #count = 0;

  /** What one look shows, or why it does not. */
  async part<T>(look: () => Promise<T>): Promise<Part<T>> {
    try {
      return { seen: await look() };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.add(error);
      return { unseen: error.message };
    }
  }

  add(refusal: Refusal): void {
    this.#first ??= refusal;
    this.#count += 1;
  }

  tell(looks: Looks, region: string, reason: string): void {
    if (this.#first === null) return;
    const { message, hint } = this.#first;
    looks.missing(
      region,
      reason,
      this.#count > 1 ? `${message}; and ${this.#count - 1} more` : message,
      hint,
    );
  }
}

/** S3 answers each in some 30 ms, and takes thousands a second: 1,000 databases would be minutes one by one. */
const AT_ONCE = 8;

/** Does it to all, a few at a time; answers in the order of the items. */
export async function severalAtOnce<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      answers[at] = await act(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return answers;
}

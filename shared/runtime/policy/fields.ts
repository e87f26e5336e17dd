import * as z from 'zod/mini';
import { settingOf } from '../../domain/arithmetic-promises';
import { DAY, DURATION_PATTERN, type Duration, parseDuration, SECOND } from '../../domain/time';
import { show } from './problem';

/** Message and hint travel through zod as one text: its issues have room for no more. */
const SEPARATOR = '\n';

export function saying(message: string, hint: string): string {
  return `${message}${SEPARATOR}${hint}`;
}

export function heard(text: string): { message: string; hint: string } {
  const [message = '', hint = ''] = text.split(SEPARATOR);
  return { message, hint };
}

/** The error of a field: it says whether the value is missing, empty, or no `what`, and how to write one. */
export function complaint(what: string, hint: string) {
  return {
    error: ({ input }: { readonly input?: unknown }): string => {
      if (input === undefined) return saying('is missing', hint);
      if (input === null || (typeof input === 'string' && input.trim() === '')) {
        return saying('is empty', hint);
      }
      return saying(`${show(input)} is not ${what}`, hint);
    },
  };
}

/** A mapping that knows all of its keys, and suggests the nearest for one that it does not. */
export function fields<S extends z.core.$ZodShape>(what: string, shape: S) {
  const known = Object.keys(shape);
  const { error } = complaint(what, `give it its keys: ${known.join(', ')}`);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)
        ? issue.keys.map((key) => suggestion(String(key), known)).join(SEPARATOR)
        : error(issue),
  });
}

function suggestion(key: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, edits: distance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  // A third of the letters wrong is a slip; more is another word.
  return nearest !== undefined && nearest.edits <= Math.max(1, Math.floor(nearest.name.length / 3))
    ? `did you mean '${nearest.name}'?`
    : `known keys here: ${known.join(', ')}`;
}

/** Levenshtein's: how many letters to put in, take out or exchange. Twelve lines are not worth a dependency. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [done, letter] of [...from].entries()) {
    const next = [done + 1];
    for (let at = 1; at <= to.length; at += 1) {
      const exchanged = (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1);
      next.push(Math.min((row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1, exchanged));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

export function text(pattern: RegExp, what: string, hint: string) {
  const words = complaint(what, hint);
  return z.string(words).check(z.regex(pattern, words));
}

const HOW_LONG = 'write a duration as 45m, 1h or 30d, in whole numbers above zero';

interface Bounds {
  readonly least?: Duration;
  readonly most?: Duration;
  readonly wholeDays?: boolean;
  /** Whose bounds they are, for the hint. */
  readonly because?: string;
  /** A rule beyond the bounds; what is said of a value that breaks it, and the hint. */
  readonly also?: readonly [rule: (length: Duration) => boolean, breaks: string, hint: string];
}

/** Ten years: more is a slip of the pen. */
const LONGEST: Duration = 3650 * DAY;

export function duration({
  least: shortest = SECOND,
  most: longest = LONGEST,
  wholeDays = false,
  because = 'use a value',
  also,
}: Bounds = {}) {
  const words = complaint('a duration', HOW_LONG);
  const range = `${because} from ${settingOf(shortest)} to ${settingOf(longest)}${wholeDays ? ', in whole days' : ''}`;
  const within = (length: Duration) => length >= shortest && length <= longest;
  return z.pipe(
    z.string(words).check(
      z.regex(DURATION_PATTERN, words),
      z.refine((written) => fits(written, (length) => length >= shortest), {
        error: ({ input }) => saying(`${show(input)} is less than ${settingOf(shortest)}`, range),
      }),
      z.refine((written) => fits(written, (length) => length <= longest), {
        error: ({ input }) => saying(`${show(input)} is more than ${settingOf(longest)}`, range),
      }),
      z.refine((written) => !wholeDays || fits(written, (length) => length % DAY === 0), {
        error: ({ input }) => saying(`${show(input)} is not a whole number of days`, range),
      }),
      z.refine(
        (written) => also === undefined || fits(written, (length) => !within(length) || also[0](length)),
        {
          error: ({ input }) => saying(`${show(input)} ${also?.[1]}`, also?.[2] ?? range),
        },
      ),
    ),
    z.transform((written: string) => parseDuration(written) ?? 0),
  );
}

/** What is no duration at all has its own complaint already. */
function fits(written: string, rule: (length: Duration) => boolean): boolean {
  const length = parseDuration(written);
  return length === null || rule(length);
}

/** True or false; YAML's other words for them (yes, on, "true") are texts, and no text is taken for a yes. */
const flagWords = complaint('true or false', 'write true or false, without quotes');
export const flag = z.boolean(flagWords);

export function count(least: number, most: number) {
  const what = `a whole number from ${least} to ${most}`;
  const words = complaint(what, `write ${what}, without quotes`);
  return z.int(words).check(
    z.minimum(least, words),
    z.maximum(most, words),
    // YAML reads -0, and it would differ from 0 in comparisons.
    z.refine((number) => !Object.is(number, -0), words),
  );
}

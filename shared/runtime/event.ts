import * as z from 'zod/mini';
import { DURATION_PATTERN, type Instant, parseDuration, parseInstant } from '../domain/time';
import { KMS_KEY } from './policy/vocabulary';

/** What came in is not an event that the function takes: told before anything is touched. */
export class InvalidEvent extends Error {
  constructor(problems: readonly string[]) {
    super(`invalid event: ${problems.join('; ')}`);
    this.name = 'InvalidEvent';
  }
}

const DURATION = 'is not a duration (hint: a whole number and s, m, h or d, as in 45m, 1h or 7d)';
export const durationField = z.pipe(
  z.string(DURATION).check(z.regex(DURATION_PATTERN, DURATION)),
  z.transform((text: string) => parseDuration(text) as number),
);

export const textField = z
  .string('is not a text (hint: put it in quotes)')
  .check(
    z.trim(),
    z.minLength(1, 'is blank (hint: give a text, or leave the field out)'),
    z.maxLength(256, 'is longer than 256 characters, the most that a tag takes (hint: shorten it)'),
  );

const SHARE = 'is not a share (hint: a whole percentage in quotes, from 0% to 100%, as in "60%")';
/** `60%` as 0.6. */
export const shareField = z.pipe(
  z.string(SHARE).check(z.regex(/^(100|[1-9]?\d)%$/, SHARE)),
  z.transform((text: string) => Number(text.slice(0, -1)) / 100),
);

const TIME = 'is not an ISO 8601 instant (hint: as in 2026-03-01T09:00:00Z)';
const time = z.pipe(
  z.string(TIME).check(z.refine((text) => parseInstant(text) !== null, TIME)),
  z.transform((text: string) => parseInstant(text) as Instant),
);

const KEY = 'is not a KMS key (hint: write alias/<name>, a key id, or the ARN of a key)';
export const keyField = z.string(KEY).check(z.regex(KMS_KEY, KEY));

export const flagField = z.boolean('is neither true nor false (hint: without quotes)');

/** The fields that every function takes. Schedules send `time`, people the others. */
export const commonFields = {
  time: z.optional(time),
  dryRun: z.optional(flagField),
  database: z.optional(textField),
};

/** A function's schema is strict: an unknown key is an error, not a wish that is passed over. */
export type EventSchema = z.ZodMiniObject;

/** The fields that every event of EventBridge has: none of them is a wish, whatever a function calls its own fields. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'version',
  'id',
  'detail-type',
  'source',
  'account',
  'time',
  'region',
  'resources',
  'detail',
]);

/** What EventBridge delivers. It says only *look now*: nothing but its time is read (style rule 1). */
const wakeUp = z.looseObject({ 'detail-type': z.string(), source: z.string(), time: z.string() });

/** `event` as the schema has it. Throws `InvalidEvent`, which names each field, its value and the way out. */
export function parseEvent<S extends EventSchema>(schema: S, event: unknown): z.output<S> {
  const known = Object.keys(schema.shape);
  const woken = wakeUp.safeParse(event);
  // A wish written into an event of EventBridge would go unheard: a dry run that is none.
  const wishes = woken.success ? known.filter((key) => !ENVELOPE.has(key) && key in woken.data) : [];
  if (wishes.length > 0) {
    const alone = JSON.stringify(Object.fromEntries(wishes.map((key) => [key, woken.data?.[key]])));
    throw new InvalidEvent([
      `${wishes.join(', ')}: not heeded in an event of EventBridge (hint: send ${alone} alone)`,
    ]);
  }
  const parsed = schema.safeParse(woken.success ? { time: woken.data.time } : (event ?? {}));
  if (parsed.success) return parsed.data;
  throw new InvalidEvent(parsed.error.issues.map((issue) => problem(issue, event, known)));
}

function problem(issue: z.core.$ZodIssue, event: unknown, known: readonly string[]): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    if (path !== '')
      return `${issue.keys.map((key) => `${path}.${key}`).join(', ')}: unknown key (${issue.message})`;
    return `${issue.keys.join(', ')}: unknown key (hint: this function knows ${known.join(', ')})`;
  }
  if (path === '') return `${JSON.stringify(event)} is not an object (hint: send {} to run as scheduled)`;
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], event);
  return `${path}: ${value === undefined ? '' : `${JSON.stringify(value)} `}${issue.message}`;
}

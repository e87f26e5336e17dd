import * as z from 'zod/mini';
import { DURATION_PATTERN, type Instant, parseDuration, parseInstant } from '../domain/time';

/** What came in is not an event that the function takes: told before anything is touched. */
export class InvalidEvent extends Error {
  constructor(problems: readonly string[]) {
    super(`invalid event: ${problems.join('; ')}`);
    this.name = 'InvalidEvent';
  }
}

export const durationField = z.pipe(
  z
    .string()
    .check(
      z.regex(
        DURATION_PATTERN,
        'is not a duration (hint: a whole number and s, m, h or d, as in 45m, 1h or 7d)',
      ),
    ),
  z.transform((text: string) => parseDuration(text) as number),
);

export const textField = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, 'is blank (hint: give a text, or leave the field out)'),
    z.maxLength(256, 'is longer than 256 characters, the most that a tag takes'),
  );

/** `60%` as 0.6. */
export const shareField = z.pipe(
  z
    .string()
    .check(
      z.regex(/^(100|[1-9]?\d)%$/, 'is not a share (hint: a whole percentage from 0% to 100%, as in 60%)'),
    ),
  z.transform((text: string) => Number(text.slice(0, -1)) / 100),
);

const time = z.pipe(
  z
    .string()
    .check(
      z.refine(
        (text) => parseInstant(text) !== null,
        'is not an ISO 8601 instant (hint: as in 2026-03-01T09:00:00Z)',
      ),
    ),
  z.transform((text: string) => parseInstant(text) as Instant),
);

/** The fields that every function takes. Schedules send `time`, people the others. */
export const commonFields = {
  time: z.optional(time),
  dryRun: z.optional(z.boolean('must be true or false')),
  database: z.optional(textField),
};

/** A function's schema is strict: an unknown key is an error, not a wish that is passed over. */
export type EventSchema = z.ZodMiniObject;

/** What EventBridge delivers. It says only *look now*: nothing but its time is read (style rule 1). */
const wakeUp = z.looseObject({ 'detail-type': z.string(), source: z.string(), time: z.string() });

/** `event` as the schema has it. Throws `InvalidEvent`, which names each field, its value and the way out. */
export function parseEvent<S extends EventSchema>(schema: S, event: unknown): z.output<S> {
  const woken = wakeUp.safeParse(event);
  const parsed = schema.safeParse(woken.success ? { time: woken.data.time } : (event ?? {}));
  if (parsed.success) return parsed.data;
  throw new InvalidEvent(
    parsed.error.issues.map((issue) => problem(issue, event, Object.keys(schema.shape))),
  );
}

function problem(issue: z.core.$ZodIssue, event: unknown, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    return `${issue.keys.join(', ')}: unknown key (hint: this function knows ${known.join(', ')})`;
  }
  const path = issue.path.join('.');
  if (path === '') return `${JSON.stringify(event)} is not an object (hint: send {} to run as scheduled)`;
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], event);
  return `${path}: ${value === undefined ? '' : `${JSON.stringify(value)} `}${issue.message}`;
}

import { readFileSync } from 'node:fs';
import { Cron } from 'croner';
import { parse } from 'yaml';
import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../shared/domain/time';
import { inputOf, type RuleInput } from './rule-input';

/** One EventBridge Scheduler schedule of a function, as serverless.yml has it. */
export interface Schedule {
  readonly function: string;
  readonly expression: string;
  /** The first time strictly after `instant`. */
  readonly next: (instant: Instant) => Instant;
  /** The event that the schedule sends at a time: its input with the scheduled time filled in. */
  readonly event: (time: Instant) => unknown;
}

/** One EventBridge rule that wakes a function. */
export interface Rule {
  readonly function: string;
  readonly matches: (event: unknown) => boolean;
  /** What the function is handed for an event that matches: the event, unless the rule has an input of its own. */
  readonly event: (event: unknown) => unknown;
}

export interface Triggers {
  readonly schedules: readonly Schedule[];
  readonly rules: readonly Rule[];
}

/** EventBridge keeps to one region: what home hears of is what happens there, and what other regions pass on. */
export function reachesHome(
  home: string,
  copyRegionFile: string,
): (event: { readonly region: string }) => boolean {
  // CloudFormation's short intrinsics are tags that YAML does not know: their texts will do here.
  const { Resources } = parse(readFileSync(copyRegionFile, 'utf8'), { logLevel: 'error' }) as StackFile;
  const passedOn = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .map(({ Properties }) => Properties.EventPattern ?? {});
  return (event) => event.region === home || passedOn.some((pattern) => matches(pattern, event));
}

interface StackFile {
  Resources: Record<string, { Type: string; Properties: { EventPattern?: Pattern } }>;
}

interface ServerlessFile {
  functions: Record<string, { events?: readonly Record<string, unknown>[] }>;
}

interface ScheduleEvent {
  method?: string;
  rate: string | readonly string[];
  input?: unknown;
  enabled?: boolean;
}

/** What EventBridge Scheduler replaces in an input: the moment that it meant to invoke, ISO 8601. */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/** The triggers of every function in `serverless.yml`: what is deployed is what the rehearsal plays. */
export function readTriggers(file: string): Triggers {
  const { functions } = parse(readFileSync(file, 'utf8')) as ServerlessFile;
  const schedules: Schedule[] = [];
  const rules: Rule[] = [];
  for (const [name, { events = [] }] of Object.entries(functions)) {
    for (const event of events) {
      if ('schedule' in event) schedules.push(...schedulesOf(name, event.schedule as ScheduleEvent));
      else if ('eventBridge' in event) {
        const { pattern, ...input } = event.eventBridge as { pattern: Pattern } & RuleInput;
        rules.push({
          function: name,
          matches: (found) => matches(pattern, found),
          event: inputOf(input),
        });
      } else
        throw new Error(
          `${file}: function ${name} has an event that is not known here: ${Object.keys(event)}`,
        );
    }
  }
  return { schedules, rules };
}

function schedulesOf(name: string, { method, rate, input, enabled }: ScheduleEvent): Schedule[] {
  if (enabled === false) return [];
  if (method !== 'scheduler')
    throw new Error(`function ${name}: schedules go through EventBridge Scheduler (method: scheduler)`);
  const template = JSON.stringify(input ?? {});
  return [rate].flat().map((expression) => ({
    function: name,
    expression,
    next: timesOf(expression),
    event: (time) => JSON.parse(template.replaceAll(SCHEDULED_TIME, formatInstant(time))),
  }));
}

/** `cron(0/10 * * * ? *)` and `rate(10 minutes)`, in UTC. A rate counts from the deployment; here from 1970. */
export function timesOf(expression: string): (instant: Instant) => Instant {
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1];
  if (cron !== undefined) {
    // AWS's fields are croner's seven without the seconds; days of the week count from 1 for Sunday.
    const job = new Cron(`0 ${cron.replaceAll('?', '*')}`, {
      timezone: 'UTC',
      paused: true,
      mode: '7-part',
      sloppyRanges: true,
      alternativeWeekdays: true,
    });
    return remembered((instant) => {
      const next = job.nextRun(new Date(instant));
      if (next === null) throw new Error(`${expression} never comes again`);
      return next.getTime();
    });
  }
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count === undefined) throw new Error(`neither cron(...) nor rate(...): ${expression}`);
  const period = Number(count) * { minute: MINUTE, hour: HOUR, day: DAY }[unit as 'minute' | 'hour' | 'day'];
  return (instant) => (Math.floor(instant / period) + 1) * period;
}

/** The story asks for the same next time at each of its steps; croner takes longer to find it than a step does. */
function remembered(next: (instant: Instant) => Instant): (instant: Instant) => Instant {
  let asked = 0;
  let found = 0;
  return (instant) => {
    if (instant < asked || instant >= found) {
      found = next(instant);
      asked = instant;
    }
    return found;
  };
}

interface Pattern {
  readonly [field: string]: Pattern | readonly unknown[];
}

/** EventBridge's exact matching: a field is one of the values listed. Its other operators are refused, not guessed. */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const found = (event as Record<string, unknown> | null)?.[field];
    if (!Array.isArray(wanted)) return typeof found === 'object' && matches(wanted as Pattern, found);
    if (wanted.some((value) => typeof value === 'object'))
      throw new Error(`${field}: only exact values are known here`);
    return wanted.includes(found);
  });
}

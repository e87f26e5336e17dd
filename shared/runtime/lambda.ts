import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Report } from '../domain/decision';
import type { Policy } from '../domain/policy';
import { type Duration, type Instant, MINUTE } from '../domain/time';
import { clock } from './clock';
import { type EventSchema, parseEvent } from './event';
import { Log } from './log';
import { loadPolicy, policyPath } from './policy-file';
import { conclude, RunFailed } from './report';
import { type Surroundings, surroundings } from './surroundings';

/** All that a run knows besides its ports. */
export interface RunContext extends Surroundings {
  readonly policy: Policy;
  /** Read once, here (style rule 11). */
  readonly now: Instant;
  readonly dryRun: boolean;
  /** One word that no other run has: Lambda's request id. */
  readonly run: string;
  readonly timeLeft: () => Duration;
}

interface Job<S extends EventSchema, A extends Report> {
  /** The function's name: that of its folder, its alarms and its log lines. */
  readonly name: string;
  readonly event: S;
  readonly run: (context: RunContext, event: z.output<S>) => Promise<A>;
  /** What an alarm watches beside the counts of outcomes: CloudWatch metrics by name. */
  readonly metrics?: (answer: A) => Readonly<Record<string, number>>;
}

/** Without a Lambda around it nothing counts down: there is always as much left as Lambda grants at most. */
const NO_LIMIT: Duration = 15 * MINUTE;

/**
 * Makes a job a Lambda handler: checks the event, reads the policy, fixes `now`, runs, logs the report, and fails
 * the invocation once when the report holds a failure. The policy is read anew on each run; it is one small file,
 * and a stale one would prune by rules that no longer hold.
 */
export function lambda<S extends EventSchema, A extends Report>(job: Job<S, A>) {
  const log = new Log(job.name);
  return async (event?: unknown, context?: Context): Promise<A> => {
    try {
      const input = parseEvent(job.event, event);
      const policy = loadPolicy(policyPath(process.env));
      const around = surroundings(process.env);
      const { time, dryRun } = input as { time?: Instant; dryRun?: boolean };
      const answer = await job.run(
        {
          policy,
          now: time ?? clock(),
          dryRun: dryRun ?? false,
          run: context?.awsRequestId ?? randomUUID(),
          ...around,
          timeLeft: () => context?.getRemainingTimeInMillis?.() ?? NO_LIMIT,
        },
        input,
      );
      log.finished(answer, job.metrics?.(answer));
      return conclude(answer) as A;
    } catch (error) {
      if (!(error instanceof RunFailed)) log.broke(error);
      throw error;
    }
  };
}

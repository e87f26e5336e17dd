import { type Entry, OUTCOMES, type Outcome, type Report } from '../domain/decision';
import { formatInstant, type Instant } from '../domain/time';
import { OUT_OF_TIME } from './carry-out';

export interface Run {
  readonly function: string;
  readonly installation: string;
  readonly now: Instant;
  readonly dryRun: boolean;
}

/** The most lines of an error's message: Lambda and CloudWatch cut longer ones, and the log has all of them. */
const MOST_LINES = 50;

export function report(run: Run, entries: readonly Entry[]): Report {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome, count } of entries) counts[outcome] += count ?? 1;
  return {
    function: run.function,
    installation: run.installation,
    at: formatInstant(run.now),
    dryRun: run.dryRun,
    counts,
    entries,
  };
}

/** A run that failed after trying everything. The message lists what failed; the report is complete. */
export class RunFailed extends Error {
  constructor(readonly report: Report) {
    super(summary(report));
    this.name = 'RunFailed';
  }
}

/**
 * Fails the run once, at its end, when anything failed or was refused, or when there was work and none of it came
 * about (style rules 9 and 10). A dry run never fails: its answer is the plan, refusals included.
 */
export function conclude(finished: Report): Report {
  const { failed, refused, done } = finished.counts;
  const stuck = done === 0 && finished.entries.some(({ reason }) => reason === OUT_OF_TIME);
  if (!finished.dryRun && (failed > 0 || refused > 0 || stuck)) throw new RunFailed(finished);
  return finished;
}

function summary({ function: name, counts, entries }: Report): string {
  const bad = entries.filter(
    ({ reason, outcome }) => outcome === 'failed' || outcome === 'refused' || reason === OUT_OF_TIME,
  );
  const lines = bad.slice(0, MOST_LINES).map(line);
  const more = bad.length > MOST_LINES ? [`and ${bad.length - MOST_LINES} more: see the log`] : [];
  const total = OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
    (outcome) => `${counts[outcome]} ${outcome}`,
  );
  return [`${name}: ${total.join(', ')}`, ...lines, ...more].join('\n');
}

function line({ subject, action, reason, outcome, detail, hint }: Entry): string {
  const { database, region, snapshot, key } = subject;
  const what = [database, region, snapshot, key].filter((part) => part !== undefined).join(' ');
  const why = detail === undefined ? '' : `: ${detail}`;
  return `${outcome}: ${action} ${what}: ${reason}${why}${hint === undefined ? '' : `\n  hint: ${hint}`}`;
}

import type { InspectionRecord } from '../../shared/domain/inspection/record';
import type { TestRecord } from '../../shared/domain/restore-test';
import { type Duration, formatDuration, formatInstant, type Instant, SECOND } from '../../shared/domain/time';
import type { Auditor } from './auditor';
import type { Invocation } from './functions';
import type { Verdict } from './promises';
import type { Telling } from './teller';

/** One restore test, as the rehearsal tells of it. */
export interface TestOutcome {
  readonly snapshot: string;
  readonly region: string;
  readonly requested: string;
  readonly verdict: string;
  readonly why: string;
  readonly checks: number;
  /** From the request to restore; null where nobody could look. */
  readonly took: {
    readonly available: Duration;
    readonly answered: Duration;
    readonly validated: Duration;
  } | null;
}

/** What the schedule proves by itself: the database is looked into daily, and its backups are restored. */
export class StoryOfProofs {
  /** Runs over the live databases, and how many of them had something to tell. */
  #looks = 0;
  #troubled = 0;
  readonly #told = new Set<string>();
  /** Since the last look into the evidence. */
  #judged = false;
  #looked = false;
  #lastTold = '';

  constructor(
    private readonly auditor: Auditor,
    private readonly promised: { readonly inspection: boolean; readonly restoreTest: boolean },
    /** Snapshots that the story itself asks to be tested are told of by their own chapter. */
    private readonly isPlanted: (snapshot: string) => boolean,
  ) {}

  hear({ function: name, event, failed, report }: Invocation): void {
    if (name === 'test-restore')
      this.#judged ||= report?.entries.some(({ action }) => action === 'judge') === true;
    const { restored = false, dryRun = false } = event as { restored?: boolean; dryRun?: boolean };
    if (name !== 'inspect-database' || restored || dryRun) return;
    this.#looked = true;
    this.#looks += 1;
    if (failed !== null) this.#troubled += 1;
  }

  /** Tells of each scheduled test once its verdict is kept, and of daily looks when they find something else. */
  async attend(telling: Telling, now: Instant): Promise<void> {
    if (this.#looked) await this.#tellLook(telling);
    this.#looked = false;
    if (!this.#judged) return;
    this.#judged = false;
    for (const test of await this.scheduled()) {
      const name = `${test.region} ${test.requested}`;
      if (this.#told.has(name)) continue;
      this.#told.add(name);
      telling.note(
        `${formatInstant(now)} restore test of ${test.snapshot} in ${test.region}: ${saying(test)}`,
      );
    }
  }

  async #tellLook(telling: Telling): Promise<void> {
    const newest = (await this.auditor.inspections()).at(-1);
    if (newest === undefined) return;
    const { at, database, checks, tenants } = newest;
    const failed = failedOf([newest]).join(', ') || 'none failed';
    const found = `${tenants === null ? '' : `${tenants} tenants, `}${checks.length} checks, ${failed}`;
    if (found !== this.#lastTold) telling.note(`${at} the daily look into ${database}: ${found}`);
    this.#lastTold = found;
  }

  async scheduled(): Promise<TestOutcome[]> {
    return (await this.auditor.tests()).map(outcomeOf).filter(({ snapshot }) => !this.isPlanted(snapshot));
  }

  async verdicts(): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    if (this.promised.restoreTest) {
      const tests = await this.scheduled();
      verdicts.push({
        promise: 'restoreTest, by the schedule: verdicts',
        limit: 'passed',
        measured: tests.map(({ verdict }) => verdict).join(', ') || 'none',
        held: tests.length > 0 && tests.every(({ verdict }) => verdict === 'passed'),
      });
    }
    if (this.promised.inspection) {
      const records = await this.auditor.inspections();
      const failed = failedOf(records);
      verdicts.push({
        promise: 'inspection, daily: looks kept, failed checks',
        limit: `${this.#looks}, none`,
        measured: `${records.length}, ${failed.join(', ') || 'none'}`,
        held:
          this.#looks > 0 && this.#troubled === 0 && records.length === this.#looks && failed.length === 0,
      });
    }
    return verdicts;
  }
}

/** Ids of the failed checks, each once. */
function failedOf(records: readonly InspectionRecord[]): string[] {
  const failed = records.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'failed'));
  return [...new Set(failed.map(({ id }) => id))];
}

export function outcomeOf({
  snapshot,
  region,
  requested,
  verdict,
  why,
  checks,
  times,
}: TestRecord): TestOutcome {
  const { available, answered, validated } = times?.seconds ?? {};
  return {
    snapshot: snapshot.arn.split(':').slice(6).join(':'),
    region,
    requested,
    verdict,
    why,
    checks: checks.length,
    took:
      available === undefined || answered === undefined || validated === undefined
        ? null
        : { available: available * SECOND, answered: answered * SECOND, validated: validated * SECOND },
  };
}

/** `passed, 26 checks; available after 9m, first answer after 12m, validated after 12m (local times)`. */
function saying({ verdict, why, checks, took }: TestOutcome): string {
  const reason = verdict === 'passed' ? '' : ` (${why})`;
  if (took === null) return `${verdict}${reason}, nobody could look inside`;
  const after = `available after ${formatDuration(took.available)}, first answer after ${formatDuration(took.answered)}, validated after ${formatDuration(took.validated)}`;
  return `${verdict}${reason}, ${checks} checks; ${after} (local times)`;
}

import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Report } from '../domain/decision';

/**
 * One JSON line a run, and its counts as CloudWatch metrics (embedded metric format: no call to CloudWatch). Both
 * libraries heed their POWERTOOLS_* variables, which the rehearsal uses to keep its display clean.
 */
export class Log {
  readonly #logger: Logger;
  readonly #metrics: Metrics;

  constructor(functionName: string) {
    this.#logger = new Logger({ serviceName: functionName });
    this.#metrics = new Metrics({ namespace: 'Holdfast', serviceName: functionName });
  }

  /** Logs the report alone, whatever else the caller is answered: a table of all snapshots is too long for a line. */
  finished(
    { function: name, installation, at, dryRun, counts, entries }: Report,
    more: Readonly<Record<string, number>> = {},
  ): void {
    const report = { function: name, installation, at, dryRun, counts, entries };
    if (counts.failed + counts.refused > 0) this.#logger.error('run finished', { report });
    else this.#logger.info('run finished', { report });
    for (const [name, count] of Object.entries({ ...counts, ...more })) {
      this.#metrics.addMetric(name, MetricUnit.Count, count);
    }
    this.#metrics.publishStoredMetrics();
  }

  /** A run that came to no report: bad input, an unreadable policy, a region that could not be observed. */
  broke(error: unknown): void {
    this.#logger.error('run broke off', error instanceof Error ? error : new Error(String(error)));
  }
}

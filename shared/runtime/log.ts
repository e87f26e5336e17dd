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

  finished(report: Report): void {
    const { failed, refused } = report.counts;
    if (failed + refused > 0) this.#logger.error('run finished', { report });
    else this.#logger.info('run finished', { report });
    for (const [outcome, count] of Object.entries(report.counts)) {
      this.#metrics.addMetric(outcome, MetricUnit.Count, count);
    }
    this.#metrics.publishStoredMetrics();
  }

  /** A run that came to no report: bad input, an unreadable policy, a region that could not be observed. */
  broke(error: unknown): void {
    this.#logger.error('run broke off', error instanceof Error ? error : new Error(String(error)));
  }
}

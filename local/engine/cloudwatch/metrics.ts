import { DAY, type Instant } from '../../../shared/domain/time';
import type { VirtualClock } from '../../clock';

/** One value of a metric, as a service of AWS or a function reports it. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric is its namespace, its name and exactly these dimensions: with one more or less it is another one. */
export type Metric = Omit<Datum, 'value'>;

export interface Reported {
  readonly at: Instant;
  readonly value: number;
}

/** The longest that an alarm looks back: three periods of seven days, of which it evaluates one. */
const KEPT = 21 * DAY;

/**
 * The metrics of one account in one region. What reports them puts them here itself: there is no PutMetricData, and
 * units are not heeded.
 */
export class MetricStore {
  readonly #series = new Map<string, Reported[]>();
  #began: Instant | null = null;

  /** @param look has the alarms look at what is about to be dropped */
  constructor(
    private readonly clock: VirtualClock,
    private readonly look: () => void,
  ) {}

  /** When the first value of any metric came; null as long as nothing reports any. */
  get began(): Instant | null {
    return this.#began;
  }

  /** Reports a value now. */
  put({ value, ...metric }: Datum): void {
    const now = this.clock.now();
    this.#began ??= now;
    const key = keyOf(metric);
    const series = this.#series.get(key) ?? [];
    if (series[0] !== undefined && series[0].at < now - KEPT) {
      this.look();
      series.splice(0, firstFrom(series, now - KEPT));
    }
    series.push({ at: now, value });
    this.#series.set(key, series);
  }

  /** What was reported in a stretch of time, its end excluded; oldest first. */
  between(metric: Metric, start: Instant, end: Instant): readonly Reported[] {
    const series = this.#series.get(keyOf(metric)) ?? [];
    return series.slice(firstFrom(series, start), firstFrom(series, end));
  }
}

function keyOf({ namespace, name, dimensions = {} }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The place of the first value not older than the instant: a year of values is too long to walk at each look. */
function firstFrom(series: readonly Reported[], instant: Instant): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((series[middle]?.at ?? instant) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

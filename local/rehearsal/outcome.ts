import type { Danger } from './danger';
import type { KeyOutcome } from './keys';
import type { Planted } from './planted';
import type { Recovery, Verdict } from './promises';
import type { TestOutcome } from './proofs';
import type { WrittenReport } from './report-files';

/** The report of the last moment before the loss, and what on call was told on the way. */
export interface ReportOutcome extends WrittenReport {
  /** Path of the notices, as they were delivered. */
  readonly notices: string;
  /** How many there were. */
  readonly told: number;
}

/** What the whole story came to: what `--json` prints. */
export interface Outcome {
  readonly database: string;
  readonly tenants: number;
  readonly from: string;
  readonly lostAt: string;
  readonly lostRegion: string;
  readonly rowsWritten: number;
  readonly minutesWithoutDatabase: number;
  readonly runs: Readonly<Record<string, { readonly runs: number; readonly failed: number }>>;
  readonly apiCalls: number;
  readonly standing: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly keys: readonly KeyOutcome[];
  readonly danger: Danger | null;
  /** Those that the schedule began; durations in milliseconds, on the virtual clock. */
  readonly restoreTests: readonly TestOutcome[];
  readonly planted: readonly Planted[];
  /** Made just before the loss; null where the story ended before it. */
  readonly report: ReportOutcome | null;
  readonly recoveries: readonly Recovery[];
  readonly verdicts: readonly Verdict[];
  readonly held: boolean;
}

import type { EvidenceRecord } from '../domain/evidence';
import type { Instant } from '../domain/time';

/**
 * Records that stay as they were written, one under each key (`evidenceKey`). Every method throws a `Refusal` when the
 * store says no.
 */
export interface Evidence {
  /**
   * Never overwrites: `kept-before` when the same record lies there already, a `Refusal` of kind `taken` when another
   * one does, `invalid` when the record is no JSON or larger than 5 MiB.
   */
  keep<Kept extends EvidenceRecord>(key: string, record: Kept): Promise<'kept' | 'kept-before'>;
  /** The keys with this prefix in ascending order, those after `after` only, `most` at most: one call per 1,000. */
  list(prefix: string, options?: { readonly after?: string; readonly most?: number }): Promise<string[]>;
  /**
   * The newest key of a series (`evidenceSeries`) that is no later than this second; `null` when there is none. The
   * fewer days lie between the two, the fewer calls: one within a day, four at most while a page holds what it finds.
   */
  newest(series: string, before: Instant): Promise<string | null>;
  /** The record as it was kept, parsed; `null` when there is none. */
  read(key: string): Promise<unknown | null>;
}

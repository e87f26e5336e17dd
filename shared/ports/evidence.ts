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

export interface EvidenceFile {
  readonly bytes: Uint8Array;
  /** A media type: `text/html; charset=utf-8`. */
  readonly type: string;
}

/** What is no record, kept beside the records: a page, a table. Of any size that fits in memory. */
export interface EvidenceFiles {
  /** As `Evidence.keep`: never overwrites. */
  keepFile(key: string, file: EvidenceFile): Promise<'kept' | 'kept-before'>;
  /** The bytes as they were kept; `null` when there are none. */
  readFile(key: string): Promise<Uint8Array | null>;
}

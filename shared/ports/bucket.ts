import type { EvidenceStore } from '../domain/controls/seen';

export interface Bucket {
  /** How a bucket keeps what is in it. Three calls; refused as `gone` where there is no such bucket. */
  settings(region: string, bucket: string): Promise<EvidenceStore>;
}

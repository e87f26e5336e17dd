import type { EvidenceStore } from '../domain/controls/seen';

export interface Bucket {
  /** The key of KMS that what is put there is encrypted under; null where S3 encrypts with its own, or not. One call. */
  key(region: string, bucket: string): Promise<string | null>;
  /** How a bucket keeps what is in it. Three calls; refused as `gone` where there is no such bucket. */
  settings(region: string, bucket: string): Promise<EvidenceStore>;
}

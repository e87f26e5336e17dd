/** A KMS key, as far as copies depend on it. */
export interface Key {
  readonly arn: string;
  readonly region: string;
  /** AWS-managed keys (`alias/aws/rds`) can be neither shared nor used for another account. */
  readonly manager: 'aws' | 'customer';
  readonly state: 'enabled' | 'disabled' | 'pending-deletion' | 'unavailable';
  readonly symmetric: boolean;
}

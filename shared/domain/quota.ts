/** Manual DB snapshots of an account in a region. `asked` is false where AWS could not say and the policy's figure stands in. */
export interface Quota {
  readonly used: number;
  readonly most: number;
  readonly asked: boolean;
}

export function free(quota: Quota): number {
  return Math.max(0, quota.most - quota.used);
}

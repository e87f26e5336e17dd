import type { AccountQuota } from '@aws-sdk/client-rds';
import type { Quota } from '../domain/quota';

/** One of the quotas that DescribeAccountAttributes answers with; null where it is not among them. */
export function quotaIn(
  quotas: readonly AccountQuota[] | undefined,
  name: 'ManualSnapshots' | 'DBInstances',
): Quota | null {
  const found = quotas?.find(({ AccountQuotaName }) => AccountQuotaName === name);
  if (found?.Max === undefined || found.Used === undefined) return null;
  return { used: found.Used, most: found.Max };
}

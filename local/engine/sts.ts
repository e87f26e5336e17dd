import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Call, Operations } from '../wire/service';

/** Who the signature says it is; every caller counts as the account's root here. */
export const stsOperations = {
  GetCallerIdentity: (
    _input: GetCallerIdentityRequest,
    { account }: Pick<Call, 'account'>,
  ): GetCallerIdentityResponse => ({
    Account: account,
    Arn: `arn:aws:iam::${account}:root`,
    UserId: account,
  }),
} satisfies Operations;

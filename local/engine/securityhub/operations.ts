import { type Call, type Operations, WireError } from '../../wire/service';
import type { Place } from '../arn';
import { getFindings } from './get-findings';
import type { Hub } from './hub';
import { batchImportFindings } from './import-findings';
import { describeHub, disableSecurityHub, enableSecurityHub } from './switch';
import { batchUpdateFindings } from './update-findings';

/** Operations that fail finding by finding, also where a finding lacks what the schema requires. */
export const ITEMWISE = ['BatchImportFindings'];

/** Security Hub by its operations, as far as handing in findings goes and seeing what became of them. */
export function securityHubOperations(hubs: (place: Place) => Hub, isLost: (region: string) => boolean) {
  const on =
    <Input, Output>(operation: (hub: Hub, input: Input) => Output) =>
    async (input: Input, call: Pick<Call, 'account' | 'region'>): Promise<Output> => {
      if (isLost(call.region))
        throw new WireError('InternalException', `${call.region} does not answer.`, 500);
      return operation(hubs(call), input);
    };
  return {
    BatchImportFindings: on(batchImportFindings),
    BatchUpdateFindings: on(batchUpdateFindings),
    DescribeHub: on(describeHub),
    DisableSecurityHub: on(disableSecurityHub),
    EnableSecurityHub: on(enableSecurityHub),
    GetFindings: on(getFindings),
  } satisfies Operations;
}

import { type Call, type Operations, WireError } from '../../wire/service';
import * as account from './account';
import { copyDBSnapshot } from './copy-snapshot';
import { createDBInstance } from './create-instance';
import { deleteDBInstance } from './delete-instance';
import { describeDBInstances } from './list-instances';
import { deleteDBSnapshot, describeDBSnapshots } from './list-snapshots';
import { modifyDBInstance } from './modify-instance';
import { createOptionGroup, describeOptionGroups, modifyOptionGroup } from './option-groups';
import type { RdsRegion, World } from './region';
import { restoreDBInstanceFromDBSnapshot } from './restore-instance';
import { rebootDBInstance, startDBInstance, stopDBInstance } from './run-instance';
import { createDBSnapshot } from './take-snapshot';

/** RDS by its operations. */
export function rdsOperations(world: World) {
  const on =
    <Input, Output>(operation: (region: RdsRegion, input: Input) => Output) =>
    async (input: Input, call: Pick<Call, 'account' | 'region'>): Promise<Awaited<Output>> => {
      // A router is expected not to get this far: a lost region closes its ports.
      if (world.isLost(call.region))
        throw new WireError('ServiceUnavailable', `${call.region} does not answer.`, 503);
      return await operation(world.rds(call), input);
    };
  return {
    AddTagsToResource: on(account.addTagsToResource),
    CopyDBSnapshot: on(copyDBSnapshot),
    CreateDBInstance: on(createDBInstance),
    CreateDBSnapshot: on(createDBSnapshot),
    CreateOptionGroup: on(createOptionGroup),
    DeleteDBInstance: on(deleteDBInstance),
    DeleteDBSnapshot: on(deleteDBSnapshot),
    DescribeAccountAttributes: on(account.describeAccountAttributes),
    DescribeDBInstances: on(describeDBInstances),
    DescribeDBSnapshots: on(describeDBSnapshots),
    DescribeEvents: on(account.describeEvents),
    DescribeOptionGroups: on(describeOptionGroups),
    ListTagsForResource: on(account.listTagsForResource),
    ModifyDBInstance: on(modifyDBInstance),
    ModifyOptionGroup: on(modifyOptionGroup),
    RebootDBInstance: on(rebootDBInstance),
    RemoveTagsFromResource: on(account.removeTagsFromResource),
    RestoreDBInstanceFromDBSnapshot: on(restoreDBInstanceFromDBSnapshot),
    StartDBInstance: on(startDBInstance),
    StopDBInstance: on(stopDBInstance),
  } satisfies Operations;
}

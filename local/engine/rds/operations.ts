import { type Call, type Operations, WireError } from '../../wire/service';
import * as account from './account';
import { describeCertificates } from './certificates';
import { copyDBSnapshot } from './copy-snapshot';
import { createDBInstance } from './create-instance';
import { deleteDBInstance } from './delete-instance';
import { deleteDBSnapshot, describeDBSnapshots } from './list-snapshots';
import { describePendingMaintenanceActions } from './maintenance';
import { describeDBMajorEngineVersions } from './major-versions';
import { modifyDBInstance } from './modify-instance';
import { createOptionGroup, describeOptionGroups, modifyOptionGroup } from './option-groups';
import {
  createDBParameterGroup,
  deleteDBParameterGroup,
  describeDBParameterGroups,
  describeDBParameters,
  modifyDBParameterGroup,
} from './parameter-groups';
import type { RdsRegion, World } from './region';
import { describeReplicatedInstances } from './replicas';
import { restoreDBInstanceFromDBSnapshot } from './restore-instance';
import { rebootDBInstance, startDBInstance, stopDBInstance } from './run-instance';
import { describeDBSnapshotAttributes, modifyDBSnapshotAttribute } from './snapshot-attributes';
import { createDBSubnetGroup, describeDBSubnetGroups } from './subnet-groups';
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
    CreateDBParameterGroup: on(createDBParameterGroup),
    CreateDBSnapshot: on(createDBSnapshot),
    CreateDBSubnetGroup: on(createDBSubnetGroup),
    CreateOptionGroup: on(createOptionGroup),
    DeleteDBInstance: on(deleteDBInstance),
    DeleteDBParameterGroup: on(deleteDBParameterGroup),
    DeleteDBSnapshot: on(deleteDBSnapshot),
    DescribeAccountAttributes: on(account.describeAccountAttributes),
    DescribeCertificates: on(describeCertificates),
    DescribeDBInstances: on(describeReplicatedInstances),
    DescribeDBMajorEngineVersions: on(describeDBMajorEngineVersions),
    DescribeDBParameterGroups: on(describeDBParameterGroups),
    DescribeDBParameters: on(describeDBParameters),
    DescribeDBSnapshotAttributes: on(describeDBSnapshotAttributes),
    DescribeDBSnapshots: on(describeDBSnapshots),
    DescribeDBSubnetGroups: on(describeDBSubnetGroups),
    DescribeEvents: on(account.describeEvents),
    DescribeOptionGroups: on(describeOptionGroups),
    DescribePendingMaintenanceActions: on(describePendingMaintenanceActions),
    ListTagsForResource: on(account.listTagsForResource),
    ModifyDBInstance: on(modifyDBInstance),
    ModifyDBParameterGroup: on(modifyDBParameterGroup),
    ModifyDBSnapshotAttribute: on(modifyDBSnapshotAttribute),
    ModifyOptionGroup: on(modifyOptionGroup),
    RebootDBInstance: on(rebootDBInstance),
    RemoveTagsFromResource: on(account.removeTagsFromResource),
    RestoreDBInstanceFromDBSnapshot: on(restoreDBInstanceFromDBSnapshot),
    StartDBInstance: on(startDBInstance),
    StopDBInstance: on(stopDBInstance),
  } satisfies Operations;
}

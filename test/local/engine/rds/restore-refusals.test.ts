import {
  AddTagsToResourceCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  type RDSClient,
  RemoveTagsFromResourceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { Router } from '../../../../local/wire/router';
import { MINUTE } from '../../../../shared/domain/time';
import { withoutSocket } from '../../wire/clients';
import { cloudAt, HOME, newKey, snapshotArn } from '../world';

/** By the names that a program which goes by them has to know: the SDK's, not the wire's. */
describe("a restore through the SDK's client", () => {
  let cloud: Cloud;
  let rds: RDSClient;
  let key: string;
  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00', { limits: { instances: 2 } });
    const home = cloud.region(HOME);
    key = await newKey(home);
    home.stage.instance({ id: 'qrosity-db', key });
    home.stage.snapshots([{ id: 'one', instance: 'qrosity-db', at: cloud.clock.now(), key }]);
    const transport = await withoutSocket(new Router(cloud.services, { account: cloud.account }));
    rds = transport.rds({ region: HOME });
  });

  const restore = (more = {}) =>
    rds
      .send(
        new RestoreDBInstanceFromDBSnapshotCommand({
          DBInstanceIdentifier: 'test',
          DBSnapshotIdentifier: 'one',
          ...more,
        }),
      )
      .then(
        () => 'accepted',
        (error) => error.name,
      );

  it.each([
    ['DBParameterGroupNotFoundFault', { DBParameterGroupName: 'nothing' }],
    ['DBSubnetGroupNotFoundFault', { DBSubnetGroupName: 'nothing' }],
    ['DBSnapshotNotFoundFault', { DBSnapshotIdentifier: 'nothing' }],
    ['DBInstanceAlreadyExistsFault', { DBInstanceIdentifier: 'qrosity-db' }],
  ])('is refused with %s', async (name, more) => {
    expect(await restore(more)).toBe(name);
  });

  it('is refused over the quota, and of a snapshot whose key is disabled', async () => {
    await cloud.region(HOME).kms.DisableKey({ KeyId: key });
    expect(await restore()).toBe('KMSKeyNotAccessibleFault');
    await cloud.region(HOME).kms.EnableKey({ KeyId: key });
    expect(await restore()).toBe('accepted');
    expect(await restore({ DBInstanceIdentifier: 'more' })).toBe('InstanceQuotaExceededFault');
  });

  it('under deletion protection is not deleted, with a code that the SDK has no other name for', async () => {
    await restore({ DeletionProtection: true });
    await cloud.clock.advance(12 * MINUTE);
    const order = new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'test', SkipFinalSnapshot: true });
    await expect(rds.send(order)).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });

  it('keeps its own tags, whatever is done to those of the snapshot meanwhile', async () => {
    const { stage } = cloud.region(HOME);
    const tag = { Key: 'under-test', Value: 'now' };
    await rds.send(new AddTagsToResourceCommand({ ResourceName: snapshotArn('one'), Tags: [tag] }));
    expect(await restore({ Tags: [{ Key: 'mine', Value: '1' }] })).toBe('accepted');
    await rds.send(
      new RemoveTagsFromResourceCommand({ ResourceName: snapshotArn('one'), TagKeys: [tag.Key] }),
    );
    stage.status('test', 'available');
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'test' }));
    expect(DBInstances?.[0]?.TagList).toEqual([{ Key: 'mine', Value: '1' }]);
  });
});

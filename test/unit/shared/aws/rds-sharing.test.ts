import { WireError } from '../../../../local/wire/service';
import { RdsSharing } from '../../../../shared/aws/rds-sharing';
import { RdsSnapshots } from '../../../../shared/aws/rds-snapshots';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { at, HOME } from '../../../support/builders';
import { type Local, local, refusalOf } from './local';

describe('whom a snapshot is shared with', () => {
  let aws: Local;
  let sharing: RdsSharing;
  let snapshot: Snapshot;

  beforeEach(async () => {
    aws = local();
    sharing = new RdsSharing(aws.clients);
    const { stage } = aws.cloud.region(HOME);
    stage.snapshots([{ id: 'one', instance: 'qrosity-db', at: at('2026-03-01 08:00') }]);
    [snapshot] = (await new RdsSnapshots(aws.clients).list(HOME)) as [Snapshot];
    aws.router.log.reset();
  });

  it('is nobody, accounts, or everybody', async () => {
    expect(await sharing.sharedWith(snapshot)).toEqual([]);
    aws.cloud.region(HOME).stage.share('one', '444455556666');
    aws.cloud.region(HOME).stage.share('one', 'all');
    expect(await sharing.sharedWith(snapshot)).toEqual(['444455556666', 'all']);
    expect(aws.router.log.table()).toEqual({ [`rds ${HOME} DescribeDBSnapshotAttributes`]: 2 });
  });

  it('is null once it is gone, and a refusal where RDS says no', async () => {
    await aws.cloud.region(HOME).rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'one' });
    expect(await sharing.sharedWith(snapshot)).toBeNull();
    aws.faults.refuse(new WireError('AccessDenied', 'no', 403));
    expect(await refusalOf(sharing.sharedWith(snapshot))).toBe(
      `denied: ask whom one in ${HOME} is shared with: AccessDenied: no`,
    );
  });
});

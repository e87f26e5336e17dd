import type { Cloud } from '../../../../local/cloud';
import { MINUTE } from '../../../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  cloudAt,
  codeOf,
  HOME,
  type Region,
  SMALL,
  STRANGER,
  snapshotArn,
} from '../world';

/** Seeds so many manual snapshots of an instance that is long gone. */
function fill(region: Region, count: number, type: 'manual' | 'automated' | 'awsbackup' = 'manual'): void {
  region.stage.snapshots(
    Array.from({ length: count }, (_, n) => ({
      id: `${type === 'automated' ? 'rds:' : ''}${type}-${n}`,
      instance: 'gone',
      at: at('2026-03-01 00:00') + n * MINUTE,
      type,
    })),
  );
}

async function quotaOf(region: Region, name: string) {
  const { AccountQuotas } = await region.rds.DescribeAccountAttributes({});
  return AccountQuotas?.find(({ AccountQuotaName }) => AccountQuotaName === name);
}

describe('the quota of manual snapshots', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    home.stage.instance({ id: 'qrosity-db' });
  });

  const take = (region: Region, id: string) =>
    codeOf(region.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'qrosity-db', DBSnapshotIdentifier: id }));

  it('is 100: the hundredth is taken, the next is not', async () => {
    fill(home, 99);
    expect(await take(home, 'hundredth')).toBe('ok');
    await cloud.clock.advance(5 * MINUTE);
    expect(await take(home, 'one-more')).toBe('SnapshotQuotaExceeded');
    expect(await quotaOf(home, 'ManualSnapshots')).toMatchObject({ Used: 100, Max: 100 });
  });

  it("counts neither automated ones nor AWS Backup's", async () => {
    fill(home, 120, 'automated');
    fill(home, 120, 'awsbackup');
    fill(home, 99);
    expect(await quotaOf(home, 'ManualSnapshots')).toMatchObject({ Used: 99 });
    expect(await take(home, 'hundredth')).toBe('ok');
  });

  it('counts failed ones and those that are being made', async () => {
    fill(home, 98);
    home.stage.failNext('snapshot');
    expect(await take(home, 'fails')).toBe('ok');
    await cloud.clock.advance(5 * MINUTE);
    expect(await take(home, 'hundredth')).toBe('ok');
    expect(await quotaOf(home, 'ManualSnapshots')).toMatchObject({ Used: 100 });
  });

  it('gives way when one is deleted', async () => {
    fill(home, 100);
    expect(await take(home, 'x')).toBe('SnapshotQuotaExceeded');
    await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'manual-7' });
    expect(await take(home, 'x')).toBe('ok');
  });

  it('holds for copies, in the region they go to', async () => {
    fill(home, 100);
    const away = cloud.region(AWAY);
    fill(away, 99);
    const copy = (target: string) =>
      codeOf(
        away.rds.CopyDBSnapshot({
          SourceDBSnapshotIdentifier: snapshotArn('manual-0'),
          TargetDBSnapshotIdentifier: target,
        }),
      );
    expect(await copy('c1')).toBe('ok');
    expect(await copy('c2')).toBe('SnapshotQuotaExceeded');
  });

  it('holds for the last snapshot of an instance, which then is not deleted', async () => {
    fill(home, 100);
    const call = home.rds.DeleteDBInstance({
      DBInstanceIdentifier: 'qrosity-db',
      FinalDBSnapshotIdentifier: 'last',
    });
    expect(await codeOf(call)).toBe('SnapshotQuotaExceeded');
    expect((await home.rds.DescribeDBInstances({})).DBInstances?.[0]?.DBInstanceStatus).toBe('available');
  });

  it('is set for all, for a region, and for an account in a region', async () => {
    cloud = cloudAt('2026-03-01 09:00', {
      limits: { manualSnapshots: 300 },
      limitsAt: { [AWAY]: { manualSnapshots: 200 }, [`${STRANGER}/${AWAY}`]: { manualSnapshots: 50 } },
    });
    const most = async (region: Region) => (await quotaOf(region, 'ManualSnapshots'))?.Max;
    expect(await most(cloud.region(HOME))).toBe(300);
    expect(await most(cloud.region(AWAY))).toBe(200);
    expect(await most(cloud.region(HOME, STRANGER))).toBe(300);
    expect(await most(cloud.region(AWAY, STRANGER))).toBe(50);
  });

  it('is of each region and account alone', async () => {
    fill(home, 100);
    expect(await quotaOf(cloud.region(AWAY), 'ManualSnapshots')).toMatchObject({ Used: 0 });
    expect(await quotaOf(cloud.region(HOME, STRANGER), 'ManualSnapshots')).toMatchObject({ Used: 0 });
  });
});

describe('the limit of copies in flight', () => {
  const begin = (options = {}) => {
    const cloud = cloudAt('2026-03-01 09:00', { limits: { manualSnapshots: 1_000 }, ...options });
    const home = cloud.region(HOME);
    home.stage.snapshots(
      Array.from({ length: 30 }, (_, n) => ({ id: `s${n}`, instance: `db${n}`, at: at('2026-03-01 08:00') })),
    );
    const copy = (to: Region, n: number) =>
      codeOf(
        to.rds.CopyDBSnapshot({
          SourceDBSnapshotIdentifier: snapshotArn(`s${n}`),
          TargetDBSnapshotIdentifier: `c${n}`,
        }),
      );
    return { cloud, copy };
  };

  it('is 20 per destination region: over it, the code of the quota', async () => {
    const { cloud, copy } = begin({ regions: [HOME, AWAY, 'eu-central-1'] });
    const away = cloud.region(AWAY);
    for (let n = 0; n < 20; n += 1) expect(await copy(away, n)).toBe('ok');
    expect(await copy(away, 20)).toBe('SnapshotQuotaExceeded');
    expect(await copy(cloud.region('eu-central-1'), 20)).toBe('ok');
    await cloud.clock.advance(30 * MINUTE - 1);
    expect(await copy(away, 21)).toBe('SnapshotQuotaExceeded');
    await cloud.clock.advance(1);
    expect(await copy(away, 21)).toBe('ok');
  });

  it('counts those that wait for their turn', async () => {
    const { cloud, copy } = begin({ limits: { copiesInFlight: 2 } });
    const away = cloud.region(AWAY);
    const same = (target: string) =>
      codeOf(
        away.rds.CopyDBSnapshot({
          SourceDBSnapshotIdentifier: snapshotArn('s0'),
          TargetDBSnapshotIdentifier: target,
        }),
      );
    expect(await same('a')).toBe('ok');
    expect(await same('b')).toBe('ok');
    expect(await copy(away, 1)).toBe('SnapshotQuotaExceeded');
    await away.stage.failCopy('a');
    expect(await copy(away, 1)).toBe('ok');
  });

  it('does not count copies within the region', async () => {
    const { cloud, copy } = begin({ limits: { copiesInFlight: 1 } });
    expect(await copy(cloud.region(HOME), 0)).toBe('ok');
    expect(await copy(cloud.region(HOME), 1)).toBe('ok');
    expect(await copy(cloud.region(AWAY), 2)).toBe('ok');
    expect(await copy(cloud.region(AWAY), 3)).toBe('SnapshotQuotaExceeded');
  });
});

describe('the quota of instances', () => {
  it('is 40, restores among them', async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const home = cloud.region(HOME);
    for (let n = 0; n < 39; n += 1) home.stage.instance({ id: `db${n}` });
    home.stage.snapshots([{ id: 's', instance: 'db0', at: at('2026-03-01 08:00') }]);
    expect(await codeOf(home.rds.CreateDBInstance({ DBInstanceIdentifier: 'db39', ...SMALL }))).toBe('ok');
    expect(await quotaOf(home, 'DBInstances')).toMatchObject({ Used: 40, Max: 40 });
    expect(await codeOf(home.rds.CreateDBInstance({ DBInstanceIdentifier: 'db40', ...SMALL }))).toBe(
      'InstanceQuotaExceeded',
    );
    const restore = home.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'r',
      DBSnapshotIdentifier: 's',
    });
    expect(await codeOf(restore)).toBe('InstanceQuotaExceeded');
    expect(cloud.account).toBe(ACCOUNT);
  });
});

import type { Cloud } from '../../../../local/cloud';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import { AWAY, at, cloudAt, HOME, instanceOf, type Region, SMALL, snapshotArn, statusOf } from '../world';

async function backupsOf(region: Region, instance: string) {
  const { DBSnapshots = [] } = await region.rds.DescribeDBSnapshots({
    DBInstanceIdentifier: instance,
    SnapshotType: 'automated',
  });
  return DBSnapshots;
}

describe('automated backups', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
  });

  const stand = (more = {}) =>
    home.stage.instance({ id: 'one', backupRetention: 7, backupWindow: '00:00-01:00', ...more });

  it('come once a day within the window, named after their minute', async () => {
    stand();
    await cloud.clock.advanceTo(at('2026-03-04 02:00'));
    const backups = await backupsOf(home, 'one');
    expect(backups).toHaveLength(3);
    for (const [day, backup] of backups.entries()) {
      const taken = backup.SnapshotCreateTime?.getTime() ?? 0;
      const midnight = at('2026-03-02 00:00') + day * DAY;
      expect(taken).toBeGreaterThanOrEqual(midnight);
      expect(taken).toBeLessThan(midnight + HOUR);
      const minute = new Date(taken).toISOString().slice(0, 16).replaceAll(/[T:]/g, '-');
      expect(backup).toMatchObject({ DBSnapshotIdentifier: `rds:one-${minute}`, SnapshotType: 'automated' });
    }
  });

  it('begin at once when they are turned on, with the first point in time to restore to', async () => {
    stand({ backupRetention: 0 });
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', BackupRetentionPeriod: 7 });
    await cloud.clock.advance(MINUTE);
    expect(await statusOf(home, 'one')).toBe('backing-up');
    await cloud.clock.advance(5 * MINUTE);
    expect(await statusOf(home, 'one')).toBe('available');
    expect(await backupsOf(home, 'one')).toHaveLength(1);
    expect((await instanceOf(home, 'one')).LatestRestorableTime).toBeDefined();
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', BackupRetentionPeriod: 8 });
    await cloud.clock.advance(HOUR);
    expect(await backupsOf(home, 'one')).toHaveLength(1);
  });

  it('come in a window across midnight too', async () => {
    stand({ backupWindow: '23:30-00:30' });
    await cloud.clock.advanceTo(at('2026-03-02 02:00'));
    const [backup] = await backupsOf(home, 'one');
    const taken = backup?.SnapshotCreateTime?.getTime() ?? 0;
    expect(taken).toBeGreaterThanOrEqual(at('2026-03-01 23:30'));
    expect(taken).toBeLessThan(at('2026-03-02 00:30'));
  });

  it('go after their retention', async () => {
    stand({ backupRetention: 2 });
    await cloud.clock.advanceTo(at('2026-03-20 02:00'));
    const taken = (await backupsOf(home, 'one')).map((one) => one.SnapshotCreateTime?.getTime() ?? 0);
    expect(taken).toHaveLength(3);
    expect(Math.min(...taken)).toBeGreaterThanOrEqual(at('2026-03-18 00:00'));
  });

  it('are not taken without a retention, and all go when it is set to 0', async () => {
    stand({ backupRetention: 0 });
    await cloud.clock.advance(2 * DAY);
    expect(await backupsOf(home, 'one')).toHaveLength(0);
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', BackupRetentionPeriod: 7 });
    await cloud.clock.advance(2 * DAY);
    expect(await backupsOf(home, 'one')).toHaveLength(3);
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', BackupRetentionPeriod: 0 });
    expect(await backupsOf(home, 'one')).toHaveLength(0);
    await cloud.clock.advance(2 * DAY);
    expect(await backupsOf(home, 'one')).toHaveLength(0);
  });

  it('are not taken of a stopped instance, and again when it runs', async () => {
    stand();
    await home.rds.StopDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advanceTo(at('2026-03-03 02:00'));
    expect(await backupsOf(home, 'one')).toHaveLength(0);
    await home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advanceTo(at('2026-03-04 02:00'));
    expect(await backupsOf(home, 'one')).toHaveLength(1);
  });

  it('wait within the window for a busy instance, and no longer', async () => {
    stand();
    await cloud.clock.advanceTo(at('2026-03-01 23:59'));
    home.stage.status('one', 'maintenance', 41 * MINUTE);
    await cloud.clock.advanceTo(at('2026-03-02 02:00'));
    const [late] = await backupsOf(home, 'one');
    expect(late?.SnapshotCreateTime?.getTime()).toBeGreaterThanOrEqual(at('2026-03-02 00:40'));
    await cloud.clock.advanceTo(at('2026-03-02 23:59'));
    home.stage.status('one', 'maintenance', 61 * MINUTE);
    await cloud.clock.advanceTo(at('2026-03-03 23:00'));
    expect(await backupsOf(home, 'one')).toHaveLength(1);
  });

  it('are not taken while a copy of that database runs', async () => {
    stand();
    home.stage.snapshots([{ id: 's', instance: 'one', at: at('2026-03-01 08:00') }]);
    await cloud.clock.advanceTo(at('2026-03-01 23:59'));
    for (const target of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6']) {
      await cloud.region(AWAY).rds.CopyDBSnapshot({
        SourceDBSnapshotIdentifier: snapshotArn('s'),
        TargetDBSnapshotIdentifier: target,
      });
    }
    await cloud.clock.advanceTo(at('2026-03-02 01:30'));
    expect(await backupsOf(home, 'one')).toHaveLength(0);
  });

  it('put the instance into backing-up meanwhile', async () => {
    stand();
    let seen = 0;
    for (let minute = at('2026-03-02 00:00'); minute < at('2026-03-02 01:30'); minute += MINUTE) {
      await cloud.clock.advanceTo(minute);
      if ((await statusOf(home, 'one')) === 'backing-up') seen += 1;
    }
    expect(seen).toBe(5);
  });

  it('are part of creating an instance', async () => {
    await home.rds.CreateDBInstance({ ...SMALL, DBInstanceIdentifier: 'new', BackupRetentionPeriod: 1 });
    await cloud.clock.advance(7 * MINUTE);
    expect(await statusOf(home, 'new')).toBe('backing-up');
    await cloud.clock.advance(MINUTE);
    expect(await statusOf(home, 'new')).toBe('available');
    expect(await backupsOf(home, 'new')).toMatchObject([{ Status: 'available' }]);
  });

  it('go with their instance, unless they are to stay their time', async () => {
    stand();
    home.stage.instance({ id: 'two', backupRetention: 7, backupWindow: '00:00-01:00' });
    await cloud.clock.advanceTo(at('2026-03-02 09:00'));
    await home.rds.DeleteDBInstance({ DBInstanceIdentifier: 'one', SkipFinalSnapshot: true });
    await home.rds.DeleteDBInstance({
      DBInstanceIdentifier: 'two',
      SkipFinalSnapshot: true,
      DeleteAutomatedBackups: false,
    });
    await cloud.clock.advanceTo(at('2026-03-08 23:00'));
    expect(await backupsOf(home, 'one')).toHaveLength(0);
    expect(await backupsOf(home, 'two')).toHaveLength(1);
    await cloud.clock.advanceTo(at('2026-03-10 23:00'));
    expect(await backupsOf(home, 'two')).toHaveLength(0);
  });
});

describe('LatestRestorableTime', () => {
  const restorable = async (region: Region) =>
    (await instanceOf(region, 'one')).LatestRestorableTime?.getTime();

  it('moves every five minutes while the instance runs', async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one', backupRetention: 7 });
    await cloud.clock.advanceTo(at('2026-03-01 09:05') - 1);
    expect(await restorable(home)).toBe(at('2026-03-01 09:00'));
    await cloud.clock.advance(1);
    expect(await restorable(home)).toBe(at('2026-03-01 09:05'));
  });

  it('stands still while it is stopped', async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one', backupRetention: 7 });
    await cloud.clock.advanceTo(at('2026-03-01 09:12'));
    await home.rds.StopDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advance(HOUR);
    expect(await restorable(home)).toBe(at('2026-03-01 09:10'));
    await home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advanceTo(at('2026-03-01 10:18'));
    expect(await restorable(home)).toBe(at('2026-03-01 10:15'));
  });

  it('is not there without backups, nor before the first one is complete', async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const home = cloud.region(HOME);
    await home.rds.CreateDBInstance({ ...SMALL, DBInstanceIdentifier: 'one', BackupRetentionPeriod: 1 });
    await cloud.clock.advance(8 * MINUTE - 1);
    expect(await restorable(home)).toBeUndefined();
    await cloud.clock.advance(1);
    expect(await restorable(home)).toBe(at('2026-03-01 09:06'));
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', BackupRetentionPeriod: 0 });
    expect(await restorable(home)).toBeUndefined();
  });
});

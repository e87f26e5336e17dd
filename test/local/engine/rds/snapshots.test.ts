import type { Cloud } from '../../../../local/cloud';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import {
  AWAY,
  at,
  cloudAt,
  codeOf,
  HOME,
  instanceOf,
  type Region,
  snapshotArn,
  snapshotOf,
  statusOf,
} from '../world';

describe('a manual snapshot', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    home.stage.instance({ id: 'qrosity-db' });
  });

  const take = (id: string, more = {}) =>
    home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'qrosity-db', DBSnapshotIdentifier: id, ...more });

  it('is being made for its time, and the instance is backing up for as long', async () => {
    const { DBSnapshot } = await take('one');
    expect(DBSnapshot).toMatchObject({ Status: 'creating', PercentProgress: 0, SnapshotType: 'manual' });
    await cloud.clock.advanceTo(at('2026-03-01 09:05') - 1);
    expect(await snapshotOf(home, 'one')).toMatchObject({ Status: 'creating', PercentProgress: 99 });
    expect(await statusOf(home, 'qrosity-db')).toBe('backing-up');
    await cloud.clock.advance(1);
    expect(await snapshotOf(home, 'one')).toMatchObject({ Status: 'available', PercentProgress: 100 });
    expect(await statusOf(home, 'qrosity-db')).toBe('available');
  });

  it('shows how far it is', async () => {
    await take('one');
    await cloud.clock.advance(2 * MINUTE);
    expect((await snapshotOf(home, 'one')).PercentProgress).toBe(40);
  });

  it('is not complete at 100 percent before it is available', async () => {
    let seen: unknown;
    cloud.clock.at(at('2026-03-01 09:05'), async () => {
      const { Status, PercentProgress } = await snapshotOf(home, 'one');
      seen = { Status, PercentProgress };
    });
    await take('one');
    await cloud.clock.advanceTo(at('2026-03-01 09:05'));
    expect(seen).toEqual({ Status: 'creating', PercentProgress: 99 });
  });

  it('has no times until it is there, then all three: the moment that it was asked for', async () => {
    const { DBSnapshot } = await take('one');
    await cloud.clock.advance(5 * MINUTE - 1);
    const before = await snapshotOf(home, 'one');
    for (const seen of [DBSnapshot, before]) {
      expect(seen?.SnapshotCreateTime).toBeUndefined();
      expect(seen?.OriginalSnapshotCreateTime).toBeUndefined();
      expect(seen?.SnapshotDatabaseTime).toBeUndefined();
    }
    await cloud.clock.advance(1);
    const asked = new Date(at('2026-03-01 09:00'));
    expect(await snapshotOf(home, 'one')).toMatchObject({
      SnapshotCreateTime: asked,
      OriginalSnapshotCreateTime: asked,
      SnapshotDatabaseTime: asked,
    });
  });

  it('names its instance by identifier and by resource id, and no source', async () => {
    const { DbiResourceId } = await instanceOf(home, 'qrosity-db');
    await take('one');
    const seen = await snapshotOf(home, 'one');
    expect(seen).toMatchObject({
      DBInstanceIdentifier: 'qrosity-db',
      DbiResourceId,
      DBSnapshotArn: snapshotArn('one'),
    });
    expect(seen.SourceDBSnapshotIdentifier).toBeUndefined();
  });

  it.each([
    'backing-up',
    'creating',
    'deleting',
    'failed',
    'inaccessible-encryption-credentials',
    'inaccessible-encryption-credentials-recoverable',
    'incompatible-network',
    'incompatible-restore',
    'maintenance',
    'modifying',
    'rebooting',
    'starting',
    'stopped',
    'stopping',
    'storage-full',
    'upgrading',
  ])('is not taken of an instance that is %s', async (status) => {
    home.stage.status('qrosity-db', status);
    expect(await codeOf(take('one'))).toBe('InvalidDBInstanceState');
  });

  it('is taken during storage optimization, which goes on afterwards', async () => {
    home.stage.status('qrosity-db', 'storage-optimization');
    expect(await codeOf(take('one'))).toBe('ok');
    await cloud.clock.advance(5 * MINUTE);
    expect(await statusOf(home, 'qrosity-db')).toBe('storage-optimization');
  });

  it('leaves alone an instance that went another way meanwhile', async () => {
    await take('one');
    home.stage.status('qrosity-db', 'storage-full');
    await cloud.clock.advance(5 * MINUTE);
    expect(await statusOf(home, 'qrosity-db')).toBe('storage-full');
  });

  it('is taken one at a time: the instance is not available meanwhile', async () => {
    await take('one');
    expect(await codeOf(take('two'))).toBe('InvalidDBInstanceState');
    await cloud.clock.advance(5 * MINUTE);
    expect(await codeOf(take('two'))).toBe('ok');
  });

  it('has a name that is free, whatever its case', async () => {
    await take('One');
    await cloud.clock.advance(5 * MINUTE);
    expect((await snapshotOf(home, 'ONE')).DBSnapshotIdentifier).toBe('one');
    expect(await codeOf(take('oNe'))).toBe('DBSnapshotAlreadyExists');
  });

  it.each([
    ['a', 'ok'],
    ['a'.repeat(255), 'ok'],
    ['a'.repeat(256), 'InvalidParameterValue'],
    ['', 'InvalidParameterValue'],
    ['1one', 'InvalidParameterValue'],
    ['-one', 'InvalidParameterValue'],
    ['one-', 'InvalidParameterValue'],
    ['one--two', 'InvalidParameterValue'],
    ['one-2-three', 'ok'],
    ['one_two', 'InvalidParameterValue'],
    ['rds:one', 'InvalidParameterValue'],
    ['ümlaut', 'InvalidParameterValue'],
  ])('named %j: %s', async (id, code) => {
    expect(await codeOf(take(id))).toBe(code);
  });

  it('needs an instance that exists, and is no member of a cluster', async () => {
    expect(
      await codeOf(home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'nobody', DBSnapshotIdentifier: 'x' })),
    ).toBe('DBInstanceNotFound');
    home.stage.instance({ id: 'aurora-1', engine: 'aurora-postgresql', cluster: 'aurora' });
    expect(
      await codeOf(
        home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'aurora-1', DBSnapshotIdentifier: 'x' }),
      ),
    ).toBe('InvalidParameterValue');
  });

  it('that fails has no times, stays under its name, and can be deleted', async () => {
    home.stage.failNext('snapshot', 'qrosity-db');
    await take('one');
    await cloud.clock.advance(5 * MINUTE);
    const failed = await snapshotOf(home, 'one');
    expect(failed).toMatchObject({ Status: 'failed', PercentProgress: 0 });
    expect(failed.SnapshotDatabaseTime).toBeUndefined();
    expect(await statusOf(home, 'qrosity-db')).toBe('available');
    expect(await codeOf(take('one'))).toBe('DBSnapshotAlreadyExists');
    expect(await codeOf(home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'one' }))).toBe('ok');
    expect(await codeOf(take('one'))).toBe('ok');
  });

  it('fails once, and only of the instance that it was asked for', async () => {
    home.stage.instance({ id: 'other' });
    home.stage.failNext('snapshot', 'other');
    await take('one');
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'other', DBSnapshotIdentifier: 'two' });
    await cloud.clock.advance(5 * MINUTE);
    expect((await snapshotOf(home, 'one')).Status).toBe('available');
    expect((await snapshotOf(home, 'two')).Status).toBe('failed');
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'other', DBSnapshotIdentifier: 'three' });
    await cloud.clock.advance(5 * MINUTE);
    expect((await snapshotOf(home, 'three')).Status).toBe('available');
  });

  describe('deleted', () => {
    it('is gone at once', async () => {
      await take('one');
      await cloud.clock.advance(5 * MINUTE);
      const { DBSnapshot } = await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'One' });
      expect(DBSnapshot).toMatchObject({ DBSnapshotIdentifier: 'one', Status: 'deleted' });
      expect(await codeOf(snapshotOf(home, 'one'))).toBe('DBSnapshotNotFound');
      expect(await codeOf(home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'one' }))).toBe(
        'DBSnapshotNotFound',
      );
    });

    it('while it is being made: refused', async () => {
      await take('one');
      expect(await codeOf(home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'one' }))).toBe(
        'InvalidDBSnapshotState',
      );
    });

    it('and automated: refused', async () => {
      home.stage.snapshots([
        {
          id: 'rds:qrosity-db-2026-03-01-00-10',
          instance: 'qrosity-db',
          at: at('2026-03-01 00:10'),
          type: 'automated',
        },
      ]);
      const call = home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'rds:qrosity-db-2026-03-01-00-10' });
      expect(await codeOf(call)).toBe('InvalidDBSnapshotState');
    });
  });

  it('outlives its instance', async () => {
    await take('one');
    await cloud.clock.advance(5 * MINUTE);
    await home.rds.DeleteDBInstance({ DBInstanceIdentifier: 'qrosity-db', SkipFinalSnapshot: true });
    await cloud.clock.advance(DAY);
    expect((await snapshotOf(home, 'one')).Status).toBe('available');
    const { DBSnapshots } = await home.rds.DescribeDBSnapshots({ DBInstanceIdentifier: 'qrosity-db' });
    expect(DBSnapshots).toHaveLength(1);
  });

  it('is of its region and account only', async () => {
    await take('one');
    expect(await codeOf(snapshotOf(cloud.region(AWAY), 'one'))).toBe('DBSnapshotNotFound');
    expect(await codeOf(snapshotOf(cloud.region(HOME, '999988887777'), 'one'))).toBe('DBSnapshotNotFound');
  });
});

import type { Cloud } from '../../../../local/cloud';
import { MINUTE } from '../../../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  cloudAt,
  codeOf,
  HOME,
  instanceOf,
  type Region,
  STRANGER,
  snapshotArn,
  snapshotOf,
} from '../world';

describe('a copy', () => {
  let cloud: Cloud;
  let home: Region;
  let away: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00', { regions: [HOME, AWAY, 'eu-central-1'] });
    home = cloud.region(HOME);
    away = cloud.region(AWAY);
    home.stage.instance({ id: 'qrosity-db' });
    home.stage.snapshots([
      {
        id: 's07',
        instance: 'qrosity-db',
        at: at('2026-03-01 07:00'),
        tags: { team: 'erp', 'aws:backup:x': 'y' },
      },
      { id: 's08', instance: 'qrosity-db', at: at('2026-03-01 08:00') },
    ]);
  });

  const copy = (source: string, target: string, more = {}, to = away) =>
    to.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: source.startsWith('arn:') ? source : snapshotArn(source),
      TargetDBSnapshotIdentifier: target,
      ...more,
    });

  it('is called where it shall lie, with the ARN of its source', async () => {
    const { DBSnapshot } = await copy('s07', 'c07');
    expect(DBSnapshot).toMatchObject({
      DBSnapshotArn: snapshotArn('c07', AWAY),
      Status: 'creating',
      PercentProgress: 0,
      SnapshotType: 'manual',
      SourceRegion: HOME,
      SourceDBSnapshotIdentifier: snapshotArn('s07'),
      DBInstanceIdentifier: 'qrosity-db',
      DbiResourceId: (await instanceOf(home, 'qrosity-db')).DbiResourceId,
    });
    expect(await codeOf(snapshotOf(home, 'c07'))).toBe('DBSnapshotNotFound');
  });

  it('by a mere identifier means one of the same region', async () => {
    const call = away.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: 's07',
      TargetDBSnapshotIdentifier: 'c07',
    });
    expect(await codeOf(call)).toBe('DBSnapshotNotFound');
    const within = home.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: 'S07',
      TargetDBSnapshotIdentifier: 'c07',
    });
    expect(await codeOf(within)).toBe('ok');
    await cloud.clock.advance(60 * MINUTE);
    const seen = await snapshotOf(home, 'c07');
    expect(seen).toMatchObject({ Status: 'available' });
    expect(seen.SourceDBSnapshotIdentifier).toBeUndefined();
  });

  it('changes SnapshotCreateTime, and neither of the other two', async () => {
    await copy('s07', 'c07');
    await cloud.clock.advance(30 * MINUTE - 1);
    const before = await snapshotOf(away, 'c07');
    expect(before).toMatchObject({ Status: 'creating', PercentProgress: 99 });
    expect(before.SnapshotCreateTime).toBeUndefined();
    expect(before.OriginalSnapshotCreateTime).toBeUndefined();
    expect(before.SnapshotDatabaseTime).toBeUndefined();
    await cloud.clock.advance(1);
    expect(await snapshotOf(away, 'c07')).toMatchObject({
      Status: 'available',
      PercentProgress: 100,
      SnapshotCreateTime: new Date(at('2026-03-01 09:30')),
      OriginalSnapshotCreateTime: new Date(at('2026-03-01 07:00')),
      SnapshotDatabaseTime: new Date(at('2026-03-01 07:00')),
    });
  });

  it('takes the longer the more it moves', async () => {
    cloud = cloudAt('2026-03-01 09:00', { durations: { copyBytesPerSecond: 2 ** 20 } });
    cloud.region(HOME).stage.snapshots([{ id: 's07', instance: 'qrosity-db', at: at('2026-03-01 07:00') }]);
    await copy('s07', 'c07', {}, cloud.region(AWAY));
    // 8 to 12 GiB at 1 MiB a second, on top of 30 minutes.
    await cloud.clock.advance((30 + 8 * 17) * MINUTE);
    expect((await snapshotOf(cloud.region(AWAY), 'c07')).Status).toBe('creating');
    await cloud.clock.advance(5 * 17 * MINUTE);
    expect((await snapshotOf(cloud.region(AWAY), 'c07')).Status).toBe('available');
  });

  it('of a copy goes on from there, under the same two times', async () => {
    await copy('s07', 'c07');
    await cloud.clock.advance(30 * MINUTE);
    const third = cloud.region('eu-central-1');
    await copy(snapshotArn('c07', AWAY), 'e07', {}, third);
    await cloud.clock.advance(30 * MINUTE);
    expect(await snapshotOf(third, 'e07')).toMatchObject({
      SnapshotCreateTime: new Date(at('2026-03-01 10:00')),
      OriginalSnapshotCreateTime: new Date(at('2026-03-01 07:00')),
      SnapshotDatabaseTime: new Date(at('2026-03-01 07:00')),
      SourceRegion: AWAY,
      SourceDBSnapshotIdentifier: snapshotArn('c07', AWAY),
    });
  });

  it('of an automated backup is a manual snapshot', async () => {
    const id = 'rds:qrosity-db-2026-03-01-00-10';
    home.stage.snapshots([{ id, instance: 'qrosity-db', at: at('2026-03-01 00:10'), type: 'automated' }]);
    expect((await copy(id, 'c00')).DBSnapshot?.SnapshotType).toBe('manual');
  });

  describe('is refused', () => {
    it('of what is not there, is not shared, or lies in no region of ours', async () => {
      cloud
        .region(HOME, STRANGER)
        .stage.snapshots([{ id: 'theirs', instance: 'x', at: at('2026-03-01 07:00') }]);
      expect(await codeOf(copy('nothing', 'c'))).toBe('DBSnapshotNotFound');
      expect(await codeOf(copy(snapshotArn('theirs', HOME, STRANGER), 'c'))).toBe('DBSnapshotNotFound');
      expect(await codeOf(copy(snapshotArn('s07', 'ap-east-1'), 'c'))).toBe('DBSnapshotNotFound');
      expect(await codeOf(copy('arn:aws:rds:us-east-1:111122223333:db:qrosity-db', 'c'))).toBe(
        'DBSnapshotNotFound',
      );
    });

    it('under a name that is taken or not legal', async () => {
      expect(await codeOf(copy('s07', 'c07'))).toBe('ok');
      expect(await codeOf(copy('s08', 'C07'))).toBe('DBSnapshotAlreadyExists');
      expect(await codeOf(copy('s08', 'rds:c08'))).toBe('InvalidParameterValue');
    });

    it('of a source that is not available', async () => {
      await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'qrosity-db', DBSnapshotIdentifier: 's09' });
      expect(await codeOf(copy('s09', 'c09'))).toBe('InvalidDBSnapshotState');
      home.stage.snapshotStatus('s08', 'failed');
      expect(await codeOf(copy('s08', 'c08'))).toBe('InvalidDBSnapshotState');
    });
  });

  it("of a stranger's snapshot works once it is shared with us", async () => {
    const stranger = cloud.region(HOME, STRANGER);
    stranger.stage.snapshots([{ id: 'theirs', instance: 'x', at: at('2026-03-01 07:00') }]);
    stranger.stage.share('theirs', ACCOUNT);
    expect(await codeOf(copy(snapshotArn('theirs', HOME, STRANGER), 'c'))).toBe('ok');
    const named = await home.rds.DescribeDBSnapshots({
      DBSnapshotIdentifier: snapshotArn('theirs', HOME, STRANGER),
    });
    expect(named.DBSnapshots).toHaveLength(1);
    const { DBSnapshots } = await home.rds.DescribeDBSnapshots({});
    expect(DBSnapshots?.map((one) => one.DBSnapshotIdentifier)).toEqual(['s07', 's08']);
  });

  describe('has tags', () => {
    const tags = async (id: string) => (await snapshotOf(away, id)).TagList;

    it('none, unless asked for', async () => {
      await copy('s07', 'c07');
      expect(await tags('c07')).toEqual([]);
    });

    it("of its source with CopyTags, without AWS's own", async () => {
      await copy('s07', 'c07', { CopyTags: true });
      expect(await tags('c07')).toEqual([{ Key: 'team', Value: 'erp' }]);
    });

    it('passed ones alone, where both are asked for', async () => {
      await copy('s07', 'c07', { CopyTags: true, Tags: [{ Key: 'mine', Value: '1' }] });
      expect(await tags('c07')).toEqual([{ Key: 'mine', Value: '1' }]);
      expect(await codeOf(copy('s08', 'c08', { Tags: [{ Key: 'aws:x', Value: '1' }] }))).toBe(
        'InvalidParameterValue',
      );
    });
  });

  describe('of an instance whose other copy runs', () => {
    it('waits for its turn, without progress', async () => {
      await copy('s07', 'c07');
      await copy('s08', 'c08');
      await cloud.clock.advance(29 * MINUTE);
      expect((await snapshotOf(away, 'c07')).PercentProgress).toBe(96);
      expect(await snapshotOf(away, 'c08')).toMatchObject({ Status: 'creating', PercentProgress: 0 });
      await cloud.clock.advance(MINUTE);
      expect((await snapshotOf(away, 'c07')).Status).toBe('available');
      await cloud.clock.advance(5 * MINUTE);
      expect(await snapshotOf(away, 'c08')).toMatchObject({ Status: 'creating', PercentProgress: 50 });
      await cloud.clock.advance(5 * MINUTE);
      expect((await snapshotOf(away, 'c08')).Status).toBe('available');
    });

    it('waits also when that one goes elsewhere', async () => {
      await copy('s07', 'e07', {}, cloud.region('eu-central-1'));
      await copy('s07', 'c07');
      await cloud.clock.advance(30 * MINUTE);
      expect(await snapshotOf(away, 'c07')).toMatchObject({ Status: 'creating', PercentProgress: 0 });
      await cloud.clock.advance(30 * MINUTE);
      expect((await snapshotOf(away, 'c07')).Status).toBe('available');
    });

    it('does not wait for copies of other instances', async () => {
      home.stage.snapshots([{ id: 'o08', instance: 'other', at: at('2026-03-01 08:00') }]);
      await copy('s07', 'c07');
      await copy('o08', 'x08');
      await cloud.clock.advance(30 * MINUTE);
      expect((await snapshotOf(away, 'x08')).Status).toBe('available');
    });
  });

  describe('is incremental', () => {
    /** Minutes that a copy takes by itself: 10 when incremental, 30 when full. */
    const minutes = async (source: string, target: string, more = {}) => {
      await copy(source, target, more);
      for (let minute = 1; minute <= 60; minute += 1) {
        await cloud.clock.advance(MINUTE);
        if ((await snapshotOf(away, target)).Status === 'available') return minute;
      }
      throw new Error(`${target} never became available`);
    };

    it('from the second on', async () => {
      expect(await minutes('s07', 'c07')).toBe(30);
      expect(await minutes('s08', 'c08')).toBe(10);
    });

    it('only while the newest copy is there, whatever older ones are', async () => {
      await minutes('s07', 'c07');
      await minutes('s08', 'c08');
      await away.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'c08' });
      expect(await minutes('s08', 'again')).toBe(30);
    });

    it('also when an older copy is gone', async () => {
      await minutes('s07', 'c07');
      await minutes('s08', 'c08');
      await away.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'c07' });
      expect(await minutes('s08', 'again')).toBe(10);
    });

    it('only under the same key', async () => {
      const key = async () => ({ KmsKeyId: (await away.kms.CreateKey({})).KeyMetadata?.Arn });
      const [one, other] = [await key(), await key()];
      expect(await minutes('s07', 'a', one)).toBe(30);
      expect(await minutes('s08', 'b', one)).toBe(10);
      expect(await minutes('s08', 'c', other)).toBe(30);
      expect(await minutes('s08', 'd', one)).toBe(30);
    });

    it('not behind a copy within the region, under whichever key, nor is that one', async () => {
      const key = async () => ({ KmsKeyId: (await away.kms.CreateKey({})).KeyMetadata?.Arn });
      const [one, other] = [await key(), await key()];
      const within = async (SourceDBSnapshotIdentifier: string, TargetDBSnapshotIdentifier: string) => {
        await away.rds.CopyDBSnapshot({ SourceDBSnapshotIdentifier, TargetDBSnapshotIdentifier, ...other });
        await cloud.clock.advance(29 * MINUTE);
        expect((await snapshotOf(away, TargetDBSnapshotIdentifier)).Status).toBe('creating');
        await cloud.clock.advance(MINUTE);
        expect((await snapshotOf(away, TargetDBSnapshotIdentifier)).Status).toBe('available');
      };
      await minutes('s07', 'a', one);
      await within('a', 'a-under-other');
      expect(await minutes('s08', 'b', one)).toBe(30);
      await within('b', 'b-under-other');
      expect(await minutes('s08', 'c', other)).toBe(30);
      expect(await minutes('s08', 'd', other)).toBe(10);
    });

    it('not behind a copy that failed', async () => {
      away.stage.failNext('copy');
      await copy('s07', 'c07');
      await cloud.clock.advance(30 * MINUTE);
      expect((await snapshotOf(away, 'c07')).Status).toBe('failed');
      expect(await minutes('s08', 'c08')).toBe(30);
    });
  });

  describe('fails', () => {
    it('when its source is deleted on the way, and the next one begins', async () => {
      await copy('s07', 'c07');
      await copy('s08', 'c08');
      await cloud.clock.advance(10 * MINUTE);
      await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 's07' });
      expect((await snapshotOf(away, 'c07')).Status).toBe('failed');
      await cloud.clock.advance(30 * MINUTE);
      expect((await snapshotOf(away, 'c08')).Status).toBe('available');
      expect((await snapshotOf(away, 'c07')).Status).toBe('failed');
    });

    it('when its source is deleted while it waits', async () => {
      await copy('s07', 'c07');
      await copy('s08', 'c08');
      await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 's08' });
      expect((await snapshotOf(away, 'c08')).Status).toBe('failed');
      await cloud.clock.advance(30 * MINUTE);
      expect((await snapshotOf(away, 'c07')).Status).toBe('available');
    });

    it('never when its source is deleted after it is there', async () => {
      await copy('s07', 'c07');
      await cloud.clock.advance(30 * MINUTE);
      await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 's07' });
      expect((await snapshotOf(away, 'c07')).Status).toBe('available');
    });

    it('where a test wants it, half way or at once, and can be deleted then', async () => {
      away.stage.failNext('copy', 'qrosity-db');
      await copy('s07', 'c07');
      await cloud.clock.advance(15 * MINUTE - 1);
      expect((await snapshotOf(away, 'c07')).Status).toBe('creating');
      await cloud.clock.advance(1);
      expect((await snapshotOf(away, 'c07')).Status).toBe('failed');
      await copy('s08', 'c08');
      await away.stage.failCopy('c08');
      expect((await snapshotOf(away, 'c08')).Status).toBe('failed');
      expect(await codeOf(away.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'c08' }))).toBe('ok');
    });

    it('leaves room for others', async () => {
      await copy('s07', 'c07');
      expect(await codeOf(away.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'c07' }))).toBe(
        'InvalidDBSnapshotState',
      );
      await away.stage.failCopy('c07');
      await expect(away.stage.failCopy('c07')).rejects.toThrow('no copy c07 is under way');
    });
  });
});

import type { Cloud } from '../../../../local/cloud';
import type { CloudEvent } from '../../../../local/engine/events';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, at, cloudAt, codeOf, HOME, SMALL, snapshotArn, snapshotOf } from '../world';

const PUNCTUAL = { takes: [2_000, 2_000], lateBy: [600_000, 600_000] } as const;

function listening(cloud: Cloud) {
  const heard: CloudEvent[] = [];
  const stop = cloud.events.listen((event) => void heard.push(event));
  const ids = (source?: string) =>
    heard
      .filter(({ detail }) => source === undefined || detail.SourceIdentifier === source)
      .map(({ detail }) => String(detail.EventID).replace('RDS-EVENT-', ''));
  return { heard, ids, stop };
}

describe('events of RDS', () => {
  it('arrive in the envelope of EventBridge', async () => {
    const cloud = cloudAt('2026-03-01 09:00', { delivery: PUNCTUAL });
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one' });
    const { heard } = listening(cloud);
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(5 * MINUTE + 2_000);
    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      'detail-type': 'RDS DB Snapshot Event',
      source: 'aws.rds',
      account: ACCOUNT,
      time: '2026-03-01T09:05:00Z',
      region: HOME,
      resources: [snapshotArn('s')],
      detail: {
        EventCategories: ['creation'],
        SourceType: 'SNAPSHOT',
        SourceArn: snapshotArn('s'),
        Date: '2026-03-01T09:05:00.000Z',
        SourceIdentifier: 's',
        Message: 'Manual snapshot created',
        EventID: 'RDS-EVENT-0042',
      },
    });
  });

  it('tell the life of instances and snapshots', async () => {
    const cloud = cloudAt('2026-03-01 09:00', { delivery: PUNCTUAL });
    const [home, away] = [cloud.region(HOME), cloud.region(AWAY)];
    const { ids, heard } = listening(cloud);
    await home.rds.CreateDBInstance({ ...SMALL, DBInstanceIdentifier: 'one', BackupRetentionPeriod: 1 });
    await cloud.clock.advance(HOUR);
    expect(ids('one')).toEqual(['0005', '0001', '0002']);
    expect(heard[0]).toMatchObject({
      'detail-type': 'RDS DB Instance Event',
      detail: { SourceType: 'DB_INSTANCE' },
    });
    expect(ids('rds:one-2026-03-01-09-06')).toEqual(['0090', '0091']);

    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(HOUR);
    await away.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn('s'),
      TargetDBSnapshotIdentifier: 'c',
    });
    await cloud.clock.advance(HOUR);
    await away.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn('s'),
      TargetDBSnapshotIdentifier: 'd',
    });
    await cloud.clock.advance(MINUTE);
    await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 's' });
    await away.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'two',
      DBSnapshotIdentifier: 'c',
    });
    await cloud.clock.advance(HOUR);
    expect(ids('s')).toEqual(['0040', '0042', '0041']);
    expect(ids('c')).toEqual(['0059', '0060', '0043']);
    expect(ids('d')).toEqual(['0059', '0061']);
    const finished = heard.find(({ detail }) => detail.EventID === 'RDS-EVENT-0060');
    expect(finished).toMatchObject({ region: AWAY, resources: [snapshotArn('c', AWAY)] });
    expect(finished?.detail.Message).toBe('Finished copy of snapshot s from region us-east-1 in 30 minutes');
  });

  it('have an id each, and the same one when doubled', async () => {
    const cloud = cloudAt('2026-03-01 09:00', { delivery: { ...PUNCTUAL, doubled: 1 } });
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one' });
    const { heard, ids } = listening(cloud);
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(HOUR);
    expect(ids('s')).toEqual(['0040', '0042', '0040', '0042']);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(2);
  });

  it('are late, or lost, as often as asked', async () => {
    const arrivals = async (delivery: object) => {
      const cloud = cloudAt('2026-03-01 09:00', { delivery: { ...PUNCTUAL, ...delivery } });
      const home = cloud.region(HOME);
      for (let n = 0; n < 100; n += 1) home.stage.instance({ id: `db${n}` });
      const waits: number[] = [];
      cloud.events.listen(
        ({ detail }) => void waits.push(cloud.clock.now() - Date.parse(String(detail.Date))),
      );
      for (let n = 0; n < 100; n += 1) {
        await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: `db${n}`, DBSnapshotIdentifier: `s${n}` });
      }
      await cloud.clock.advance(DAY);
      return waits;
    };
    expect(await arrivals({ lost: 1 })).toHaveLength(0);
    const some = (await arrivals({ lost: 0.3 })).length;
    expect(some).toBeGreaterThan(100);
    expect(some).toBeLessThan(180);
    const waits = await arrivals({ late: 0.5 });
    expect(new Set(waits)).toEqual(new Set([2_000, 602_000]));
    expect(waits).toHaveLength(200);
  });

  it('are waited for, and stop at who has had enough', async () => {
    const cloud = cloudAt('2026-03-01 09:00', { delivery: PUNCTUAL });
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one' });
    // A function woken by the event acts before the clock goes on.
    const stop = cloud.events.listen(async ({ detail, resources }) => {
      if (detail.EventID !== 'RDS-EVENT-0042') return;
      await cloud.region(AWAY).rds.CopyDBSnapshot({
        SourceDBSnapshotIdentifier: resources[0],
        TargetDBSnapshotIdentifier: `copy-of-${String(detail.SourceIdentifier)}`,
      });
    });
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(5 * MINUTE + 2_000 + 30 * MINUTE);
    expect((await snapshotOf(cloud.region(AWAY), 'copy-of-s')).Status).toBe('available');
    stop();
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 't' });
    await cloud.clock.advance(HOUR);
    expect(await codeOf(snapshotOf(cloud.region(AWAY), 'copy-of-t'))).toBe('DBSnapshotNotFound');
  });
});

describe('DescribeEvents', () => {
  const lived = async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one' });
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(5 * MINUTE);
    await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advance(MINUTE);
    return { cloud, home };
  };

  it('tells the last hour, or what is asked for', async () => {
    const { cloud, home } = await lived();
    const messages = async (input = {}) =>
      (await home.rds.DescribeEvents(input)).Events?.map(({ Message }) => Message);
    const snapshot = ['Creating manual snapshot', 'Manual snapshot created'];
    expect(await messages()).toEqual([...snapshot, 'DB instance shutdown', 'DB instance restarted']);
    expect(await messages({ SourceType: 'db-snapshot' })).toEqual(snapshot);
    expect(await messages({ SourceType: 'db-snapshot', SourceIdentifier: 'other' })).toEqual([]);
    expect(await messages({ EventCategories: ['availability'] })).toHaveLength(2);
    expect(await messages({ StartTime: new Date(at('2026-03-01 09:05')) })).toHaveLength(3);
    expect(await messages({ EndTime: new Date(at('2026-03-01 09:05') - 1) })).toEqual([snapshot[0]]);
    expect(await codeOf(messages({ SourceIdentifier: 'one' }))).toBe('InvalidParameterCombination');
    await cloud.clock.advanceTo(at('2026-03-01 10:00') + 1);
    expect(await messages()).toHaveLength(3);
  });

  it('forgets after 14 days', async () => {
    const { cloud, home } = await lived();
    const since = { StartTime: new Date(at('2026-02-01 00:00')) };
    await cloud.clock.advanceTo(at('2026-03-15 09:00'));
    expect((await home.rds.DescribeEvents(since)).Events).toHaveLength(4);
    await cloud.clock.advance(1);
    expect((await home.rds.DescribeEvents(since)).Events).toHaveLength(3);
  });

  it('goes by pages, also where all happened at once', async () => {
    const { home } = await lived();
    for (let n = 0; n < 30; n += 1) {
      home.stage.instance({ id: `db${n}` });
      await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: `db${n}`, DBSnapshotIdentifier: `s${n}` });
    }
    const first = await home.rds.DescribeEvents({ MaxRecords: 20 });
    const second = await home.rds.DescribeEvents({ MaxRecords: 20, Marker: first.Marker });
    expect([first.Events?.length, second.Events?.length, second.Marker]).toEqual([20, 14, undefined]);
    const all = [...(first.Events ?? []), ...(second.Events ?? [])].map(
      (e) => `${e.SourceIdentifier} ${e.Message}`,
    );
    expect(new Set(all).size).toBe(34);
  });
});

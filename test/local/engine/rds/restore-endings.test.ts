import type { Cloud } from '../../../../local/cloud';
import type { CloudEvent } from '../../../../local/engine/events';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import { cloudAt, codeOf, HOME, instanceOf, type Region, statusOf } from '../world';

describe('a restore', () => {
  let cloud: Cloud;
  let home: Region;
  let heard: CloudEvent[];

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    heard = [];
    home.stage.instance({ id: 'qrosity-db' });
    home.stage.instance({ id: 'other-db' });
    home.stage.snapshots(
      ['qrosity-db', 'other-db'].map((instance) => ({
        id: `of-${instance}`,
        instance,
        at: cloud.clock.now(),
      })),
    );
    cloud.events.listen((event) => {
      heard.push(event);
    });
  });

  const restore = (id: string, snapshot = 'of-qrosity-db', more = {}) =>
    home.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: id,
      DBSnapshotIdentifier: snapshot,
      BackupRetentionPeriod: 0,
      ...more,
    });
  const remove = (id: string) =>
    home.rds.DeleteDBInstance({ DBInstanceIdentifier: id, SkipFinalSnapshot: true });
  const told = () => heard.map(({ detail }) => `${detail.SourceIdentifier} ${detail.EventID}`);
  const logged = async (id: string) => {
    const { Events = [] } = await home.rds.DescribeEvents({
      SourceIdentifier: id,
      SourceType: 'db-instance',
      Duration: 14 * 24 * 60,
    });
    return Events.map(({ Message }) => Message);
  };

  it('is told of on the bus and in the log: the snapshot, the instance, and its end', async () => {
    await restore('test');
    await cloud.clock.advance(11 * MINUTE);
    expect(told()).toEqual(['of-qrosity-db RDS-EVENT-0043', 'test RDS-EVENT-0005']);
    await remove('test');
    await cloud.clock.advance(5 * MINUTE);
    expect(told().at(-1)).toBe('test RDS-EVENT-0003');
    // RDS remembers what an instance did after it is gone, for 14 days.
    await cloud.clock.advance(13 * DAY);
    expect(await logged('test')).toEqual(['DB instance created', 'DB instance deleted']);
    expect(await logged('qrosity-db')).toEqual([]);
    await cloud.clock.advance(2 * DAY);
    expect(await logged('test')).toEqual([]);
  });

  it('without automated backups is never in backing-up, and with them before it is available', async () => {
    await restore('without');
    await restore('with', 'of-qrosity-db', { BackupRetentionPeriod: 1 });
    const seen = new Map<string, Set<string>>([
      ['without', new Set()],
      ['with', new Set()],
    ]);
    for (let minute = 0; minute < 12; minute += 1) {
      for (const [id, statuses] of seen) statuses.add((await statusOf(home, id)) ?? '');
      await cloud.clock.advance(MINUTE);
    }
    expect([...(seen.get('without') ?? [])]).toEqual(['creating', 'available']);
    expect([...(seen.get('with') ?? [])]).toEqual(['creating', 'backing-up', 'available']);
  });

  it('gets an endpoint when it is available, which leads nowhere where there are no servers', async () => {
    await restore('test');
    await cloud.clock.advance(10 * MINUTE - 1);
    expect((await instanceOf(home, 'test')).Endpoint).toBeUndefined();
    await cloud.clock.advance(1);
    expect((await instanceOf(home, 'test')).Endpoint).toMatchObject({
      Address: 'test.light.invalid',
      Port: 5432,
    });
    expect((await instanceOf(home, 'qrosity-db')).Endpoint?.Address).toBe('qrosity-db.light.invalid');
  });

  it.each(['failed', 'incompatible-restore', 'incompatible-network'])(
    'can be made to end as %s, once and of that instance only, and goes without a last snapshot',
    async (status) => {
      home.stage.endNextRestore(status, 'qrosity-db');
      await restore('other', 'of-other-db');
      await restore('test');
      await restore('again');
      await cloud.clock.advance(10 * MINUTE - 1);
      expect(await statusOf(home, 'test')).toBe('creating');
      await cloud.clock.advance(1);
      expect(await Promise.all(['other', 'test', 'again'].map((id) => statusOf(home, id)))).toEqual([
        'available',
        status,
        'available',
      ]);
      expect(await logged('test')).toEqual([
        `DB instance put into ${status} state. RDS recommends that you initiate a point-in-time-restore.`,
      ]);
      expect(
        await codeOf(
          home.rds.DeleteDBInstance({ DBInstanceIdentifier: 'test', FinalDBSnapshotIdentifier: 'last' }),
        ),
      ).toBe('InvalidDBInstanceState');
      await remove('test');
      await cloud.clock.advance(4 * MINUTE);
      expect(await codeOf(instanceOf(home, 'test'))).toBe('DBInstanceNotFound');
    },
  );

  it('can be made to hang in creating, from where it cannot be deleted, until it is let go', async () => {
    home.stage.endNextRestore('creating');
    await restore('test');
    await cloud.clock.advance(30 * DAY);
    expect(await statusOf(home, 'test')).toBe('creating');
    expect(await codeOf(remove('test'))).toBe('InvalidDBInstanceState');
    home.stage.status('test', 'available');
    expect((await instanceOf(home, 'test')).Endpoint).toBeDefined();
    expect(await codeOf(remove('test'))).toBe('ok');
  });

  it('is refused over the quota of instances, and leaves nothing', async () => {
    const small = cloudAt('2026-03-01 09:00', { limits: { instances: 1 } });
    const region = small.region(HOME);
    region.stage.instance({ id: 'qrosity-db' });
    region.stage.snapshots([{ id: 'one', instance: 'qrosity-db', at: small.clock.now() }]);
    const order = { DBInstanceIdentifier: 'test', DBSnapshotIdentifier: 'one' };
    expect(await codeOf(region.rds.RestoreDBInstanceFromDBSnapshot(order))).toBe('InstanceQuotaExceeded');
    expect((await region.rds.DescribeDBInstances({})).DBInstances).toHaveLength(1);
  });

  it('under deletion protection goes only after that is taken off', async () => {
    await restore('test', 'of-qrosity-db', { DeletionProtection: true });
    await cloud.clock.advance(10 * MINUTE);
    expect(await codeOf(remove('test'))).toBe('InvalidParameterCombination');
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'test', DeletionProtection: false });
    expect(await codeOf(remove('test'))).toBe('InvalidDBInstanceState');
    await cloud.clock.advance(MINUTE);
    expect(await codeOf(remove('test'))).toBe('ok');
  });
});

it('an instance on the stage can be protected, larger, and open to IAM', async () => {
  const home = cloudAt('2026-03-01 09:00').region(HOME);
  home.stage.instance({
    id: 'db',
    deletionProtection: true,
    iamAuthentication: true,
    instanceClass: 'db.r6g.large',
    allocatedStorage: 400,
  });
  expect(await instanceOf(home, 'db')).toMatchObject({
    DeletionProtection: true,
    IAMDatabaseAuthenticationEnabled: true,
    DBInstanceClass: 'db.r6g.large',
    AllocatedStorage: 400,
  });
});

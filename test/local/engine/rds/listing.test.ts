import type { DescribeDBSnapshotsMessage } from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { HOUR } from '../../../../shared/domain/time';
import { ACCOUNT, at, cloudAt, codeOf, HOME, instanceOf, type Region, snapshotArn } from '../world';

const START = at('2026-03-01 00:00');

describe('a list of snapshots', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
  });

  const ids = async (input: DescribeDBSnapshotsMessage) => {
    const { DBSnapshots = [] } = await home.rds.DescribeDBSnapshots(input);
    return DBSnapshots.map((one) => one.DBSnapshotIdentifier ?? '');
  };

  const everyPage = async (
    input: DescribeDBSnapshotsMessage,
    between: (page: number) => unknown = () => {},
  ) => {
    const all: string[] = [];
    let Marker: string | undefined;
    let pages = 0;
    do {
      const page = await home.rds.DescribeDBSnapshots({ ...input, Marker });
      all.push(...(page.DBSnapshots ?? []).map((one) => one.DBSnapshotIdentifier ?? ''));
      Marker = page.Marker;
      pages += 1;
      await between(pages);
    } while (Marker !== undefined);
    return { all, pages };
  };

  const seed = (count: number, instance = 'one', prefix = 's') => {
    const names = Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(5, '0')}`);
    home.stage.snapshots(names.map((id, n) => ({ id, instance, at: START + n * HOUR })));
    return names;
  };

  describe('by filters', () => {
    beforeEach(() => {
      home.stage.instance({ id: 'one' });
      home.stage.snapshots([
        { id: 'a1', instance: 'one', at: START },
        { id: 'a2', instance: 'one', at: START },
        { id: 'b1', instance: 'two', at: START },
        { id: 'rds:one-2026-03-01-00-05', instance: 'one', at: START, type: 'automated' },
        { id: 'awsbackup-job', instance: 'one', at: START, type: 'awsbackup' },
      ]);
    });

    it('has manual and automated ones, unless a type is asked for', async () => {
      expect(await ids({})).toEqual(['a1', 'a2', 'b1', 'rds:one-2026-03-01-00-05']);
      expect(await ids({ SnapshotType: 'manual' })).toEqual(['a1', 'a2', 'b1']);
      expect(await ids({ SnapshotType: 'automated' })).toEqual(['rds:one-2026-03-01-00-05']);
      expect(await ids({ SnapshotType: 'awsbackup' })).toEqual(['awsbackup-job']);
      expect(await ids({ Filters: [{ Name: 'snapshot-type', Values: ['automated'] }] })).toHaveLength(1);
      expect(await codeOf(ids({ SnapshotType: 'hourly' }))).toBe('InvalidParameterValue');
    });

    it('finds by name, in any case, and says when there is none', async () => {
      expect(await ids({ DBSnapshotIdentifier: 'A1' })).toEqual(['a1']);
      expect(await ids({ DBSnapshotIdentifier: snapshotArn('a1') })).toEqual(['a1']);
      expect(await codeOf(ids({ DBSnapshotIdentifier: 'a3' }))).toBe('DBSnapshotNotFound');
    });

    it('finds many names at once, and leaves out what is not there', async () => {
      const Filters = [{ Name: 'db-snapshot-id', Values: ['b1', 'A1', 'nothing', 'a1'] }];
      expect(await ids({ Filters })).toEqual(['a1', 'b1']);
    });

    it('finds by instance: its identifier, its ARN, several, its resource id', async () => {
      const { DbiResourceId = '' } = await instanceOf(home, 'one');
      const ones = ['a1', 'a2', 'rds:one-2026-03-01-00-05'];
      expect(await ids({ DBInstanceIdentifier: 'ONE' })).toEqual(ones);
      expect(await ids({ DBInstanceIdentifier: 'never' })).toEqual([]);
      const arn = `arn:aws:rds:${HOME}:${ACCOUNT}:db:one`;
      expect(await ids({ Filters: [{ Name: 'db-instance-id', Values: [arn] }] })).toEqual(ones);
      const both = [{ Name: 'db-instance-id', Values: ['two', 'one'] }];
      expect(await ids({ Filters: both, SnapshotType: 'manual' })).toEqual(['a1', 'a2', 'b1']);
      expect(await ids({ DbiResourceId })).toEqual(ones);
      expect(await ids({ Filters: [{ Name: 'dbi-resource-id', Values: [DbiResourceId] }] })).toEqual(ones);
    });

    it('has what all of them allow', async () => {
      const Filters = [
        { Name: 'db-instance-id', Values: ['one'] },
        { Name: 'db-snapshot-id', Values: ['a1', 'b1'] },
      ];
      expect(await ids({ Filters })).toEqual(['a1']);
      expect(await ids({ Filters, DBInstanceIdentifier: 'two' })).toEqual([]);
      expect(await ids({ Filters: [{ Name: 'engine', Values: ['mysql'] }] })).toEqual([]);
      expect(await ids({ Filters: [{ Name: 'engine', Values: ['postgres'] }] })).toHaveLength(4);
    });

    it('refuses a filter that it does not know, or without a value', async () => {
      expect(await codeOf(ids({ Filters: [{ Name: 'tag:x', Values: ['y'] }] }))).toBe(
        'InvalidParameterValue',
      );
      expect(await codeOf(ids({ Filters: [{ Name: 'engine', Values: [] }] }))).toBe('InvalidParameterValue');
    });
  });

  describe('in pages', () => {
    it.each([
      [19, 'InvalidParameterValue'],
      [20, 'ok'],
      [100, 'ok'],
      [101, 'InvalidParameterValue'],
    ])('of %d: %s', async (MaxRecords, code) => {
      expect(await codeOf(ids({ MaxRecords }))).toBe(code);
    });

    it('holds 100 and then says that there are more', async () => {
      seed(100);
      expect((await home.rds.DescribeDBSnapshots({})).Marker).toBeUndefined();
      seed(1, 'one', 't');
      const page = await home.rds.DescribeDBSnapshots({});
      expect(page.DBSnapshots).toHaveLength(100);
      expect(page.Marker).toEqual(expect.any(String));
      expect(await ids({ Marker: page.Marker })).toEqual(['t00000']);
    });

    it('goes on behind what was shown, also when that is deleted and others come before it', async () => {
      const names = seed(250);
      const { all, pages } = await everyPage({ SnapshotType: 'manual' }, async (page) => {
        if (page !== 1) return;
        for (const id of names.slice(90, 100)) await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: id });
        seed(30, 'one', 'r');
      });
      expect(pages).toBe(3);
      expect(all).toEqual(names);
    });

    it('goes on under filters alike', async () => {
      const names = seed(130);
      seed(130, 'two', 't');
      expect((await everyPage({ DBInstanceIdentifier: 'one' })).all).toEqual(names);
      const Filters = [{ Name: 'db-instance-id', Values: ['one', 'two'] }];
      expect((await everyPage({ Filters })).all).toHaveLength(260);
      const named = [{ Name: 'db-snapshot-id', Values: names }];
      expect(await everyPage({ Filters: named })).toMatchObject({ all: names, pages: 2 });
    });

    it('refuses a marker that it never gave', async () => {
      for (const Marker of ['x', 's00099', Buffer.from('s00099').toString('base64url')]) {
        expect(await codeOf(ids({ Marker }))).toBe('InvalidParameterValue');
      }
    });

    it('lists 54,000 in a blink, and 200 of one instance among them', async () => {
      for (let db = 0; db < 1_000; db += 1) seed(54, `db${db}`, `db${String(db).padStart(4, '0')}-`);
      const before = performance.now();
      const { all, pages } = await everyPage({ SnapshotType: 'manual' });
      expect(pages).toBe(540);
      expect(new Set(all).size).toBe(54_000);
      for (let n = 0; n < 200; n += 1) expect(await ids({ DBInstanceIdentifier: 'db7' })).toHaveLength(54);
      // About 0.5 s; an O(n^2) list takes minutes.
      expect(performance.now() - before).toBeLessThan(10_000);
    });
  });
});

describe('a list of instances', () => {
  it('has pages, filters and single ones', async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const home = cloud.region(HOME);
    for (let n = 0; n < 105; n += 1) home.stage.instance({ id: `db${String(n).padStart(3, '0')}` });
    home.stage.instance({ id: 'aurora-1', engine: 'aurora-postgresql', cluster: 'aurora' });
    const first = await home.rds.DescribeDBInstances({});
    expect(first.DBInstances).toHaveLength(100);
    const second = await home.rds.DescribeDBInstances({ Marker: first.Marker });
    expect(second.DBInstances).toHaveLength(6);
    expect(second.Marker).toBeUndefined();
    const filtered = async (Name: string, ...Values: string[]) =>
      (await home.rds.DescribeDBInstances({ Filters: [{ Name, Values }] })).DBInstances?.map(
        (one) => one.DBInstanceIdentifier,
      );
    expect(await filtered('db-instance-id', 'DB001', `arn:aws:rds:${HOME}:${ACCOUNT}:db:db002`)).toEqual([
      'db001',
      'db002',
    ]);
    expect(await filtered('engine', 'aurora-postgresql')).toEqual(['aurora-1']);
    expect(await filtered('db-cluster-id', 'aurora')).toEqual(['aurora-1']);
    expect(await codeOf(filtered('nonsense', 'x'))).toBe('InvalidParameterValue');
    expect(await codeOf(home.rds.DescribeDBInstances({ DBInstanceIdentifier: 'x' }))).toBe(
      'DBInstanceNotFound',
    );
  });
});

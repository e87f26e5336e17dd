import type { Cloud } from '../../../../local/cloud';
import { MINUTE } from '../../../../shared/domain/time';
import { cloudAt, codeOf, HOME, type Region, snapshotArn, snapshotOf } from '../world';

describe('tags', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    home.stage.instance({ id: 'qrosity-db', tags: { team: 'erp', 'aws:cloudformation:stack-name': 'prod' } });
  });

  const take = (tags: Record<string, string>) =>
    home.rds.CreateDBSnapshot({
      DBInstanceIdentifier: 'qrosity-db',
      DBSnapshotIdentifier: 'one',
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });

  it.each([
    [{ 'holdfast:slot': '2026-03-01T09:00:00Z' }, 'ok'],
    [{ Größe: 'Élan ½ + 7/8 @ x=1' }, 'ok'],
    [{ ['k'.repeat(128)]: 'v'.repeat(256) }, 'ok'],
    [{ key: '' }, 'ok'],
    [{ ['k'.repeat(129)]: 'v' }, 'InvalidParameterValue'],
    [{ key: 'v'.repeat(257) }, 'InvalidParameterValue'],
    [{ '': 'v' }, 'InvalidParameterValue'],
    [{ 'aws:cloudformation:stack-name': 'prod' }, 'InvalidParameterValue'],
    [{ 'AWS:x': 'y' }, 'InvalidParameterValue'],
    [{ key: 'a, b' }, 'InvalidParameterValue'],
    [{ key: 'before (42)' }, 'InvalidParameterValue'],
    [{ 'ke;y': 'v' }, 'InvalidParameterValue'],
  ])('%j: %s', async (tags, code) => {
    expect(await codeOf(take(tags))).toBe(code);
  });

  it('are 50 at most, and none twice', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 'v']));
    expect(await codeOf(take(many(51)))).toBe('InvalidParameterValue');
    expect(await codeOf(take(many(50)))).toBe('ok');
    const ResourceName = snapshotArn('one');
    const add = (Key: string) => home.rds.AddTagsToResource({ ResourceName, Tags: [{ Key, Value: 'new' }] });
    expect(await codeOf(add('k50'))).toBe('InvalidParameterValue');
    expect(await codeOf(add('k49'))).toBe('ok');
    const twice = home.rds.AddTagsToResource({ ResourceName, Tags: [{ Key: 'a' }, { Key: 'a' }] });
    expect(await codeOf(twice)).toBe('InvalidParameterValue');
  });

  it('refused leave nothing behind', async () => {
    await codeOf(take({ 'aws:x': 'y' }));
    expect(await codeOf(snapshotOf(home, 'one'))).toBe('DBSnapshotNotFound');
    expect((await home.rds.DescribeDBInstances({})).DBInstances?.[0]?.DBInstanceStatus).toBe('available');
  });

  it('stand inline, and are added, changed and removed by ARN', async () => {
    await take({ a: '1' });
    const ResourceName = snapshotArn('one');
    await home.rds.AddTagsToResource({
      ResourceName,
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '3' },
      ],
    });
    expect((await snapshotOf(home, 'one')).TagList).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ]);
    await home.rds.RemoveTagsFromResource({ ResourceName, TagKeys: ['a', 'never-there'] });
    expect((await home.rds.ListTagsForResource({ ResourceName })).TagList).toEqual([
      { Key: 'b', Value: '3' },
    ]);
  });

  it('of an instance too', async () => {
    const ResourceName = 'arn:aws:rds:us-east-1:111122223333:db:qrosity-db';
    await home.rds.AddTagsToResource({ ResourceName, Tags: [{ Key: 'team', Value: 'dba' }, { Key: 'b' }] });
    await home.rds.RemoveTagsFromResource({ ResourceName, TagKeys: ['b'] });
    const { TagList } = await home.rds.ListTagsForResource({ ResourceName });
    expect(TagList).toContainEqual({ Key: 'team', Value: 'dba' });
    expect(TagList).toHaveLength(2);
    expect((await home.rds.DescribeDBInstances({})).DBInstances?.[0]?.TagList).toEqual(TagList);
  });

  it('of what is not there, or elsewhere: refused', async () => {
    const list = (ResourceName: string) => codeOf(home.rds.ListTagsForResource({ ResourceName }));
    expect(await list(snapshotArn('nothing'))).toBe('DBSnapshotNotFound');
    expect(await list('arn:aws:rds:us-east-1:111122223333:db:nothing')).toBe('DBInstanceNotFound');
    expect(await list(snapshotArn('one', 'us-west-2'))).toBe('InvalidParameterValue');
    expect(await list('one')).toBe('InvalidParameterValue');
  });

  it("follow the instance onto its snapshots only where CopyTagsToSnapshot is set, and AWS's own never do", async () => {
    await take({ mine: 'x' });
    expect((await snapshotOf(home, 'one')).TagList).toEqual([{ Key: 'mine', Value: 'x' }]);
    await cloud.clock.advance(5 * MINUTE);
    await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 'one' });
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'qrosity-db', CopyTagsToSnapshot: true });
    await cloud.clock.advance(MINUTE);
    await take({ mine: 'x', team: 'dba' });
    expect((await snapshotOf(home, 'one')).TagList).toEqual([
      { Key: 'team', Value: 'dba' },
      { Key: 'mine', Value: 'x' },
    ]);
  });
});

import type { Cloud } from '../../../../local/cloud';
import { AWAY, at, cloudAt, codeOf, HOME, type Region, snapshotArn } from '../world';

describe('option groups', () => {
  let cloud: Cloud;
  let home: Region;
  let away: Region;

  const group = (region: Region, OptionGroupName: string) =>
    region.rds.CreateOptionGroup({
      OptionGroupName,
      EngineName: 'postgres',
      MajorEngineVersion: '17',
      OptionGroupDescription: 'of a test',
    });

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    away = cloud.region(AWAY);
    await group(home, 'ours');
    home.stage.instance({ id: 'one', optionGroup: 'ours' });
    home.stage.snapshots([{ id: 's', instance: 'one', at: at('2026-03-01 08:00') }]);
  });

  const include = (region: Region, name: string, ...options: string[]) =>
    region.rds.ModifyOptionGroup({
      OptionGroupName: name,
      OptionsToInclude: options.map((OptionName) => ({ OptionName })),
    });

  const copy = (more = {}, to = away) =>
    to.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn('s'),
      TargetDBSnapshotIdentifier: 'c',
      ...more,
    });

  it('stay behind: a copy elsewhere gets the default one', async () => {
    await include(home, 'ours', 'OEM');
    expect((await copy()).DBSnapshot?.OptionGroupName).toBe('default:postgres-17');
  });

  it('come along within a region', async () => {
    expect((await copy({}, home)).DBSnapshot?.OptionGroupName).toBe('ours');
  });

  it.each(['TDE', 'Timezone'])('with %s need one that has it in the destination', async (option) => {
    await include(home, 'ours', option, 'OEM');
    await expect(copy()).rejects.toMatchObject({
      code: 'InvalidParameterValue',
      message: `The snapshot requires a target option group with the following options: [${option}]`,
    });
    expect(await codeOf(copy({ OptionGroupName: 'theirs' }))).toBe('OptionGroupNotFoundFault');
    await group(away, 'theirs');
    expect(await codeOf(copy({ OptionGroupName: 'theirs' }))).toBe('InvalidParameterValue');
    await include(away, 'theirs', option);
    expect((await copy({ OptionGroupName: 'theirs' })).DBSnapshot?.OptionGroupName).toBe('theirs');
  });

  it('take options of a test, persistent or permanent', async () => {
    home.stage.option('ours', { name: 'HOUSE', persistent: true, permanent: false });
    expect(await codeOf(copy())).toBe('InvalidParameterValue');
    const { OptionGroupsList } = await home.rds.DescribeOptionGroups({ OptionGroupName: 'ours' });
    expect(OptionGroupsList?.[0]?.Options).toEqual([
      { OptionName: 'HOUSE', Persistent: true, Permanent: false },
    ]);
  });

  it('are described by name, engine and page', async () => {
    for (let n = 0; n < 21; n += 1) await group(away, `g${String(n).padStart(2, '0')}`);
    const first = await away.rds.DescribeOptionGroups({ MaxRecords: 20 });
    expect(first.OptionGroupsList).toHaveLength(20);
    const second = await away.rds.DescribeOptionGroups({ MaxRecords: 20, Marker: first.Marker });
    expect(second.OptionGroupsList?.map(({ OptionGroupName }) => OptionGroupName)).toEqual(['g20']);
    expect((await away.rds.DescribeOptionGroups({ EngineName: 'mysql' })).OptionGroupsList).toEqual([]);
    expect(await codeOf(away.rds.DescribeOptionGroups({ OptionGroupName: 'ours' }))).toBe(
      'OptionGroupNotFoundFault',
    );
    const standard = await away.rds.DescribeOptionGroups({ OptionGroupName: 'default:postgres-17' });
    expect(standard.OptionGroupsList?.[0]).toMatchObject({ EngineName: 'postgres', Options: [] });
  });

  it('refuse what cannot be', async () => {
    expect(await codeOf(group(home, 'OURS'))).toBe('OptionGroupAlreadyExistsFault');
    expect(await codeOf(include(home, 'ours', 'NO_SUCH_OPTION'))).toBe('InvalidParameterValue');
    expect(await codeOf(include(home, 'default:postgres-17', 'OEM'))).toBe('InvalidOptionGroupStateFault');
    await include(home, 'ours', 'TDE');
    const remove = home.rds.ModifyOptionGroup({ OptionGroupName: 'ours', OptionsToRemove: ['TDE'] });
    expect(await codeOf(remove)).toBe('InvalidOptionGroupStateFault');
  });
});

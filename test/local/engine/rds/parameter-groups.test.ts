import type { ModifyDBParameterGroupMessage, Parameter } from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { type Arn, type NewServer, PLAIN, type ServerSettings } from '../../../../local/engine/data';
import { LightData } from '../../../../local/engine/light-data';
import { PARAMETERS } from '../../../../local/engine/rds/parameters';
import { HOUR } from '../../../../shared/domain/time';
import { cloudAt, codeOf, HOME, instanceOf, type Region, SMALL } from '../world';

/** Keeps what servers are told. */
class Told extends LightData {
  readonly settings = new Map<Arn, ServerSettings>();

  override create(instance: Arn, region: string, server: NewServer, settings: ServerSettings = PLAIN) {
    this.settings.set(instance, settings);
    return super.create(instance, region, server);
  }

  override async configure(instance: Arn, settings: ServerSettings) {
    this.settings.set(instance, settings);
  }
}

describe('a parameter group', () => {
  let data: Told;
  let cloud: Cloud;
  let home: Region;
  const group = { DBParameterGroupName: 'quiet' };
  beforeEach(async () => {
    data = new Told();
    cloud = cloudAt('2026-03-01 09:00', { data });
    home = cloud.region(HOME);
    await create('Quiet');
  });

  const create = (DBParameterGroupName: string, DBParameterGroupFamily = 'postgres18') =>
    home.rds.CreateDBParameterGroup({ DBParameterGroupName, DBParameterGroupFamily, Description: 'Tests' });
  const set = (ParameterName: string, ParameterValue: string, ApplyMethod: Parameter['ApplyMethod']) =>
    home.rds.ModifyDBParameterGroup({
      ...group,
      Parameters: [{ ParameterName, ParameterValue, ApplyMethod }],
    });
  const parameter = async (name: string, DBParameterGroupName = 'quiet') => {
    const { Parameters = [] } = await home.rds.DescribeDBParameters({ DBParameterGroupName });
    return Parameters.find(({ ParameterName }) => ParameterName === name);
  };
  /** An instance of the group that stands, and what its server was told last. */
  const launch = async (more = {}) => {
    const input = { DBInstanceIdentifier: 'one', EngineVersion: '18.1', BackupRetentionPeriod: 0 };
    await home.rds.CreateDBInstance({ ...SMALL, ...input, ...group, ...more });
    await cloud.clock.advance(HOUR);
  };
  const told = () => data.settings.get('arn:aws:rds:us-east-1:111122223333:db:one')?.parameters;
  const applied = async () => (await instanceOf(home, 'one')).DBParameterGroups;

  it('is told by its name and family, the default one too', async () => {
    expect((await home.rds.DescribeDBParameterGroups(group)).DBParameterGroups).toEqual([
      {
        DBParameterGroupName: 'quiet',
        DBParameterGroupArn: 'arn:aws:rds:us-east-1:111122223333:pg:quiet',
        DBParameterGroupFamily: 'postgres18',
        Description: 'Tests',
      },
    ]);
    const named = (DBParameterGroupName: string) =>
      home.rds.DescribeDBParameterGroups({ DBParameterGroupName });
    expect((await named('default.postgres18')).DBParameterGroups?.[0]?.DBParameterGroupFamily).toBe(
      'postgres18',
    );
    expect(await codeOf(named('nothing'))).toBe('DBParameterGroupNotFound');
    expect(await codeOf(named('default.nothing'))).toBe('DBParameterGroupNotFound');
    const all = (await home.rds.DescribeDBParameterGroups({})).DBParameterGroups ?? [];
    expect(all.map(({ DBParameterGroupName }) => DBParameterGroupName)).toEqual([
      'default.postgres18',
      'quiet',
    ]);
  });

  it('is refused twice, under an unlawful name, and of no family', async () => {
    expect(await codeOf(create('QUIET'))).toBe('DBParameterGroupAlreadyExists');
    expect(await codeOf(create('default.postgres18'))).toBe('InvalidParameterValue');
    expect(await codeOf(create('other', 'postgresql'))).toBe('InvalidParameterValue');
    expect(await codeOf(create('other', 'mysql8.4'))).toBe('ok');
  });

  it('has what RDS presets until it is set', async () => {
    expect(await parameter('shared_preload_libraries')).toMatchObject({
      ParameterValue: 'pg_stat_statements',
      Source: 'system',
      ApplyType: 'static',
      IsModifiable: true,
    });
    expect(await parameter('log_statement')).toEqual({
      ParameterName: 'log_statement',
      Description: 'Kinds of statements that are logged.',
      Source: 'engine-default',
      ApplyType: 'dynamic',
      ApplyMethod: 'pending-reboot',
      DataType: 'string',
      AllowedValues: 'none,ddl,mod,all',
      IsModifiable: true,
    });
    await set('log_statement', 'ddl', 'immediate');
    expect(await parameter('log_statement')).toMatchObject({
      ParameterValue: 'ddl',
      Source: 'user',
      ApplyMethod: 'immediate',
    });
  });

  it('forces TLS from PostgreSQL 15 on', async () => {
    expect((await parameter('rds.force_ssl', 'default.postgres15'))?.ParameterValue).toBe('1');
    expect((await parameter('rds.force_ssl', 'default.postgres14'))?.ParameterValue).toBe('0');
  });

  it('shows its parameters by pages and by source', async () => {
    const first = await home.rds.DescribeDBParameters({ ...group, MaxRecords: 20 });
    expect(first.Parameters).toHaveLength(20);
    const second = await home.rds.DescribeDBParameters({ ...group, Marker: first.Marker });
    const names = [...(first.Parameters ?? []), ...(second.Parameters ?? [])].map((one) => one.ParameterName);
    expect(names).toEqual(PARAMETERS.map(({ name }) => name).sort());
    expect(second.Marker).toBeUndefined();
    await set('statement_timeout', '60000', 'immediate');
    const { Parameters = [] } = await home.rds.DescribeDBParameters({ ...group, Source: 'user' });
    expect(Parameters.map(({ ParameterName }) => ParameterName)).toEqual(['statement_timeout']);
  });

  it.each([
    ['log_statement', 'ddl', 'immediate', 'ok'],
    ['log_statement', 'some', 'immediate', 'InvalidParameterValue'],
    ['statement_timeout', '0', 'immediate', 'ok'],
    ['statement_timeout', '-1', 'immediate', 'InvalidParameterValue'],
    ['log_min_duration_statement', '-1', 'immediate', 'ok'],
    ['log_min_duration_statement', '1s', 'immediate', 'InvalidParameterValue'],
    ['rds.force_ssl', '2', 'immediate', 'InvalidParameterValue'],
    ['shared_preload_libraries', 'pg_stat_statements, pg_cron', 'pending-reboot', 'ok'],
    ['shared_preload_libraries', '', 'pending-reboot', 'ok'],
    ['shared_preload_libraries', 'pg_stat_statements,mine', 'pending-reboot', 'InvalidParameterValue'],
    ['shared_preload_libraries', 'pg_cron', 'immediate', 'InvalidParameterCombination'],
    ['no_such_parameter', '1', 'immediate', 'InvalidParameterValue'],
    ['ssl', '0', 'pending-reboot', 'InvalidParameterValue'],
    ['log_statement', 'ddl', undefined, 'InvalidParameterValue'],
  ] as const)('with %s = "%s", %s: %s', async (name, value, method, code) => {
    const good = { ParameterName: 'lock_timeout', ParameterValue: '1', ApplyMethod: 'immediate' } as const;
    const bad = { ParameterName: name, ParameterValue: value, ApplyMethod: method };
    expect(await codeOf(home.rds.ModifyDBParameterGroup({ ...group, Parameters: [good, bad] }))).toBe(code);
    // All of a call or nothing.
    expect((await parameter('lock_timeout'))?.Source).toBe(code === 'ok' ? 'user' : 'engine-default');
  });

  it('of RDS cannot be changed or deleted, nor by more than 20 parameters at once', async () => {
    const RDS = { DBParameterGroupName: 'default.postgres18' };
    const one = { ParameterName: 'lock_timeout', ParameterValue: '1', ApplyMethod: 'immediate' } as const;
    const Parameters: Parameter[] = [one];
    const change = (more: Partial<ModifyDBParameterGroupMessage>) =>
      codeOf(home.rds.ModifyDBParameterGroup({ ...group, Parameters: [], ...more }));
    expect(await change({ ...RDS, Parameters })).toBe('InvalidDBParameterGroupState');
    expect(await codeOf(home.rds.DeleteDBParameterGroup(RDS))).toBe('InvalidDBParameterGroupState');
    expect(await change({ Parameters: [] })).toBe('InvalidParameterValue');
    expect(await change({ Parameters: Array(21).fill(one) })).toBe('InvalidParameterValue');
    expect(await change({ Parameters: Array(20).fill(one) })).toBe('ok');
    expect(await change({ DBParameterGroupName: 'nothing', Parameters })).toBe('DBParameterGroupNotFound');
  });

  it('is deleted when no instance has it any more', async () => {
    await launch();
    const remove = () => codeOf(home.rds.DeleteDBParameterGroup(group));
    expect(await remove()).toBe('InvalidDBParameterGroupState');
    await home.rds.DeleteDBInstance({ DBInstanceIdentifier: 'one', SkipFinalSnapshot: true });
    expect(await remove()).toBe('InvalidDBParameterGroupState');
    await cloud.clock.advance(HOUR);
    expect(await remove()).toBe('ok');
    expect(await remove()).toBe('DBParameterGroupNotFound');
  });

  it('is taken over whole by an instance that is made, of which the server gets what was set', async () => {
    await set('shared_preload_libraries', 'pg_cron', 'pending-reboot');
    await launch();
    expect(told()).toEqual({ shared_preload_libraries: 'pg_cron' });
    expect(await applied()).toEqual([{ DBParameterGroupName: 'quiet', ParameterApplyStatus: 'in-sync' }]);
  });

  it('changes a standing instance at once or with its next reboot, as asked', async () => {
    await launch();
    await set('log_statement', 'ddl', 'immediate');
    expect(told()).toEqual({ log_statement: 'ddl' });
    expect((await applied())?.[0]?.ParameterApplyStatus).toBe('in-sync');
    await set('log_statement', 'all', 'pending-reboot');
    await set('lock_timeout', '5', 'immediate');
    expect(told()).toEqual({ log_statement: 'ddl', lock_timeout: '5' });
    expect((await applied())?.[0]?.ParameterApplyStatus).toBe('pending-reboot');
    await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advance(HOUR);
    expect(told()).toEqual({ log_statement: 'all', lock_timeout: '5' });
    expect((await applied())?.[0]?.ParameterApplyStatus).toBe('in-sync');
  });

  it('given to a standing instance has no effect, dynamic or not, before its next start', async () => {
    await launch({ DBParameterGroupName: 'default.postgres18' });
    await set('lock_timeout', '5', 'immediate');
    expect(told()).toEqual({});
    await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', ...group });
    expect(await applied()).toEqual([
      { DBParameterGroupName: 'quiet', ParameterApplyStatus: 'pending-reboot' },
    ]);
    await cloud.clock.advance(HOUR);
    await home.rds.StopDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advance(HOUR);
    expect(told()).toEqual({});
    await home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' });
    await cloud.clock.advance(HOUR);
    expect(told()).toEqual({ lock_timeout: '5' });
    expect((await applied())?.[0]?.ParameterApplyStatus).toBe('in-sync');
  });

  it('of another major version suits no instance', async () => {
    await launch({ DBParameterGroupName: 'default.postgres18' });
    await create('older', 'postgres17');
    const change = home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', DBParameterGroupName: 'older' });
    expect(await codeOf(change)).toBe('InvalidParameterCombination');
  });
});

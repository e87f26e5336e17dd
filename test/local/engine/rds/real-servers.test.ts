import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';
import type { Cloud } from '../../../../local/cloud';
import { quickFolder } from '../../../../local/postgres/place';
import { PostgresPlane } from '../../../../local/postgres/plane';
import { HOUR } from '../../../../shared/domain/time';
import { cloudAt, HOME, instanceOf, type Region, SMALL } from '../world';

/** What a customer sets through RDS's operations, as a client of the instances meets it. */
describe('an instance with a server behind it', () => {
  let cloud: Cloud;
  let home: Region;

  beforeAll(async () => {
    const data = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
    cloud = cloudAt('2026-03-01 09:00', { data });
    home = cloud.region(HOME);
    await home.rds.CreateDBParameterGroup({
      DBParameterGroupName: 'quiet',
      DBParameterGroupFamily: 'postgres18',
      Description: 'Preloads nothing that acts by itself',
    });
    await set('shared_preload_libraries', 'pg_cron', 'pending-reboot');
    const input = { DBInstanceIdentifier: 'one', EngineVersion: '18.1', BackupRetentionPeriod: 0 };
    await home.rds.CreateDBInstance({ ...SMALL, ...input });
    await cloud.clock.advance(HOUR);
    const roles = 'CREATE ROLE inspector LOGIN IN ROLE rds_iam; CREATE EXTENSION pg_stat_statements';
    await ask('one', SMALL.MasterUsername, SMALL.MasterUserPassword, roles);
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 'snapshot' });
    await cloud.clock.advance(HOUR);
  });
  afterAll(() => cloud?.close());

  const set = (ParameterName: string, ParameterValue: string, ApplyMethod: 'immediate' | 'pending-reboot') =>
    home.rds.ModifyDBParameterGroup({
      DBParameterGroupName: 'quiet',
      Parameters: [{ ParameterName, ParameterValue, ApplyMethod }],
    });

  async function ask(id: string, user: string, password: string, text: string, encrypted = true) {
    const { Endpoint } = await instanceOf(home, id);
    const { Address: host = '', Port: port = 0 } = Endpoint ?? {};
    const ssl = encrypted && { ca: cloud.ca ?? '' };
    const client = new pg.Client({ host, port, user, password, database: 'postgres', ssl });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query(text)).rows;
    } catch (error) {
      return `${(error as pg.DatabaseError).code} ${(error as Error).message}`;
    } finally {
      await client.end();
    }
  }

  async function asInspector(id: string, text = 'SELECT current_user AS who') {
    const { Endpoint } = await instanceOf(home, id);
    const { Address: hostname = '', Port: port = 0 } = Endpoint ?? {};
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'local' };
    const signer = new Signer({ hostname, port, username: 'inspector', region: HOME, credentials });
    return ask(id, 'inspector', await signer.getAuthToken(), text);
  }

  const restore = async (id: string, more: object) => {
    await home.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: id,
      DBSnapshotIdentifier: 'snapshot',
      ...more,
    });
    await cloud.clock.advance(HOUR);
  };

  it('lets IAM roles in from when it is modified to, until it is again', async () => {
    const refused = '28000 PAM authentication failed for user "inspector"';
    const modify = async (EnableIAMDatabaseAuthentication: boolean) => {
      await home.rds.ModifyDBInstance({ DBInstanceIdentifier: 'one', EnableIAMDatabaseAuthentication });
      await cloud.clock.advance(HOUR);
    };
    expect(await asInspector('one')).toBe(refused);
    await modify(true);
    expect(await asInspector('one')).toEqual([{ who: 'inspector' }]);
    await modify(false);
    expect(await asInspector('one')).toBe(refused);
  });

  it('is restored with the authentication and the parameters that it asks for, not with those of its source', async () => {
    await restore('bare', {});
    expect(await asInspector('bare')).toMatch(/^28000 /);
    await restore('test', { DBParameterGroupName: 'quiet', EnableIAMDatabaseAuthentication: true });
    expect(await asInspector('test')).toEqual([{ who: 'inspector' }]);
    const statements = (id: string) =>
      ask(
        id,
        SMALL.MasterUsername,
        SMALL.MasterUserPassword,
        'SELECT count(*) > 0 AS some FROM pg_stat_statements',
      );
    expect(await statements('bare')).toEqual([{ some: true }]);
    expect(await statements('test')).toBe(
      '55000 pg_stat_statements must be loaded via "shared_preload_libraries"',
    );
  });

  it('keeps its endpoint over a reboot, with which its parameters take effect', async () => {
    await restore('kept', { DBParameterGroupName: 'quiet' });
    const before = (await instanceOf(home, 'kept')).Endpoint;
    await set('shared_preload_libraries', 'pg_stat_statements,pg_cron', 'pending-reboot');
    await home.rds.RebootDBInstance({ DBInstanceIdentifier: 'kept' });
    await cloud.clock.advance(HOUR);
    expect((await instanceOf(home, 'kept')).Endpoint).toEqual(before);
    const [row] = await ask(
      'kept',
      SMALL.MasterUsername,
      SMALL.MasterUserPassword,
      `SELECT current_setting('shared_preload_libraries') AS libraries`,
    );
    expect(row).toEqual({ libraries: 'pg_stat_statements' });
    await set('rds.force_ssl', '1', 'immediate');
    const plain = await ask('kept', SMALL.MasterUsername, SMALL.MasterUserPassword, 'SELECT 1', false);
    expect(plain).toMatch(/^28000 no pg_hba\.conf entry for .* no encryption$/);
  });
});

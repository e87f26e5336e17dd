import pg from 'pg';
import type { Cloud } from '../../../../local/cloud';
import { quickFolder } from '../../../../local/postgres/place';
import { PostgresPlane } from '../../../../local/postgres/plane';
import { HOUR } from '../../../../shared/domain/time';
import { cloudAt, HOME, instanceOf, type Region, SMALL } from '../world';

/** What a bad disk left in a snapshot, as it shows once that is restored. */
describe('a restored instance whose data is damaged', () => {
  let data: PostgresPlane;
  let cloud: Cloud;
  let home: Region;

  beforeAll(async () => {
    data = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
    cloud = cloudAt('2026-03-01 09:00', { data });
    home = cloud.region(HOME);
  });
  afterAll(() => cloud?.close());

  const create = async (id: string) => {
    await home.rds.CreateDBInstance({ ...SMALL, DBInstanceIdentifier: id, BackupRetentionPeriod: 0 });
    await cloud.clock.advance(HOUR);
  };
  const restored = async (id: string) => {
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: id, DBSnapshotIdentifier: `of-${id}` });
    await cloud.clock.advance(HOUR);
    await home.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: `${id}-restored`,
      DBSnapshotIdentifier: `of-${id}`,
    });
    await cloud.clock.advance(HOUR);
    return instanceOf(home, `${id}-restored`);
  };
  const ask = async (id: string, text: string) => {
    const { Endpoint } = await instanceOf(home, id);
    const { Address: host = '', Port: port = 0 } = Endpoint ?? {};
    const { MasterUsername: user, MasterUserPassword: password } = SMALL;
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.end();
    }
  };

  it('so far that no server comes up on it ends as failed, with the reason in the log, and can be deleted', async () => {
    await create('ruined');
    const { DBInstanceArn: arn = '' } = await instanceOf(home, 'ruined');
    await data.damage(arn, 'global/pg_control', 0);
    expect(await restored('ruined')).toMatchObject({ DBInstanceStatus: 'failed' });
    const { Events = [] } = await home.rds.DescribeEvents({
      SourceIdentifier: 'ruined-restored',
      SourceType: 'db-instance',
      Duration: 24 * 60,
    });
    expect(Events.map(({ Message }) => Message)).toEqual([
      expect.stringMatching(/^DB instance put into failed state\.[\s\S]*(control file|pg_control)/),
    ]);
    await home.rds.DeleteDBInstance({ DBInstanceIdentifier: 'ruined-restored', SkipFinalSnapshot: true });
    await cloud.clock.advance(HOUR);
    const { DBInstances } = await home.rds.DescribeDBInstances({});
    expect(DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(['ruined']);
  });

  it('in one page of a table is available, and answers for all but that table', async () => {
    await create('scratched');
    await ask('scratched', 'CREATE TABLE one AS SELECT generate_series(1, 100) AS id');
    const [row] = await ask('scratched', `SELECT pg_relation_filepath('one') AS path`);
    const { DBInstanceArn: arn = '' } = await instanceOf(home, 'scratched');
    // What is in the server's memory would be written over the damage: it goes to the disk first.
    await home.rds.StopDBInstance({ DBInstanceIdentifier: 'scratched' });
    await cloud.clock.advance(HOUR);
    await data.damage(arn, (row as { path: string }).path, 4_000);
    await home.rds.StartDBInstance({ DBInstanceIdentifier: 'scratched' });
    await cloud.clock.advance(HOUR);
    expect(await restored('scratched')).toMatchObject({ DBInstanceStatus: 'available' });
    expect(await ask('scratched-restored', 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
    expect(await ask('scratched-restored', 'SELECT count(*) FROM one')).toMatch(/^invalid page in block 0/);
  });

  it('is only damaged where there is something', async () => {
    await create('whole');
    const { DBInstanceArn: arn = '' } = await instanceOf(home, 'whole');
    await expect(data.damage(arn, 'PG_VERSION', 4_000)).rejects.toThrow('PG_VERSION has no 8 bytes at 4000');
  });
});

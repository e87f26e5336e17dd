import pg from 'pg';
import { quickFolder } from '../../local/postgres/place';
import { PostgresPlane } from '../../local/postgres/plane';
import { TAG } from '../../shared/domain/tags';
import { DAY, MINUTE } from '../../shared/domain/time';
import { AWAY, at, HOME } from '../support/builders';
import { type Deployed, deploy, GOLD, makeKeys } from '../support/deployed';

// The real thing: the handlers over HTTP, PostgreSQL servers behind the instances, and rows read back after a restore.

jest.setTimeout(60_000);

const LOGIN = { user: 'qrosity', password: 'a-password-for-tests', database: 'qrosity' };
let deployed: Deployed;

beforeAll(async () => {
  const data = await PostgresPlane.open({ parent: quickFolder(2 ** 30) });
  deployed = await deploy(GOLD, { start: at('2026-03-01 08:40'), data });
  await makeKeys(deployed.cloud);
});
afterAll(() => deployed?.close());

async function query(
  region: string,
  id: string,
  sql: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const { DBInstances } = await deployed.cloud
    .region(region)
    .rds.DescribeDBInstances({ DBInstanceIdentifier: id });
  const { Address: host, Port: port } = DBInstances?.[0]?.Endpoint ?? {};
  if (host === undefined || port === undefined) throw new Error(`instance ${id} has no endpoint`);
  const client = new pg.Client({ ...LOGIN, host, port });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function available(region: string, id: string): Promise<void> {
  for (;;) {
    const { DBInstances } = await deployed.cloud
      .region(region)
      .rds.DescribeDBInstances({ DBInstanceIdentifier: id });
    if (DBInstances?.[0]?.DBInstanceStatus === 'available') return;
    await deployed.cloud.clock.advance(MINUTE);
  }
}

/** Restores the newest copy in the other region, and counts what it holds. */
async function restored(id: string): Promise<Record<string, unknown>[]> {
  const away = deployed.cloud.region(AWAY);
  await away.rds.RestoreDBInstanceFromDBSnapshot({
    DBInstanceIdentifier: id,
    DBSnapshotIdentifier: 'holdfast-qrosity-db-20260301-1000-from-us-east-1',
    Tags: [{ Key: TAG.restoreTest, Value: 'by hand' }],
  });
  await available(AWAY, id);
  return query(
    AWAY,
    id,
    'SELECT written, count(*)::int AS rows FROM ledger GROUP BY written ORDER BY min(id)',
  );
}

const copies = async () => {
  const { DBSnapshots } = await deployed.cloud
    .region(AWAY)
    .rds.DescribeDBSnapshots({ DBInstanceIdentifier: 'qrosity-db' });
  return (DBSnapshots ?? []).map((one) => `${one.DBSnapshotIdentifier} ${one.Status}`);
};

const TWO_SLOTS = [
  { written: 'before the first slot', rows: 500 },
  { written: 'after the first slot', rows: 500 },
];

it('takes two slots of a database that is written to, and copies them', async () => {
  const home = deployed.cloud.region(HOME);
  await home.rds.CreateDBInstance({
    DBInstanceIdentifier: 'qrosity-db',
    Engine: 'postgres',
    DBInstanceClass: 'db.t4g.medium',
    AllocatedStorage: 20,
    StorageEncrypted: true,
    KmsKeyId: 'alias/holdfast',
    BackupRetentionPeriod: 0,
    DBName: LOGIN.database,
    MasterUsername: LOGIN.user,
    MasterUserPassword: LOGIN.password,
  });
  await available(HOME, 'qrosity-db');
  await query(HOME, 'qrosity-db', 'CREATE TABLE ledger (id bigserial PRIMARY KEY, written text NOT NULL)');
  const write = (written: string) =>
    query(HOME, 'qrosity-db', 'INSERT INTO ledger (written) SELECT $1 FROM generate_series(1, 500)', [
      written,
    ]);

  await write('before the first slot');
  for (const [slot, next] of [
    ['2026-03-01 09:00', 'after the first slot'],
    ['2026-03-01 10:00', 'after the second slot'],
  ] as const) {
    await deployed.cloud.clock.advanceTo(at(slot));
    expect(await deployed.tick('create-snapshot')).toMatchObject({ counts: { done: 1 } });
    await write(next);
    await deployed.cloud.clock.advance(10 * MINUTE);
    expect(await deployed.tick('copy-snapshot')).toMatchObject({ counts: { done: 1 } });
  }
  await deployed.cloud.clock.advance(30 * MINUTE);
  expect(await copies()).toEqual([
    'holdfast-qrosity-db-20260301-0900-from-us-east-1 available',
    'holdfast-qrosity-db-20260301-1000-from-us-east-1 available',
  ]);
});

it('prunes the older ones with their data, and the newer copy that was built on it restores whole', async () => {
  const later = new Date(deployed.cloud.clock.now() + 40 * DAY).toISOString();
  expect(await deployed.invoke('prune-snapshots', { time: later })).toMatchObject({
    counts: { done: 2, nothing: 2 },
  });
  expect(await copies()).toEqual(['holdfast-qrosity-db-20260301-1000-from-us-east-1 available']);
  expect(await restored('qrosity-restored')).toEqual(TWO_SLOTS);
});

it('brings back the same rows after the home region is lost, and deletes nothing while it cannot be seen', async () => {
  await deployed.cloud.loseRegion(HOME);
  deployed.faults.loseRegion(HOME);
  expect(await restored('qrosity-again')).toEqual(TWO_SLOTS);
  const later = new Date(deployed.cloud.clock.now() + 400 * DAY).toISOString();
  for (const name of ['create-snapshot', 'copy-snapshot', 'prune-snapshots'] as const) {
    await expect(deployed.invoke(name, { time: later })).rejects.toThrow(/in us-east-1/);
  }
  expect(await copies()).toEqual(['holdfast-qrosity-db-20260301-1000-from-us-east-1 available']);
});

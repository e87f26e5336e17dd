import type { DBSnapshot } from '@aws-sdk/client-rds';
import * as rds from '@aws-sdk/client-rds';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { Clients } from '../../../../shared/aws/clients';
import { RdsSnapshots } from '../../../../shared/aws/rds-snapshots';
import { TAG } from '../../../../shared/domain/tags';
import { AWAY, at } from '../../../support/builders';

/** What the adapter makes of a snapshot as RDS describes it, over the wire. */
async function read(described: DBSnapshot) {
  const operations = { DescribeDBSnapshots: () => ({ DBSnapshots: [described] }) };
  const router = new Router([{ name: 'rds', schemas: { ...rds }, protocol: 'query', operations }]);
  const clients = new Clients({
    requestHandler: inProcess(router),
    credentials: { accessKeyId: '1', secretAccessKey: '1' },
  });
  const [snapshot] = await new RdsSnapshots(clients).list(AWAY);
  return snapshot;
}

const time = (text: string) => new Date(at(text));
const TAKEN = '2026-03-01 09:02';
const COPIED = '2026-03-01 09:40';
const SOURCE = 'arn:aws:rds:us-east-1:111122223333:snapshot:x';

describe('the recovery point', () => {
  it('is the newest transaction inside, where RDS says so', async () => {
    const found = await read({
      SnapshotDatabaseTime: time('2026-03-01 09:01'),
      OriginalSnapshotCreateTime: time(TAKEN),
      SnapshotCreateTime: time(COPIED),
    });
    expect(found?.recoveryPoint).toBe(at('2026-03-01 09:01'));
  });

  it('is the time of the original otherwise, never that of the copy', async () => {
    const found = await read({
      OriginalSnapshotCreateTime: time(TAKEN),
      SnapshotCreateTime: time(COPIED),
      SourceDBSnapshotIdentifier: SOURCE,
    });
    expect(found?.recoveryPoint).toBe(at(TAKEN));
  });

  it('is unknown of a copy of which only its own time is known', async () => {
    expect(
      (await read({ SnapshotCreateTime: time(COPIED), SourceDBSnapshotIdentifier: SOURCE }))?.recoveryPoint,
    ).toBeNull();
    expect(
      (await read({ SnapshotCreateTime: time(COPIED), TagList: [{ Key: TAG.copyOf, Value: SOURCE }] }))
        ?.recoveryPoint,
    ).toBeNull();
  });

  it('is the time it was taken, of one that is no copy', async () => {
    expect((await read({ SnapshotCreateTime: time(TAKEN) }))?.recoveryPoint).toBe(at(TAKEN));
  });

  it('is unknown while it is being made', async () => {
    expect(await read({ Status: 'creating', PercentProgress: 40 })).toMatchObject({
      state: 'pending',
      progress: 40,
      recoveryPoint: null,
      created: null,
    });
  });
});

it.each([
  ['available', 'available'],
  ['failed', 'failed'],
  ['deleting', 'deleting'],
  ['creating', 'pending'],
  ['copying', 'pending'],
  ['a-status-of-tomorrow', 'pending'],
])('takes the status %s for %s', async (Status, state) => {
  expect(await read({ Status })).toMatchObject({ state, status: Status });
});

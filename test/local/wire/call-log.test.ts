import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { CreateDBSnapshotCommand, DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { CallLog } from '../../../local/wire/call-log';
import { Router } from '../../../local/wire/router';
import { WireError } from '../../../local/wire/service';
import { withoutSocket } from './clients';
import { FakeServices } from './fake-services';

const DESCRIBE = new DescribeDBSnapshotsCommand({});

describe('the call log', () => {
  it('counts by service, region and operation, the retries of the SDK included', async () => {
    const fake = new FakeServices();
    const log = new CallLog();
    const transport = await withoutSocket(new Router([fake.rds, fake.kms], { log }));
    await transport.rds().send(DESCRIBE);
    await transport.rds({ region: 'us-west-2' }).send(DESCRIBE);
    await transport.kms().send(new DescribeKeyCommand({ KeyId: 'x' }));
    fake.answers.set('DescribeDBSnapshots', new WireError('Throttling', 'Rate exceeded'));
    await expect(transport.rds({ maxAttempts: 2 }).send(DESCRIBE)).rejects.toThrow('Rate exceeded');

    expect(log.table()).toEqual({
      'kms us-east-1 DescribeKey': 1,
      'rds us-east-1 DescribeDBSnapshots': 3,
      'rds us-west-2 DescribeDBSnapshots': 1,
    });
    expect(log.count()).toBe(5);
    expect(log.count({ service: 'rds' })).toBe(4);
    expect(log.count({ operation: 'DescribeDBSnapshots', region: 'us-west-2' })).toBe(1);
    expect(log.calls().map(({ outcome, effect }) => [outcome, effect])).toEqual([
      ['ok', true],
      ['ok', true],
      ['ok', true],
      ['Throttling', false],
      ['Throttling', false],
    ]);
    log.reset();
    expect([log.count(), log.table(), log.calls()]).toEqual([0, {}, []]);
  });

  it('keeps the newest calls and counts them all', async () => {
    const fake = new FakeServices();
    const log = new CallLog(3);
    const client = (await withoutSocket(new Router([fake.rds], { log }))).rds();
    for (let turn = 1; turn <= 20; turn += 1) {
      const ids = { DBInstanceIdentifier: 'd', DBSnapshotIdentifier: `s-${turn % 19}` };
      await client.send(new CreateDBSnapshotCommand(ids)).catch(() => {});
    }
    expect(log.calls().map(({ number, outcome }) => [number, outcome])).toEqual([
      [18, 'ok'],
      [19, 'ok'],
      [20, 'DBSnapshotAlreadyExists'],
    ]);
    expect(log.count()).toBe(20);
  });

  it('names a call in the request id of its answer', async () => {
    const fake = new FakeServices();
    const client = (await withoutSocket(new Router([fake.rds]))).rds();
    await client.send(DESCRIBE);
    const { $metadata } = await client.send(DESCRIBE);
    expect($metadata.requestId).toBe('00000000-0000-4000-8000-000000000002');
  });
});

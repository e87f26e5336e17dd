import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DescribeAccountAttributesCommand,
  paginateDescribeDBSnapshots,
  RDSClient,
} from '@aws-sdk/client-rds';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Cloud } from '../../../local/cloud';
import { LightData } from '../../../local/engine/light-data';
import { inProcess } from '../../../local/wire/in-process';
import { Router } from '../../../local/wire/router';
import { DAY, HOUR, MINUTE } from '../../../shared/domain/time';
import { ACCOUNT, AWAY, at, cloudAt, codeOf, HOME, SMALL, STRANGER, snapshotArn, snapshotOf } from './world';

describe('one seed', () => {
  const life = async (seed: number, atOnce: boolean) => {
    const cloud = cloudAt('2026-03-01 09:00', {
      seed,
      durations: { snapshot: [4 * MINUTE, 6 * MINUTE], create: [6 * MINUTE, 9 * MINUTE] },
      delivery: { doubled: 0.3, lost: 0.2, late: 0.3 },
    });
    const home = cloud.region(HOME);
    const heard: string[] = [];
    cloud.events.listen(({ id }) => void heard.push(`${cloud.clock.now()} ${id}`));
    const create = (n: number) => home.rds.CreateDBInstance({ ...SMALL, DBInstanceIdentifier: `db${n}` });
    if (atOnce) await Promise.all([3, 2, 1, 0].map(create));
    else for (const n of [0, 1, 2, 3]) await create(n);
    await cloud.clock.advance(HOUR);
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'db0', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(2 * DAY);
    const { DBInstances } = await home.rds.DescribeDBInstances({});
    const { DBSnapshots } = await home.rds.DescribeDBSnapshots({});
    return JSON.stringify({ DBInstances, DBSnapshots, heard: heard.sort() });
  };

  it('makes one world, in whatever order calls of one instant arrive', async () => {
    const world = await life(1, false);
    expect(await life(1, false)).toBe(world);
    expect(await life(1, true)).toBe(world);
  });

  it('and another, another', async () => {
    expect(await life(2, false)).not.toBe(await life(1, false));
  });
});

describe('a lost region', () => {
  let cloud: Cloud;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00', { regions: [HOME, AWAY, 'eu-central-1'] });
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one', backupRetention: 7 });
    home.stage.snapshots([
      { id: 's07', instance: 'one', at: at('2026-03-01 07:00') },
      { id: 's08', instance: 'one', at: at('2026-03-01 08:00') },
    ]);
  });

  const copy = (id: string, to: string) =>
    cloud.region(to).rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn(id),
      TargetDBSnapshotIdentifier: `copy-${id}`,
    });

  it('answers nothing, and tells nothing', async () => {
    const told: string[] = [];
    cloud.events.listen(({ region }) => void told.push(region));
    await cloud.loseRegion(HOME);
    expect([cloud.isLost(HOME), cloud.isLost(AWAY)]).toEqual([true, false]);
    expect(await codeOf(cloud.region(HOME).rds.DescribeDBInstances({}))).toBe('ServiceUnavailable');
    expect(await codeOf(cloud.region(HOME).kms.ListKeys({}))).toBe('KMSInternalException');
    await cloud.clock.advance(3 * DAY);
    expect(told).toEqual([]);
  });

  it('breaks off the copies out of it, and leaves those that are complete', async () => {
    await copy('s07', AWAY);
    await cloud.clock.advance(30 * MINUTE);
    await copy('s08', AWAY);
    await cloud.clock.advance(5 * MINUTE);
    await cloud.loseRegion(HOME);
    const away = cloud.region(AWAY);
    expect((await snapshotOf(away, 'copy-s07')).Status).toBe('available');
    expect((await snapshotOf(away, 'copy-s08')).Status).toBe('failed');
    const again = away.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn('s07'),
      TargetDBSnapshotIdentifier: 'again',
    });
    expect(await codeOf(again)).toBe('InternalFailure');
    const restored = away.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'one',
      DBSnapshotIdentifier: 'copy-s07',
    });
    expect(await codeOf(restored)).toBe('ok');
  });

  it('does not hold up copies to other regions', async () => {
    await copy('s07', AWAY);
    await copy('s08', 'eu-central-1');
    await cloud.loseRegion(AWAY);
    await cloud.clock.advance(30 * MINUTE);
    expect((await snapshotOf(cloud.region('eu-central-1'), 'copy-s08')).Status).toBe('available');
  });

  it('is told to the data plane', async () => {
    const lost: string[] = [];
    class Watched extends LightData {
      override async loseRegion(region: string = ''): Promise<void> {
        lost.push(region);
      }
    }
    cloud = cloudAt('2026-03-01 09:00', { data: new Watched() });
    await cloud.loseRegion(HOME);
    expect(lost).toEqual([HOME]);
    expect(() => cloud.region('mars-north-1')).toThrow('there is no mars-north-1 here');
  });
});

describe('the data plane', () => {
  class Broken extends LightData {
    override async capture(): Promise<never> {
      throw new Error('no space left');
    }
  }

  it('that cannot take a snapshot leaves a failed one, and the caller hears why', async () => {
    const cloud = cloudAt('2026-03-01 09:00', { data: new Broken() });
    const home = cloud.region(HOME);
    home.stage.instance({ id: 'one' });
    const call = home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await expect(call).rejects.toThrow('no space left');
    expect((await snapshotOf(home, 's')).Status).toBe('failed');
    await cloud.clock.advance(5 * MINUTE);
    expect((await home.rds.DescribeDBInstances({})).DBInstances?.[0]?.DBInstanceStatus).toBe('available');
  });

  it('is asked for each act once, a copy in full only where no chain goes on', async () => {
    const asked: string[] = [];
    class Watched extends LightData {
      override async transfer(source: string, target: string, region: string, full: boolean) {
        asked.push(`${source.split(':').at(-1)} to ${region} ${full ? 'in full' : 'in part'}`);
        return super.transfer(source, target, region, full);
      }
      override async discard(snapshot: string = ''): Promise<void> {
        asked.push(`discard ${snapshot.split(':').at(-1)}`);
      }
    }
    const cloud = cloudAt('2026-03-01 09:00', { data: new Watched() });
    const [home, away] = [cloud.region(HOME), cloud.region(AWAY)];
    home.stage.snapshots([
      { id: 's07', instance: 'one', at: at('2026-03-01 07:00') },
      { id: 's08', instance: 'one', at: at('2026-03-01 08:00') },
    ]);
    for (const id of ['s07', 's08']) {
      await away.rds.CopyDBSnapshot({
        SourceDBSnapshotIdentifier: snapshotArn(id),
        TargetDBSnapshotIdentifier: `c-${id}`,
      });
    }
    await cloud.clock.advance(HOUR);
    await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 's07' });
    expect(asked).toEqual(['s07 to us-west-2 in full', 's08 to us-west-2 in part', 'discard s07']);
  });

  it('is not asked again for a copy under way when one behind it is gone', async () => {
    const asked: string[] = [];
    class Watched extends LightData {
      override async transfer(source: string, target: string, region: string, full: boolean) {
        asked.push(target);
        return super.transfer(source, target, region, full);
      }
    }
    const cloud = cloudAt('2026-03-01 09:00', { data: new Watched() });
    const [home, away] = [cloud.region(HOME), cloud.region(AWAY)];
    for (const id of ['s07', 's08']) {
      home.stage.snapshots([{ id, instance: 'one', at: at('2026-03-01 07:00') }]);
      await away.rds.CopyDBSnapshot({
        SourceDBSnapshotIdentifier: snapshotArn(id),
        TargetDBSnapshotIdentifier: id,
      });
    }
    await cloud.clock.advance(10 * MINUTE);
    await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 's08' });
    await cloud.clock.advance(HOUR);
    expect(asked).toEqual([snapshotArn('s07', AWAY)]);
  });

  it('that cannot move a copy leaves a failed one, and the clock stops there', async () => {
    class Stuck extends LightData {
      override async transfer(): Promise<never> {
        throw new Error('no space left');
      }
    }
    const cloud = cloudAt('2026-03-01 09:00', { data: new Stuck() });
    const away = cloud.region(AWAY);
    cloud.region(HOME).stage.snapshots([{ id: 's', instance: 'one', at: at('2026-03-01 07:00') }]);
    await away.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn('s'),
      TargetDBSnapshotIdentifier: 'c',
    });
    await expect(cloud.clock.advance(HOUR)).rejects.toThrow('no space left');
    expect((await snapshotOf(away, 'c')).Status).toBe('failed');
  });

  it('is not asked for a copy whose source is gone before it begins', async () => {
    class Strict extends LightData {
      override async transfer(source: string): Promise<never> {
        throw new Error(`there is no ${source}`);
      }
    }
    const cloud = cloudAt('2026-03-01 09:00', { data: new Strict() });
    const [home, away] = [cloud.region(HOME), cloud.region(AWAY)];
    home.stage.snapshots([{ id: 's', instance: 'one', at: at('2026-03-01 07:00') }]);
    await away.rds.CopyDBSnapshot({
      SourceDBSnapshotIdentifier: snapshotArn('s'),
      TargetDBSnapshotIdentifier: 'c',
    });
    await home.rds.DeleteDBSnapshot({ DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(HOUR);
    expect((await snapshotOf(away, 'c')).Status).toBe('failed');
  });
});

describe("through the SDK's clients", () => {
  it('the services answer as AWS does', async () => {
    const cloud = cloudAt('2026-03-01 09:00');
    const bugs: unknown[] = [];
    const router = new Router(cloud.services, {
      account: cloud.account,
      onError: (error) => bugs.push(error),
    });
    const config = (region: string, accessKeyId = 'AKIDEXAMPLE') => ({
      region,
      requestHandler: inProcess(router),
      credentials: { accessKeyId, secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const [home, away] = [new RDSClient(config(HOME)), new RDSClient(config(AWAY))];

    await home.send(
      new CreateDBInstanceCommand({ ...SMALL, DBInstanceIdentifier: 'qrosity-db', StorageEncrypted: true }),
    );
    const take = new CreateDBSnapshotCommand({
      DBInstanceIdentifier: 'qrosity-db',
      DBSnapshotIdentifier: 'one',
      Tags: [{ Key: 'holdfast:slot', Value: '2026-03-01T09:00:00Z' }],
    });
    await expect(home.send(take)).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    await cloud.clock.advance(8 * MINUTE);
    expect((await home.send(take)).DBSnapshot?.TagList).toEqual([
      { Key: 'holdfast:slot', Value: '2026-03-01T09:00:00Z' },
    ]);
    await cloud.clock.advance(5 * MINUTE);
    await expect(home.send(take)).rejects.toMatchObject({ name: 'DBSnapshotAlreadyExistsFault' });

    const source = { SourceDBSnapshotIdentifier: snapshotArn('one'), TargetDBSnapshotIdentifier: 'copy' };
    await expect(away.send(new CopyDBSnapshotCommand(source))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(
      away.send(new CopyDBSnapshotCommand({ ...source, KmsKeyId: 'alias/no' })),
    ).rejects.toMatchObject({
      name: 'KMSKeyNotAccessibleFault',
    });
    const { DBSnapshot } = await away.send(
      new CopyDBSnapshotCommand({ ...source, KmsKeyId: 'alias/aws/rds' }),
    );
    expect(DBSnapshot).toMatchObject({ Status: 'creating', PercentProgress: 0, Encrypted: true });
    await cloud.clock.advance(30 * MINUTE);
    const pages = [];
    for await (const page of paginateDescribeDBSnapshots({ client: away }, {}))
      pages.push(...(page.DBSnapshots ?? []));
    expect(pages).toMatchObject([
      { Status: 'available', OriginalSnapshotCreateTime: new Date(at('2026-03-01 09:08')) },
    ]);
    const { AccountQuotas } = await away.send(new DescribeAccountAttributesCommand({}));
    expect(AccountQuotas).toContainEqual({ AccountQuotaName: 'ManualSnapshots', Used: 1, Max: 100 });

    const kms = new KMSClient(config(AWAY));
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: DBSnapshot?.KmsKeyId }));
    expect(KeyMetadata?.KeyManager).toBe('AWS');
    await expect(kms.send(new DescribeKeyCommand({ KeyId: 'alias/no' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    const sts = new STSClient(config(HOME, STRANGER));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(STRANGER);
    expect(cloud.account).toBe(ACCOUNT);
    expect(bugs).toEqual([]);
  });
});

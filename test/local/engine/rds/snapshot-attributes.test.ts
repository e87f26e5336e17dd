import {
  DescribeDBSnapshotAttributesCommand,
  ModifyDBSnapshotAttributeCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { at, cloudAt, HOME, newKey, STRANGER, snapshotArn } from '../world';
import { errorOf, rdsOn } from './sdk';

describe('whom a snapshot is shared with', () => {
  let cloud: Cloud;
  let rds: RDSClient;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    rds = rdsOn(cloud);
    plant('plain');
  });

  const plant = (id: string, more: object = {}) =>
    cloud.region(HOME).stage.snapshots([{ id, instance: 'qrosity-db', at: at('2026-03-01 08:00'), ...more }]);
  const modify = (
    id: string,
    ValuesToAdd: string[],
    ValuesToRemove: string[] = [],
    AttributeName = 'restore',
  ) =>
    rds.send(
      new ModifyDBSnapshotAttributeCommand({
        DBSnapshotIdentifier: id,
        AttributeName,
        ValuesToAdd,
        ValuesToRemove,
      }),
    );
  const sharing = async (id: string) => {
    const { DBSnapshotAttributesResult } = await rds.send(
      new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: id }),
    );
    return DBSnapshotAttributesResult?.DBSnapshotAttributes;
  };

  it('is nobody, until it is', async () => {
    expect(await sharing('plain')).toEqual([{ AttributeName: 'restore', AttributeValues: [] }]);
    const { DBSnapshotAttributesResult } = await modify('plain', [STRANGER, 'all']);
    expect(DBSnapshotAttributesResult).toEqual({
      DBSnapshotIdentifier: 'plain',
      DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: [STRANGER, 'all'] }],
    });
    await modify('plain', [], ['all']);
    expect(await sharing('plain')).toEqual([{ AttributeName: 'restore', AttributeValues: [STRANGER] }]);
  });

  it('can be asked of an ARN, and is what another account sees by', async () => {
    const theirs = cloud.region(HOME, STRANGER).rds;
    const look = () => theirs.DescribeDBSnapshots({ DBSnapshotIdentifier: snapshotArn('plain') });
    await expect(look()).rejects.toThrow('not found');
    await modify(snapshotArn('plain'), [STRANGER]);
    expect((await look()).DBSnapshots).toHaveLength(1);
  });

  it('is never everybody for an encrypted one, and nobody at all under the key that AWS manages', async () => {
    plant('own-key', { key: await newKey(cloud.region(HOME)) });
    plant('usual-key', { key: 'alias/aws/rds' });
    expect(await errorOf(modify('own-key', ['all']))).toBe('InvalidParameterValue');
    expect(await errorOf(modify('own-key', [STRANGER]))).toBe('ok');
    expect(await errorOf(modify('usual-key', [STRANGER]))).toBe('InvalidDBSnapshotStateFault');
    expect(await sharing('usual-key')).toEqual([{ AttributeName: 'restore', AttributeValues: [] }]);
  });

  it('is 20 accounts at most', async () => {
    const accounts = Array.from({ length: 20 }, (_, number) => `${100_000_000_000 + number}`);
    expect(await errorOf(modify('plain', accounts))).toBe('ok');
    expect(await errorOf(modify('plain', [STRANGER]))).toBe('SharedSnapshotQuotaExceededFault');
    expect(await errorOf(modify('plain', [STRANGER], ['100000000000']))).toBe('ok');
  });

  it('is refused for what is not there, not manual, not complete, and for other attributes and values', async () => {
    plant('rds:nightly', { type: 'automated' });
    plant('half', { status: 'creating' });
    expect(await errorOf(modify('gone', [STRANGER]))).toBe('DBSnapshotNotFoundFault');
    expect(await errorOf(sharing('gone'))).toBe('DBSnapshotNotFoundFault');
    expect(await errorOf(modify('rds:nightly', [STRANGER]))).toBe('InvalidDBSnapshotStateFault');
    expect(await errorOf(modify('half', [STRANGER]))).toBe('InvalidDBSnapshotStateFault');
    expect(await errorOf(modify('plain', [STRANGER], [], 'copy'))).toBe('InvalidParameterValue');
    expect(await errorOf(modify('plain', ['everyone']))).toBe('InvalidParameterValue');
  });
});

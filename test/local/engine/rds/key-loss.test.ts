import type { Cloud } from '../../../../local/cloud';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import { cloudAt, codeOf, HOME, type Region, statusOf } from '../world';

const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';

describe('an instance that loses its key', () => {
  let cloud: Cloud;
  let home: Region;
  let KeyId: string;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    KeyId = (await home.kms.CreateKey({})).KeyMetadata?.Arn ?? '';
    home.stage.instance({ id: 'one', key: KeyId });
    home.stage.instance({ id: 'plain' });
  });

  it('is recoverable once RDS has noticed, and nobody else is touched', async () => {
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(15 * MINUTE - 1);
    expect(await statusOf(home, 'one')).toBe('available');
    await cloud.clock.advance(1);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    expect(await statusOf(home, 'plain')).toBe('available');
  });

  it('goes on where the key is back before that', async () => {
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(15 * MINUTE - 1);
    await home.kms.EnableKey({ KeyId });
    await cloud.clock.advance(DAY);
    expect(await statusOf(home, 'one')).toBe('available');
  });

  it('comes back by StartDBInstance, once the key is enabled', async () => {
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(DAY);
    const start = () => codeOf(home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' }));
    expect(await start()).toBe('KMSKeyNotAccessibleFault');
    await home.kms.EnableKey({ KeyId });
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    expect(await start()).toBe('ok');
    await cloud.clock.advance(5 * MINUTE);
    expect(await statusOf(home, 'one')).toBe('available');
    await cloud.clock.advance(8 * DAY);
    expect(await statusOf(home, 'one')).toBe('available');
  });

  it('is lost for good after seven days, by a key that is pending deletion too', async () => {
    await home.kms.ScheduleKeyDeletion({ KeyId });
    await cloud.clock.advance(15 * MINUTE + 7 * DAY - 1);
    expect(await statusOf(home, 'one')).toBe(RECOVERABLE);
    await cloud.clock.advance(1);
    expect(await statusOf(home, 'one')).toBe('inaccessible-encryption-credentials');
    await home.kms.CancelKeyDeletion({ KeyId });
    await home.kms.EnableKey({ KeyId });
    expect(await codeOf(home.rds.StartDBInstance({ DBInstanceIdentifier: 'one' }))).toBe(
      'InvalidDBInstanceState',
    );
  });

  it('is not created or restored under such a key', async () => {
    await home.rds.CreateDBSnapshot({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: 's' });
    await cloud.clock.advance(5 * MINUTE);
    await home.kms.DisableKey({ KeyId });
    const restore = home.rds.RestoreDBInstanceFromDBSnapshot({
      DBInstanceIdentifier: 'r',
      DBSnapshotIdentifier: 's',
    });
    expect(await codeOf(restore)).toBe('KMSKeyNotAccessibleFault');
  });
});

import type { Cloud } from '../../../../local/cloud';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, at, cloudAt, codeOf, HOME, newKey, type Region, refusalOf } from '../world';

const THIRD = 'eu-central-1';

describe('a multi-Region key', () => {
  let cloud: Cloud;
  let home: Region;
  let away: Region;
  let KeyId: string;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00', { regions: [HOME, AWAY, THIRD] });
    home = cloud.region(HOME);
    away = cloud.region(AWAY);
    const arn = await newKey(home, {
      MultiRegion: true,
      Description: 'first',
      Tags: [{ TagKey: 'a', TagValue: '1' }],
    });
    KeyId = arn.split('/')[1] ?? '';
  });

  const replicate = async (region = AWAY, input = {}) =>
    (await home.kms.ReplicateKey({ KeyId, ReplicaRegion: region, ...input })).ReplicaKeyMetadata;
  const replicated = async (region = AWAY) => {
    await replicate(region);
    await cloud.clock.advance(10_000);
  };
  const described = async (region: Region) => (await region.kms.DescribeKey({ KeyId })).KeyMetadata;
  const named = (region: string) => ({
    Arn: `arn:aws:kms:${region}:${ACCOUNT}:key/${KeyId}`,
    Region: region,
  });

  it('is a primary with a name of its own kind', async () => {
    expect(KeyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    expect(await described(home)).toMatchObject({
      MultiRegion: true,
      MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY', PrimaryKey: named(HOME), ReplicaKeys: [] },
    });
    expect(await codeOf(away.kms.DescribeKey({ KeyId }))).toBe('NotFoundException');
  });

  it('is replicated within some seconds, under the same id', async () => {
    expect(await replicate()).toMatchObject({
      KeyId,
      Arn: named(AWAY).Arn,
      KeyState: 'Creating',
      Enabled: false,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'REPLICA',
        PrimaryKey: named(HOME),
        ReplicaKeys: [named(AWAY)],
      },
    });
    await cloud.clock.advance(10_000 - 1);
    expect((await described(away))?.KeyState).toBe('Creating');
    expect(await codeOf(away.kms.DisableKey({ KeyId }))).toBe('KMSInvalidStateException');
    await cloud.clock.advance(1);
    expect((await described(away))?.KeyState).toBe('Enabled');
    await replicate(THIRD);
    for (const region of [home, away]) {
      expect((await described(region))?.MultiRegionConfiguration?.ReplicaKeys).toEqual([
        named(THIRD),
        named(AWAY),
      ]);
    }
  });

  it('shares its material, and neither state, tags, description nor aliases', async () => {
    await replicate(AWAY, { Description: 'second', Tags: [{ TagKey: 'b', TagValue: '2' }] });
    await cloud.clock.advance(10_000);
    await home.kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: KeyId });
    await home.kms.DisableKey({ KeyId });
    const [mine, theirs] = [await described(home), await described(away)];
    expect([mine?.KeyState, theirs?.KeyState]).toEqual(['Disabled', 'Enabled']);
    expect([mine?.Description, theirs?.Description]).toEqual(['first', 'second']);
    expect(theirs?.CurrentKeyMaterialId).toBe(mine?.CurrentKeyMaterialId);
    expect((await away.kms.ListResourceTags({ KeyId })).Tags).toEqual([{ TagKey: 'b', TagValue: '2' }]);
    expect((await away.kms.ListAliases({})).Aliases).toEqual([]);
  });

  it('is replicated once a region, from its primary, and only where there is a region', async () => {
    await replicated();
    expect(await codeOf(replicate())).toBe('AlreadyExistsException');
    expect(await codeOf(replicate(HOME))).toBe('AlreadyExistsException');
    expect(await codeOf(replicate('mars-north-1'))).toBe('ValidationException');
    expect(await refusalOf(away.kms.ReplicateKey({ KeyId, ReplicaRegion: THIRD }))).toBe(
      `UnsupportedOperationException: ${named(AWAY).Arn} is not a multi-region primary key.`,
    );
    const single = await newKey(home);
    expect(await refusalOf(home.kms.ReplicateKey({ KeyId: single, ReplicaRegion: AWAY }))).toBe(
      `UnsupportedOperationException: ${single} is not a multi-region primary key.`,
    );
    await home.kms.DisableKey({ KeyId });
    expect(await codeOf(replicate(THIRD))).toBe('DisabledException');
    await home.kms.EnableKey({ KeyId });
    await cloud.loseRegion(THIRD);
    expect(await codeOf(replicate(THIRD))).toBe('KMSInternalException');
  });

  it('rotates everywhere with its primary, and answers everywhere the same', async () => {
    await home.kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await replicated();
    expect(await away.kms.GetKeyRotationStatus({ KeyId })).toEqual({
      KeyId,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
      NextRotationDate: new Date(at('2026-05-30 09:00')),
    });
    await cloud.clock.advanceTo(at('2026-05-30 09:00'));
    await home.kms.RotateKeyOnDemand({ KeyId });
    expect((await away.kms.GetKeyRotationStatus({ KeyId })).OnDemandRotationStartDate).toBeDefined();
    await cloud.clock.advance(5 * MINUTE);
    const { Rotations } = await away.kms.ListKeyRotations({ KeyId });
    expect(Rotations?.map(({ RotationType }) => RotationType)).toEqual(['AUTOMATIC', 'ON_DEMAND']);
    expect((await home.kms.ListKeyRotations({ KeyId })).Rotations).toEqual(Rotations);
    expect((await described(away))?.CurrentKeyMaterialId).toBe(Rotations?.[1]?.KeyMaterialId);
  });

  it('is asked for rotation at its primary only', async () => {
    await replicated();
    for (const call of [
      away.kms.EnableKeyRotation({ KeyId }),
      away.kms.DisableKeyRotation({ KeyId }),
      away.kms.RotateKeyOnDemand({ KeyId }),
    ]) {
      expect(await codeOf(call)).toBe('UnsupportedOperationException');
    }
  });

  it('swaps the roles of primary and replica, and goes on rotating', async () => {
    await replicated();
    await home.kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await home.kms.UpdatePrimaryRegion({ KeyId, PrimaryRegion: AWAY });
    expect((await described(home))?.MultiRegionConfiguration).toEqual({
      MultiRegionKeyType: 'REPLICA',
      PrimaryKey: named(AWAY),
      ReplicaKeys: [named(HOME)],
    });
    expect(await codeOf(home.kms.RotateKeyOnDemand({ KeyId }))).toBe('UnsupportedOperationException');
    // What is now a replica has no say any more.
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(90 * DAY);
    expect((await away.kms.ListKeyRotations({ KeyId })).Rotations).toHaveLength(1);
    await away.kms.DisableKey({ KeyId });
    await cloud.clock.advance(91 * DAY);
    expect((await away.kms.ListKeyRotations({ KeyId })).Rotations).toHaveLength(1);
  });

  it('rotates no more once the region of its primary is lost', async () => {
    await home.kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await replicated();
    await home.kms.RotateKeyOnDemand({ KeyId });
    await cloud.loseRegion(HOME);
    await cloud.clock.advance(91 * DAY);
    expect((await away.kms.ListKeyRotations({ KeyId })).Rotations).toEqual([]);
    expect((await described(away))?.KeyState).toBe('Enabled');
  });

  it('takes for its primary only a replica that is there and enabled', async () => {
    const update = (PrimaryRegion: string, region = home) =>
      codeOf(region.kms.UpdatePrimaryRegion({ KeyId, PrimaryRegion }));
    expect(await update(AWAY)).toBe('NotFoundException');
    await replicate();
    expect(await update(AWAY)).toBe('KMSInvalidStateException');
    await cloud.clock.advance(10_000);
    expect(await update(HOME)).toBe('ValidationException');
    expect(await update(AWAY, away)).toBe('UnsupportedOperationException');
    await away.kms.DisableKey({ KeyId });
    expect(await update(AWAY)).toBe('DisabledException');
  });

  it('waits with the deletion of its primary until the last replica is deleted', async () => {
    await replicated(AWAY);
    await replicated(THIRD);
    const answer = await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(answer).toEqual({
      KeyId: named(HOME).Arn,
      KeyState: 'PendingReplicaDeletion',
      PendingWindowInDays: 7,
    });
    expect(await described(home)).toMatchObject({
      KeyState: 'PendingReplicaDeletion',
      PendingDeletionWindowInDays: 7,
    });
    expect((await described(home))?.DeletionDate).toBeUndefined();
    expect((await described(away))?.KeyState).toBe('Enabled');
    await cloud.clock.advance(100 * DAY);
    await away.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await cloud.clock.advance(DAY);
    const last = await cloud.region(THIRD).kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await cloud.clock.advance(7 * DAY - 1);
    expect(await codeOf(away.kms.DescribeKey({ KeyId }))).toBe('NotFoundException');
    expect((await described(home))?.KeyState).toBe('PendingReplicaDeletion');
    await cloud.clock.advance(1);
    const begins = last.DeletionDate?.getTime() ?? 0;
    expect(await described(home)).toMatchObject({
      KeyState: 'PendingDeletion',
      DeletionDate: new Date(begins + 7 * DAY),
    });
    expect((await described(home))?.PendingDeletionWindowInDays).toBeUndefined();
    await cloud.clock.advance(7 * DAY);
    expect(await codeOf(home.kms.DescribeKey({ KeyId }))).toBe('NotFoundException');
  });

  it('waits forever for a replica that nobody deletes any more', async () => {
    await replicated();
    await away.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await cloud.loseRegion(AWAY);
    await cloud.clock.advance(100 * DAY);
    expect((await described(home))?.KeyState).toBe('PendingReplicaDeletion');
  });

  it('may be given up while it is still being made', async () => {
    await replicate();
    await away.kms.ScheduleKeyDeletion({ KeyId });
    await cloud.clock.advance(10_000);
    expect((await described(away))?.KeyState).toBe('PendingDeletion');
  });

  it('is taken back from either kind of deletion', async () => {
    await home.kms.EnableKeyRotation({ KeyId });
    await replicated();
    await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    for (const region of [home, away]) {
      expect((await region.kms.GetKeyRotationStatus({ KeyId })).KeyRotationEnabled).toBe(false);
    }
    expect(await codeOf(replicate(THIRD))).toBe('KMSInvalidStateException');
    await home.kms.CancelKeyDeletion({ KeyId });
    expect((await described(home))?.KeyState).toBe('Disabled');
    expect((await away.kms.GetKeyRotationStatus({ KeyId })).KeyRotationEnabled).toBe(true);
    await away.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect((await away.kms.GetKeyRotationStatus({ KeyId })).KeyRotationEnabled).toBe(false);
    expect((await home.kms.GetKeyRotationStatus({ KeyId })).KeyRotationEnabled).toBe(true);
    await away.kms.CancelKeyDeletion({ KeyId });
    expect((await described(away))?.KeyState).toBe('Disabled');
    await cloud.clock.advance(60 * DAY);
    expect([(await described(home))?.KeyState, (await described(away))?.KeyState]).toEqual([
      'Disabled',
      'Disabled',
    ]);
  });

  it('of imported material has it imported in every region', async () => {
    KeyId = (await newKey(home, { MultiRegion: true, Origin: 'EXTERNAL' })).split('/')[1] ?? '';
    home.stage.importMaterial(KeyId);
    await replicated();
    expect((await described(away))?.KeyState).toBe('PendingImport');
    expect((await described(away))?.CurrentKeyMaterialId).toBeUndefined();
    away.stage.importMaterial(KeyId);
    const [mine, theirs] = [await described(home), await described(away)];
    expect(theirs?.KeyState).toBe('Enabled');
    expect(theirs?.CurrentKeyMaterialId).toBe(mine?.CurrentKeyMaterialId);
  });
});

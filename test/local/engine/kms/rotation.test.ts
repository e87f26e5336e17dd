import type { Cloud } from '../../../../local/cloud';
import { DAY, HOUR } from '../../../../shared/domain/time';
import { at, cloudAt, codeOf, HOME, newKey, type Region, refusalOf } from '../world';

describe('automatic rotation', () => {
  let cloud: Cloud;
  let home: Region;
  let KeyId: string;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    KeyId = await newKey(home);
  });

  const enable = (RotationPeriodInDays?: number) =>
    home.kms.EnableKeyRotation({
      KeyId,
      ...(RotationPeriodInDays !== undefined && { RotationPeriodInDays }),
    });
  const status = () => home.kms.GetKeyRotationStatus({ KeyId });
  const next = async () => (await status()).NextRotationDate?.toISOString().slice(0, 16);
  const rotated = async () =>
    (await home.kms.ListKeyRotations({ KeyId })).Rotations?.map(({ RotationDate }) =>
      RotationDate?.toISOString().slice(0, 16),
    );
  const until = (text: string) => cloud.clock.advanceTo(at(text));

  it('is off until it is enabled', async () => {
    expect(await status()).toEqual({ KeyId: KeyId.split('/')[1], KeyRotationEnabled: false });
    await cloud.clock.advance(400 * DAY);
    expect(await rotated()).toEqual([]);
  });

  it('comes a year after it is enabled, to the millisecond, and every year after', async () => {
    await until('2026-03-10 12:00');
    await enable();
    expect(await status()).toEqual({
      KeyId: KeyId.split('/')[1],
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date(at('2027-03-10 12:00')),
    });
    await cloud.clock.advanceTo(at('2027-03-10 12:00') - 1);
    expect(await rotated()).toEqual([]);
    await cloud.clock.advance(1);
    expect(await rotated()).toEqual(['2027-03-10T12:00']);
    expect(await next()).toBe('2028-03-09T12:00');
    await until('2029-03-10 12:00');
    expect(await rotated()).toEqual(['2027-03-10T12:00', '2028-03-09T12:00', '2029-03-09T12:00']);
  });

  it('changes the material for what is written from now on, and keeps the old', async () => {
    const current = async () => (await home.kms.DescribeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId;
    const first = await current();
    await enable(90);
    await cloud.clock.advance(180 * DAY);
    const { Rotations = [] } = await home.kms.ListKeyRotations({
      KeyId,
      IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
    });
    expect(Rotations.map((one) => [one.RotationType, one.KeyMaterialState])).toEqual([
      [undefined, 'NON_CURRENT'],
      ['AUTOMATIC', 'NON_CURRENT'],
      ['AUTOMATIC', 'CURRENT'],
    ]);
    expect(Rotations[0]).toEqual({
      KeyId: KeyId.split('/')[1],
      KeyMaterialId: first,
      KeyMaterialState: 'NON_CURRENT',
    });
    expect(Rotations[2]?.KeyMaterialId).toBe(await current());
    expect(new Set(Rotations.map(({ KeyMaterialId }) => KeyMaterialId)).size).toBe(3);
  });

  it('takes periods of 90 to 2560 days', async () => {
    for (const days of [89, 2561, 0, -1, 100.5]) {
      expect([days, await codeOf(enable(days))]).toEqual([days, 'ValidationException']);
    }
    for (const days of [90, 2560]) expect([days, await codeOf(enable(days))]).toEqual([days, 'ok']);
  });

  it('counts anew from a change of the period, and not from the same one asked for again', async () => {
    await enable(100);
    await cloud.clock.advance(60 * DAY);
    await enable(100);
    expect(await next()).toBe('2026-06-09T09:00');
    await enable(90);
    expect(await next()).toBe('2026-07-29T09:00');
    await until('2026-07-29 09:00');
    expect(await rotated()).toEqual(['2026-07-29T09:00']);
  });

  it('ends when it is disabled, and counts from the start when it is enabled again', async () => {
    await enable(90);
    await cloud.clock.advance(80 * DAY);
    await home.kms.DisableKeyRotation({ KeyId });
    expect((await status()).KeyRotationEnabled).toBe(false);
    await cloud.clock.advance(80 * DAY);
    expect(await rotated()).toEqual([]);
    await enable(90);
    expect(await next()).toBe('2026-11-06T09:00');
  });

  it('passes a disabled key by, which rotates at once when it is enabled', async () => {
    await enable(90);
    await cloud.clock.advance(89 * DAY);
    await home.kms.DisableKey({ KeyId });
    expect(await status()).toMatchObject({
      KeyRotationEnabled: true,
      NextRotationDate: new Date(at('2026-05-30 09:00')),
    });
    await cloud.clock.advance(11 * DAY);
    expect(await rotated()).toEqual([]);
    // Overdue: there is a status, and no date.
    expect((await status()).KeyRotationEnabled).toBe(true);
    expect(await next()).toBeUndefined();
    await home.kms.EnableKey({ KeyId });
    expect(await rotated()).toEqual(['2026-06-09T09:00']);
    expect(await next()).toBe('2026-09-07T09:00');
    await home.kms.EnableKey({ KeyId });
    expect(await rotated()).toHaveLength(1);
  });

  it('keeps its dates when the key is back in time', async () => {
    await enable(90);
    await cloud.clock.advance(30 * DAY);
    await home.kms.DisableKey({ KeyId });
    await cloud.clock.advance(30 * DAY);
    await home.kms.EnableKey({ KeyId });
    expect(await next()).toBe('2026-05-30T09:00');
    await until('2026-05-30 09:00');
    expect(await rotated()).toEqual(['2026-05-30T09:00']);
  });

  it('keeps its dates where a rotation on demand made up for the one that was missed', async () => {
    await enable(90);
    await cloud.clock.advance(60 * DAY);
    await home.kms.RotateKeyOnDemand({ KeyId });
    await cloud.clock.advance(DAY);
    await home.kms.DisableKey({ KeyId });
    await until('2026-06-10 09:00');
    await home.kms.EnableKey({ KeyId });
    expect(await rotated()).toEqual(['2026-04-30T09:05']);
    expect(await next()).toBe('2026-08-28T09:00');
  });

  it('waits while the key is pending deletion, and is back when the deletion is canceled', async () => {
    await enable(90);
    await cloud.clock.advance(80 * DAY);
    await home.kms.ScheduleKeyDeletion({ KeyId });
    expect(await status()).toEqual({ KeyId: KeyId.split('/')[1], KeyRotationEnabled: false });
    await cloud.clock.advance(20 * DAY);
    expect(await rotated()).toEqual([]);
    await home.kms.CancelKeyDeletion({ KeyId });
    expect(await status()).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 });
    expect(await rotated()).toEqual([]);
    await home.kms.EnableKey({ KeyId });
    expect(await rotated()).toEqual(['2026-06-09T09:00']);
  });

  it('leaves no timer behind with a key that is disabled, dying or deleted', async () => {
    const before = cloud.clock.waiting;
    await enable(90);
    await enable(180);
    expect(cloud.clock.waiting).toBe(before + 1);
    await home.kms.DisableKey({ KeyId });
    expect(cloud.clock.waiting).toBe(before);
    await home.kms.EnableKey({ KeyId });
    await home.kms.EnableKey({ KeyId });
    expect(cloud.clock.waiting).toBe(before + 1);
    await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(cloud.clock.waiting).toBe(before + 1);
    await cloud.clock.advance(7 * DAY);
    expect(cloud.clock.waiting).toBe(before);
  });

  it('is neither switched nor asked for on a key in the wrong state', async () => {
    const calls = () => [
      enable(),
      home.kms.DisableKeyRotation({ KeyId }),
      home.kms.RotateKeyOnDemand({ KeyId }),
    ];
    await home.kms.DisableKey({ KeyId });
    for (const call of calls()) expect(await codeOf(call)).toBe('DisabledException');
    await home.kms.ScheduleKeyDeletion({ KeyId });
    for (const call of calls()) expect(await codeOf(call)).toBe('KMSInvalidStateException');
  });

  it("of a key that AWS manages comes every 365 days, and is nobody else's", async () => {
    const { KeyMetadata } = await home.kms.DescribeKey({ KeyId: 'alias/aws/rds' });
    KeyId = KeyMetadata?.KeyId ?? '';
    expect(await status()).toEqual({
      KeyId,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date(at('2027-03-01 09:00')),
    });
    await until('2028-02-29 09:00');
    expect(await rotated()).toEqual(['2027-03-01T09:00', '2028-02-29T09:00']);
    for (const call of [
      enable(),
      home.kms.DisableKeyRotation({ KeyId }),
      home.kms.RotateKeyOnDemand({ KeyId }),
    ])
      expect(await codeOf(call)).toBe('AccessDeniedException');
  });

  it("is not for keys that are asymmetric, HMAC, imported or in a key store of one's own", async () => {
    const kinds = {
      rsa: await newKey(home, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
      hmac: await newKey(home, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
      external: await newKey(home, { Origin: 'EXTERNAL' }),
      store: await newKey(home, { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-1' }),
    };
    home.stage.importMaterial(kinds.external);
    const answers: Record<string, string[]> = {};
    for (const [kind, key] of Object.entries(kinds)) {
      KeyId = key;
      const told = status().then(({ KeyRotationEnabled }) => `${KeyRotationEnabled}`);
      answers[kind] = [
        await codeOf(enable()),
        await codeOf(home.kms.DisableKeyRotation({ KeyId })),
        await codeOf(home.kms.RotateKeyOnDemand({ KeyId })),
        await told.catch((error) => error.code),
      ];
    }
    const no = 'UnsupportedOperationException';
    expect(answers).toEqual({
      rsa: [no, no, no, 'false'],
      hmac: [no, no, no, 'false'],
      // Material for it can be imported, and none is.
      external: [no, no, 'KMSInvalidStateException', 'false'],
      store: [no, no, no, no],
    });
  });

  it('of a key store is not even told, and why is', async () => {
    for (const Origin of ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const) {
      KeyId = await newKey(home, {
        Origin,
        CustomKeyStoreId: 'cks-1',
        ...(Origin === 'EXTERNAL_KEY_STORE' && { XksKeyId: 'x' }),
      });
      expect(await refusalOf(status())).toBe(
        `UnsupportedOperationException: ${KeyId} origin is ${Origin} which is not valid for this operation.`,
      );
    }
  });

  it('stops with a lost region', async () => {
    await enable(90);
    const told: string[] = [];
    cloud.events.listen(({ 'detail-type': type }) => void told.push(type));
    await cloud.loseRegion(HOME);
    await cloud.clock.advance(91 * DAY);
    expect(told).toEqual([]);
    expect(await codeOf(status())).toBe('KMSInternalException');
  });
});

describe('rotation on demand', () => {
  let cloud: Cloud;
  let home: Region;
  let KeyId: string;

  const begin = async (limit?: number) => {
    cloud = cloudAt('2026-03-01 09:00', limit === undefined ? {} : { limits: { onDemandRotations: limit } });
    home = cloud.region(HOME);
    KeyId = await newKey(home);
  };
  beforeEach(() => begin());

  const rotate = () => home.kms.RotateKeyOnDemand({ KeyId });
  const status = () => home.kms.GetKeyRotationStatus({ KeyId });
  const rotations = async () => (await home.kms.ListKeyRotations({ KeyId })).Rotations ?? [];

  it('goes on in the background, and its date is that of its end', async () => {
    expect(await rotate()).toEqual({ KeyId });
    await cloud.clock.advanceTo(at('2026-03-01 09:05') - 1);
    expect(await status()).toEqual({
      KeyId: KeyId.split('/')[1],
      KeyRotationEnabled: false,
      OnDemandRotationStartDate: new Date(at('2026-03-01 09:00')),
    });
    expect(await rotations()).toEqual([]);
    await cloud.clock.advance(1);
    expect((await status()).OnDemandRotationStartDate).toBeUndefined();
    expect(await rotations()).toEqual([
      {
        KeyId: KeyId.split('/')[1],
        KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
        KeyMaterialState: 'CURRENT',
        RotationDate: new Date(at('2026-03-01 09:05')),
        RotationType: 'ON_DEMAND',
      },
    ]);
  });

  it('takes from one to ten minutes, unless a test says so', async () => {
    const usual = cloudAt('2026-03-01 09:00', { durations: { rotation: [60_000, 600_000] } });
    home = usual.region(HOME);
    KeyId = await newKey(home);
    await rotate();
    await usual.clock.advance(60_000 - 1);
    expect(await rotations()).toEqual([]);
    await usual.clock.advance(540_000 + 1);
    expect(await rotations()).toHaveLength(1);
  });

  it('is refused while one is in progress', async () => {
    await rotate();
    await cloud.clock.advanceTo(at('2026-03-01 09:05') - 1);
    expect(await codeOf(rotate())).toBe('ConflictException');
    await cloud.clock.advance(1);
    expect(await codeOf(rotate())).toBe('ok');
  });

  it('is refused for 20 minutes before an automatic one', async () => {
    await home.kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await cloud.clock.advanceTo(at('2026-05-30 08:40'));
    expect(await codeOf(rotate())).toBe('ConflictException');
    await cloud.clock.advanceTo(at('2026-05-30 09:00'));
    expect(await codeOf(rotate())).toBe('ok');
    await cloud.clock.advanceTo(at('2026-08-28 08:40') - 1);
    expect(await codeOf(rotate())).toBe('ok');
  });

  it('changes no date of the automatic one', async () => {
    await home.kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await cloud.clock.advance(86 * DAY);
    await rotate();
    await cloud.clock.advance(HOUR);
    expect((await status()).NextRotationDate).toEqual(new Date(at('2026-05-30 09:00')));
    await cloud.clock.advanceTo(at('2026-05-30 09:00'));
    expect((await rotations()).map(({ RotationType }) => RotationType)).toEqual(['ON_DEMAND', 'AUTOMATIC']);
  });

  it('is granted 25 times in the life of a key, whatever it did by itself', async () => {
    await home.kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await cloud.clock.advance(91 * DAY);
    for (let n = 0; n < 25; n += 1) {
      await rotate();
      await cloud.clock.advance(HOUR);
    }
    expect(await codeOf(rotate())).toBe('LimitExceededException');
    await cloud.clock.advance(400 * DAY);
    expect(await codeOf(rotate())).toBe('LimitExceededException');
    KeyId = await newKey(home);
    expect(await codeOf(rotate())).toBe('ok');
  });

  it('is granted as often as the limit says', async () => {
    await begin(2);
    for (let n = 0; n < 2; n += 1) {
      expect(await codeOf(rotate())).toBe('ok');
      await cloud.clock.advance(HOUR);
    }
    expect(await refusalOf(rotate())).toBe(
      `LimitExceededException: The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${KeyId}`,
    );
  });

  it('is refused by the state of the key first, and then by its kind', async () => {
    KeyId = await newKey(home, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    await home.kms.DisableKey({ KeyId });
    expect(await codeOf(rotate())).toBe('DisabledException');
    await home.kms.EnableKey({ KeyId });
    expect(await codeOf(rotate())).toBe('UnsupportedOperationException');
  });

  it('of imported material takes what waits for it, and nothing does', async () => {
    KeyId = await newKey(home, { Origin: 'EXTERNAL' });
    home.stage.importMaterial(KeyId);
    expect(await refusalOf(rotate())).toBe(
      `KMSInvalidStateException: No available key material pending rotation for the key: ${KeyId}.`,
    );
  });

  it('is listed by pages, oldest first', async () => {
    for (let n = 0; n < 5; n += 1) {
      await rotate();
      await cloud.clock.advance(HOUR);
    }
    const first = await home.kms.ListKeyRotations({ KeyId, Limit: 3 });
    await rotate();
    await cloud.clock.advance(HOUR);
    const second = await home.kms.ListKeyRotations({ KeyId, Limit: 3, Marker: first.NextMarker });
    expect([first.Truncated, second.Truncated, second.NextMarker]).toEqual([true, false, undefined]);
    const hours = [...(first.Rotations ?? []), ...(second.Rotations ?? [])].map(({ RotationDate }) =>
      RotationDate?.toISOString().slice(11, 16),
    );
    expect(hours).toEqual(['09:05', '10:05', '11:05', '12:05', '13:05', '14:05']);
    for (const Limit of [0, 1001]) {
      expect(await codeOf(home.kms.ListKeyRotations({ KeyId, Limit }))).toBe('ValidationException');
    }
    expect(await codeOf(home.kms.ListKeyRotations({ KeyId, Marker: 'x' }))).toBe('InvalidMarkerException');
  });
});

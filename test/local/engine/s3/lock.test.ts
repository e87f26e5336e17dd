import type { Cloud } from '../../../../local/cloud';
import type { Upload } from '../../../../local/engine/s3/put-object';
import { DAY } from '../../../../shared/domain/time';
import { at, cloudAt, codeOf, HOME, type Region } from '../world';

const Bucket = 'evidence';
const Key = 'inspections/a.json';

describe('a locked version', () => {
  let cloud: Cloud;
  let home: Region;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    await home.s3.CreateBucket({ Bucket, ObjectLockEnabledForBucket: true });
  });

  const byDefault = (DefaultRetention: object) =>
    home.s3.PutObjectLockConfiguration({
      Bucket,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } },
    });
  // The MD5 of an empty body: an upload that is locked needs a checksum.
  const ContentMD5 = '1B2M2Y8AsgTpgAmY7PhCfg==';
  const put = async (input: Partial<Upload> = {}) =>
    (await home.s3.PutObject({ Bucket, Key, ContentMD5, ...input })).VersionId ?? '';
  const remove = (VersionId: string, BypassGovernanceRetention = false) =>
    codeOf(home.s3.DeleteObject({ Bucket, Key, VersionId, BypassGovernanceRetention }));
  const until = (text: string) => ({ ObjectLockRetainUntilDate: new Date(at(text)) });

  it('stays until its time is over, to the millisecond', async () => {
    const version = await put({ ObjectLockMode: 'COMPLIANCE', ...until('2026-03-31 09:00') });
    await cloud.clock.advanceTo(at('2026-03-31 09:00') - 1);
    expect(await remove(version)).toBe('AccessDenied');
    await cloud.clock.advance(1);
    expect(await remove(version)).toBe('ok');
    expect(await codeOf(home.s3.GetObject({ Bucket, Key }))).toBe('NoSuchKey');
  });

  it('under governance gives way to who says that it shall, under compliance to nobody', async () => {
    const governed = await put({ ObjectLockMode: 'GOVERNANCE', ...until('2026-03-31 09:00') });
    expect(await remove(governed)).toBe('AccessDenied');
    expect(await remove(governed, true)).toBe('ok');
    const bound = await put({ ObjectLockMode: 'COMPLIANCE', ...until('2026-03-31 09:00') });
    expect(await remove(bound, true)).toBe('AccessDenied');
  });

  it('has the default of its bucket, as it was when the version was put', async () => {
    const before = await put();
    await byDefault({ Mode: 'GOVERNANCE', Days: 400 });
    const after = await put();
    await byDefault({ Mode: 'COMPLIANCE', Years: 1 });
    await put();
    expect(await home.s3.GetObject({ Bucket, Key })).toMatchObject({
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date('2027-03-01T09:00:00Z'),
    });
    expect(await home.s3.HeadObject({ Bucket, Key, VersionId: after })).toMatchObject({
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(at('2026-03-01 09:00') + 400 * DAY),
    });
    expect([await remove(before), await remove(after)]).toEqual(['ok', 'AccessDenied']);
  });

  it('may have another retention than the default', async () => {
    await byDefault({ Mode: 'COMPLIANCE', Years: 1 });
    const version = await put({ ObjectLockMode: 'GOVERNANCE', ...until('2026-03-02 09:00') });
    await cloud.clock.advance(DAY);
    expect(await remove(version)).toBe('ok');
  });

  it('is held whatever the time and the caller, until the hold is off', async () => {
    const version = await put({ ObjectLockLegalHoldStatus: 'ON' });
    await cloud.clock.advance(1000 * DAY);
    expect(await remove(version, true)).toBe('AccessDenied');
    expect(await remove(await put({ ObjectLockLegalHoldStatus: 'OFF' }))).toBe('ok');
  });

  it('can be hidden and followed by others, and is still there', async () => {
    await byDefault({ Mode: 'COMPLIANCE', Days: 1 });
    const version = await put();
    await home.s3.DeleteObject({ Bucket, Key });
    await put();
    expect(await codeOf(home.s3.GetObject({ Bucket, Key, VersionId: version }))).toBe('ok');
    expect(await remove(version)).toBe('AccessDenied');
  });

  it('needs a checksum, even where only the default locks it', async () => {
    const bare = (input: Partial<Upload> = {}) =>
      codeOf(home.s3.PutObject({ Bucket, Key, Body: '', ...input }));
    expect(await bare()).toBe('ok');
    expect(await bare({ ObjectLockLegalHoldStatus: 'ON' })).toBe('InvalidRequest');
    await byDefault({ Mode: 'GOVERNANCE', Days: 1 });
    expect(await bare()).toBe('InvalidRequest');
    expect(await bare({ ContentMD5 })).toBe('ok');
    expect(await bare({ ChecksumCRC32: 'AAAAAA==' })).toBe('ok');
  });

  it('is asked for with mode and date, of which the date is to come', async () => {
    const asked = (input: Partial<Upload>) => codeOf(put(input));
    expect(await asked({ ObjectLockMode: 'GOVERNANCE' })).toBe('InvalidArgument');
    expect(await asked(until('2026-03-02 09:00'))).toBe('InvalidArgument');
    const mode = { ObjectLockMode: 'GOVERNANCE' } as const;
    expect(await asked({ ...mode, ...until('2026-03-01 09:00') })).toBe('InvalidArgument');
    expect(await asked({ ...mode, ...until('2026-03-01 09:00:01') })).toBe('ok');
    await home.s3.CreateBucket({ Bucket: 'unlocked' });
    expect(await asked({ Bucket: 'unlocked', ...mode, ...until('2026-03-02 09:00') })).toBe('InvalidRequest');
  });
});

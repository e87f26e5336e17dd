import type { CreateGrantRequest } from '@aws-sdk/client-kms';
import type { Cloud } from '../../../../local/cloud';
import { ACCOUNT, at, cloudAt, codeOf, HOME, newKey, type Region } from '../world';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/holdfast`;

describe('a grant', () => {
  let cloud: Cloud;
  let home: Region;
  let KeyId: string;

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    KeyId = await newKey(home);
  });

  const grant = (input: Partial<CreateGrantRequest> = {}) =>
    home.kms.CreateGrant({ KeyId, GranteePrincipal: ROLE, Operations: ['Decrypt'], ...input });
  const listed = async (input = {}) => (await home.kms.ListGrants({ KeyId, ...input })).Grants ?? [];

  it('is listed as it was made', async () => {
    const Constraints = { EncryptionContextSubset: { Department: 'it' } };
    const { GrantId, GrantToken } = await grant({ Name: 'one', Constraints });
    expect(GrantId).toMatch(/^[0-9a-f]{64}$/);
    expect(GrantToken).toBeTruthy();
    expect(await listed()).toEqual([
      {
        KeyId,
        GrantId,
        Name: 'one',
        CreationDate: new Date(at('2026-03-01 09:00')),
        GranteePrincipal: ROLE,
        IssuingAccount: `arn:aws:iam::${ACCOUNT}:root`,
        Operations: ['Decrypt'],
        Constraints,
      },
    ]);
  });

  it('under a name is not made twice, without one it is', async () => {
    const first = await grant({ Name: 'one' });
    expect((await grant({ Name: 'one' })).GrantId).toBe(first.GrantId);
    expect((await grant({ Name: 'one', Operations: ['Encrypt'] })).GrantId).not.toBe(first.GrantId);
    await grant();
    await grant();
    expect(await listed()).toHaveLength(4);
  });

  it('comes by pages, and by who holds it', async () => {
    for (let n = 0; n < 5; n += 1) await grant({ GranteePrincipal: `${ROLE}-${n}` });
    const first = await home.kms.ListGrants({ KeyId, Limit: 3 });
    const second = await home.kms.ListGrants({ KeyId, Limit: 3, Marker: first.NextMarker });
    expect([first.Truncated, second.Truncated]).toEqual([true, false]);
    const ids = [...(first.Grants ?? []), ...(second.Grants ?? [])].map(({ GrantId }) => GrantId);
    expect(new Set(ids).size).toBe(5);
    expect(await listed({ GranteePrincipal: `${ROLE}-3` })).toHaveLength(1);
    expect(await listed({ GrantId: ids[2] })).toMatchObject([{ GrantId: ids[2] }]);
    for (const Limit of [0, 101]) expect(await codeOf(listed({ Limit }))).toBe('ValidationException');
  });

  it('is revoked once', async () => {
    const { GrantId } = await grant();
    await home.kms.RevokeGrant({ KeyId, GrantId });
    expect(await listed()).toEqual([]);
    expect(await codeOf(home.kms.RevokeGrant({ KeyId, GrantId }))).toBe('NotFoundException');
  });

  it('permits only what its key is for', async () => {
    const signer = await newKey(home, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    const mac = await newKey(home, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const permits = (key: string, ...Operations: CreateGrantRequest['Operations'] & object) =>
      codeOf(grant({ KeyId: key, Operations }));
    expect(await permits(KeyId, 'Decrypt', 'GenerateDataKey', 'CreateGrant', 'RetireGrant')).toBe('ok');
    expect(await permits(KeyId, 'Decrypt', 'Sign')).toBe('ValidationException');
    expect(await permits(signer, 'Sign', 'GetPublicKey', 'DescribeKey')).toBe('ok');
    expect(await permits(signer, 'Decrypt')).toBe('ValidationException');
    expect(await permits(mac, 'GenerateMac')).toBe('ok');
    expect(await permits(mac, 'Verify')).toBe('ValidationException');
  });

  it('needs someone to hold it, something to permit, and an enabled key', async () => {
    expect(await codeOf(grant({ Operations: [] }))).toBe('ValidationException');
    expect(await codeOf(grant({ GranteeServicePrincipal: 'rds.amazonaws.com' }))).toBe('ValidationException');
    expect(await codeOf(grant({ GranteePrincipal: undefined }))).toBe('ValidationException');
    expect(await codeOf(grant({ DryRun: true }))).toBe('DryRunOperationException');
    await home.kms.DisableKey({ KeyId });
    expect(await codeOf(grant())).toBe('DisabledException');
    await home.kms.ScheduleKeyDeletion({ KeyId });
    expect(await codeOf(grant())).toBe('KMSInvalidStateException');
    expect(await listed()).toEqual([]);
  });
});

import type {
  CreateKeyRequest,
  DescribeKeyResponse,
  GetKeyRotationStatusResponse,
  KeyMetadata,
  ListKeyRotationsRequest,
  ListKeyRotationsResponse,
  OriginType,
  RotationsListEntry,
} from '@aws-sdk/client-kms';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { type Call, WireError } from '../../../../local/wire/service';
import { Clients } from '../../../../shared/aws/clients';
import { KmsKeys } from '../../../../shared/aws/kms-keys';
import type { Key } from '../../../../shared/domain/key';
import { DAY, MINUTE, SECOND } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, at, HOME } from '../../../support/builders';
import { type Local, local, refusalOf } from './local';

/**
 * What KMS says of a key, in our words. The local KMS says it, as far as it can be brought to; the rest is put into its
 * answers on the way.
 */

let aws: Local;
let keys: KmsKeys;

beforeEach(() => {
  aws = local({ durations: { rotation: [5 * MINUTE, 5 * MINUTE] } });
  keys = new KmsKeys(aws.clients);
});

const kmsIn = (region: string) => aws.cloud.region(region).kms;

/** A key at home; the answer is its id. */
async function made(wanted: CreateKeyRequest = {}): Promise<string> {
  const { KeyMetadata } = await kmsIn(HOME).CreateKey(wanted);
  return KeyMetadata?.KeyId ?? '';
}

async function found(key: string, region = HOME, through = keys): Promise<Key> {
  const seen = await through.find(region, key);
  if (seen === null) throw new Error(`there is no ${key} in ${region}`);
  return seen;
}

/** Of a call, what it is answered; `truth` asks the local KMS. */
type Answer = (truth: () => Promise<never>, input: never) => object | Promise<object>;

/** The same KMS, whose answers to these operations are changed on the way. */
function answering(answers: Readonly<Record<string, Answer>>): KmsKeys {
  const services = aws.cloud.services.map((service) => {
    if (service.name !== 'kms') return service;
    const changed = Object.entries(answers).map(([name, answer]) => [
      name,
      async (input: never, call: Call) =>
        answer(async () => (await service.operations[name]?.(input, call)) as never, input),
    ]);
    return { ...service, operations: { ...service.operations, ...Object.fromEntries(changed) } };
  });
  const router = new Router(services, {
    account: ACCOUNT,
    onError: (error) => {
      throw error;
    },
  });
  return new KmsKeys(new Clients({ ...aws.options, requestHandler: inProcess(router) }));
}

/** A key at home of which KMS says this as well, or, where it is undefined, does not say it. */
async function told(fields: Partial<KeyMetadata>, wanted: CreateKeyRequest = {}): Promise<Key> {
  const id = await made(wanted);
  const saying = answering({
    DescribeKey: async (truth) => {
      const { KeyMetadata }: DescribeKeyResponse = await truth();
      return { KeyMetadata: { ...KeyMetadata, ...fields } };
    },
  });
  return found(id, HOME, saying);
}

/** A multi-Region key at home and its replica, still being made. */
async function replicated(): Promise<string> {
  const id = await made({ MultiRegion: true });
  await kmsIn(HOME).ReplicateKey({ KeyId: id, ReplicaRegion: AWAY });
  return id;
}

const arn = (id: string, region = HOME) => `arn:aws:kms:${region}:${ACCOUNT}:key/${id}`;

describe('a key', () => {
  it('is found by its id, its ARN and its alias', async () => {
    const id = await made();
    await kmsIn(HOME).CreateAlias({ AliasName: 'alias/copies', TargetKeyId: id });
    const key: Key = {
      arn: arn(id),
      id,
      region: HOME,
      manager: 'customer',
      state: 'enabled',
      symmetric: true,
      origin: 'kms',
      created: at('2026-03-01 09:00'),
      deletion: null,
      window: null,
      primary: null,
    };
    for (const name of [id, arn(id), 'alias/copies']) expect(await keys.find(HOME, name)).toEqual(key);
  });

  it('is null where there is none, or none any more, or where KMS describes nothing', async () => {
    const id = await made();
    expect(await keys.find(AWAY, id)).toBeNull();
    expect(await keys.find(HOME, 'alias/never')).toBeNull();
    const silent = answering({ DescribeKey: () => ({}) });
    expect(await silent.find(HOME, id)).toBeNull();
    await kmsIn(HOME).ScheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 });
    await aws.cloud.clock.advance(7 * DAY);
    expect(await keys.find(HOME, id)).toBeNull();
  });

  it('is not taken for gone where KMS may not be asked', async () => {
    const id = await made();
    aws.faults.refuse(new WireError('AccessDeniedException', 'no'), { operation: 'DescribeKey' });
    expect(await refusalOf(keys.find(HOME, id))).toBe(
      `denied: describe key ${id} in ${HOME}: AccessDeniedException: no`,
    );
  });

  it('is of the region that its ARN names, else of the one that was asked', async () => {
    expect((await told({ Arn: arn('1', AWAY) })).region).toBe(AWAY);
    expect(await told({ Arn: undefined })).toMatchObject({ arn: '', region: HOME });
  });

  it('is managed by AWS or by a customer', async () => {
    expect((await found('alias/aws/rds')).manager).toBe('aws');
    expect((await found(await made())).manager).toBe('customer');
  });
});

interface InState {
  readonly says: string;
  readonly is: Key['state'];
  readonly region?: string;
  readonly make: () => Promise<string>;
}

const STATES: InState[] = [
  { says: 'Enabled', is: 'enabled', make: () => made() },
  {
    says: 'Disabled',
    is: 'disabled',
    make: async () => {
      const id = await made();
      await kmsIn(HOME).DisableKey({ KeyId: id });
      return id;
    },
  },
  {
    says: 'PendingDeletion',
    is: 'pending-deletion',
    make: async () => {
      const id = await made();
      await kmsIn(HOME).ScheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 });
      return id;
    },
  },
  {
    says: 'PendingReplicaDeletion',
    is: 'pending-deletion',
    make: async () => {
      const id = await replicated();
      await kmsIn(HOME).ScheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 });
      return id;
    },
  },
  { says: 'PendingImport', is: 'unavailable', make: () => made({ Origin: 'EXTERNAL' }) },
  { says: 'Creating', is: 'unavailable', region: AWAY, make: replicated },
];

describe('the state of a key', () => {
  it.each(STATES)('$says is $is', async ({ says, is, make, region = HOME }) => {
    const id = await make();
    expect((await kmsIn(region).DescribeKey({ KeyId: id })).KeyMetadata?.KeyState).toBe(says);
    expect((await found(id, region)).state).toBe(is);
  });

  // A key store is out of reach; a primary changes, while both keys go on encrypting; a state that is yet to be invented.
  it.each([
    ['Unavailable', 'unavailable'],
    ['Updating', 'enabled'],
    ['Resting', 'unavailable'],
  ])('%s is %s', async (says, is) => {
    // As KMS has it: `Enabled` is true of one state alone.
    const fields = { KeyState: says, Enabled: false } as Partial<KeyMetadata>;
    expect((await told(fields)).state).toBe(is);
  });

  it('is told by the older flag where KMS names none', async () => {
    expect((await told({ KeyState: undefined, Enabled: true })).state).toBe('enabled');
    expect((await told({ KeyState: undefined, Enabled: false })).state).toBe('unavailable');
    expect((await told({ KeyState: undefined, Enabled: undefined })).state).toBe('unavailable');
  });
});

it('knows when a key is deleted, and of a primary that waits for its replicas, how long it will wait then', async () => {
  const id = await replicated();
  await aws.cloud.clock.advance(10 * SECOND);
  await kmsIn(HOME).ScheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 });
  await kmsIn(AWAY).ScheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 9 });
  expect(await found(id, HOME)).toMatchObject({ deletion: null, window: 7 * DAY });
  const deletion = at('2026-03-10 09:00') + 10 * SECOND;
  expect(await found(id, AWAY)).toMatchObject({ deletion, window: null });
});

it('does not make up when a key was created', async () => {
  expect((await told({ CreationDate: undefined })).created).toBeNull();
});

describe('the origin of a key', () => {
  const STORE = { CustomKeyStoreId: 'cks-1234567890abcdef0' };

  it.each<[string, Key['origin'], CreateKeyRequest]>([
    ['AWS_KMS', 'kms', {}],
    ['EXTERNAL', 'imported', {}],
    ['AWS_CLOUDHSM', 'key-store', STORE],
    ['EXTERNAL_KEY_STORE', 'key-store', { ...STORE, XksKeyId: 'theirs' }],
  ])('%s is %s', async (origin, is, wanted) => {
    const id = await made({ ...wanted, Origin: origin } as CreateKeyRequest);
    expect((await found(id)).origin).toBe(is);
  });

  it("is KMS's own where it names none, and a key store where it names one that is new", async () => {
    expect((await told({ Origin: undefined })).origin).toBe('kms');
    expect((await told({ Origin: 'SOMEWHERE' as string as OriginType })).origin).toBe('key-store');
  });
});

describe('what a key encrypts with', () => {
  it.each<[string, boolean, CreateKeyRequest]>([
    ['SYMMETRIC_DEFAULT', true, {}],
    ['RSA_2048', false, { KeyUsage: 'ENCRYPT_DECRYPT' }],
    ['RSA_4096', false, { KeyUsage: 'SIGN_VERIFY' }],
    ['ECC_NIST_P256', false, { KeyUsage: 'SIGN_VERIFY' }],
    ['ECC_SECG_P256K1', false, { KeyUsage: 'SIGN_VERIFY' }],
    ['ML_DSA_65', false, { KeyUsage: 'SIGN_VERIFY' }],
    // One secret for both sides, and no encryption: KMS does not rotate it.
    ['HMAC_256', false, { KeyUsage: 'GENERATE_VERIFY_MAC' }],
  ])('%s: symmetric encryption is %s', async (spec, is, usage) => {
    const id = await made({ ...usage, KeySpec: spec } as CreateKeyRequest);
    expect((await found(id)).symmetric).toBe(is);
  });

  it('is symmetric where KMS names no spec, and not where it is of China alone', async () => {
    expect((await told({ KeySpec: undefined })).symmetric).toBe(true);
    expect((await told({ KeySpec: 'SM2' })).symmetric).toBe(false);
  });
});

describe('the primary of a key', () => {
  it('is the key itself, or the one that a replica was made of', async () => {
    const id = await replicated();
    const primary = { arn: arn(id), region: HOME };
    expect((await found(id, HOME)).primary).toEqual(primary);
    expect(await found(id, AWAY)).toMatchObject({ arn: arn(id, AWAY), region: AWAY, primary });
  });

  it('is another one when the roles are swapped', async () => {
    const id = await replicated();
    await aws.cloud.clock.advance(10 * SECOND);
    await kmsIn(HOME).UpdatePrimaryRegion({ KeyId: id, PrimaryRegion: AWAY });
    for (const region of [HOME, AWAY])
      expect((await found(id, region)).primary).toEqual({ arn: arn(id, AWAY), region: AWAY });
  });

  const configuration = (fields: object) => ({
    MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', PrimaryKey: fields },
  });

  it('is none of a key of one region, whatever configuration comes along', async () => {
    expect((await found(await made())).primary).toBeNull();
    const fields = { MultiRegion: false, ...configuration({ Arn: arn('1', AWAY), Region: AWAY }) };
    expect((await told(fields as Partial<KeyMetadata>)).primary).toBeNull();
  });

  it('is none where KMS names none, and where it names no region, of the one in its ARN', async () => {
    const saying = (fields: object) =>
      told({ MultiRegion: true, ...configuration(fields) } as Partial<KeyMetadata>);
    expect((await saying({})).primary).toBeNull();
    expect((await saying({ Region: AWAY })).primary).toBeNull();
    expect((await saying({ Arn: arn('1', AWAY) })).primary).toEqual({ arn: arn('1', AWAY), region: AWAY });
    expect((await saying({ Arn: '1' })).primary).toEqual({ arn: '1', region: HOME });
  });
});

describe('the rotation of a key', () => {
  const off = { automatic: false, period: null, next: null, underWay: null, done: [] };

  it('is off: it has no period and no next date', async () => {
    expect(await keys.rotation(await found(await made()))).toEqual(off);
  });

  it('has none while it is off, even where KMS names them', async () => {
    const id = await made();
    const saying = answering({
      GetKeyRotationStatus: (): GetKeyRotationStatusResponse => ({
        KeyId: id,
        KeyRotationEnabled: false,
        RotationPeriodInDays: 90,
        NextRotationDate: new Date(at('2026-05-30 09:00')),
      }),
    });
    expect(await saying.rotation(await found(id))).toEqual(off);
  });

  it('is automatic: it has a period, a next date, and what was done', async () => {
    const id = await made();
    await kmsIn(HOME).EnableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 });
    const key = await found(id);
    const automatic = { ...off, automatic: true, period: 90 * DAY };
    expect(await keys.rotation(key)).toEqual({ ...automatic, next: at('2026-05-30 09:00') });
    await aws.cloud.clock.advance(90 * DAY);
    expect(await keys.rotation(key)).toEqual({
      ...automatic,
      next: at('2026-08-28 09:00'),
      done: [{ at: at('2026-05-30 09:00'), onDemand: false }],
    });
  });

  it('has no next date when the last one passed while the key was disabled', async () => {
    const id = await made();
    await kmsIn(HOME).EnableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 });
    await kmsIn(HOME).DisableKey({ KeyId: id });
    await aws.cloud.clock.advance(90 * DAY);
    expect(await keys.rotation(await found(id))).toEqual({ ...off, automatic: true, period: 90 * DAY });
  });

  it('is yearly where KMS names no period', async () => {
    const id = await made();
    const saying = answering({
      GetKeyRotationStatus: (): GetKeyRotationStatusResponse => ({ KeyId: id, KeyRotationEnabled: true }),
    });
    expect(await saying.rotation(await found(id))).toEqual({
      ...off,
      automatic: true,
      period: 365 * DAY,
    });
  });

  it('is under way on demand, then done', async () => {
    const id = await made();
    const key = await found(id);
    await keys.rotate(key);
    expect(await keys.rotation(key)).toEqual({ ...off, underWay: at('2026-03-01 09:00') });
    await aws.cloud.clock.advance(5 * MINUTE);
    expect(await keys.rotation(key)).toEqual({
      ...off,
      done: [{ at: at('2026-03-01 09:05'), onDemand: true }],
    });
  });

  /** KMS's list of rotations, in pages of one. */
  const listing = (...entries: RotationsListEntry[]) =>
    answering({
      ListKeyRotations: (_truth, { Marker = '0' }: ListKeyRotationsRequest): ListKeyRotationsResponse => {
        const index = Number(Marker);
        const more = index + 1 < entries.length;
        return {
          Rotations: entries.slice(index, index + 1),
          Truncated: more,
          ...(more && { NextMarker: `${index + 1}` }),
        };
      },
    });

  it('leaves out what has no date: the first material, and imported material that waits for its turn', async () => {
    const id = await made({ Origin: 'EXTERNAL' });
    aws.cloud.region(HOME).stage.importMaterial(id);
    const saying = listing(
      { KeyId: id, KeyMaterialState: 'NON_CURRENT', ImportState: 'IMPORTED' },
      {
        KeyId: id,
        KeyMaterialState: 'CURRENT',
        RotationType: 'ON_DEMAND',
        RotationDate: new Date(at('2026-02-01 09:00')),
      },
      { KeyId: id, KeyMaterialState: 'PENDING_ROTATION', ImportState: 'PENDING_IMPORT' },
    );
    const { done } = (await saying.rotation(await found(id))) ?? off;
    expect(done).toEqual([{ at: at('2026-02-01 09:00'), onDemand: true }]);
  });

  it('does not count a rotation whose kind KMS does not name among those on demand', async () => {
    const id = await made();
    const RotationDate = new Date(at('2026-02-01 09:00'));
    const { done } =
      (await listing({ RotationDate }, { RotationDate, RotationType: 'AUTOMATIC' }).rotation(
        await found(id),
      )) ?? off;
    expect(done.map(({ onDemand }) => onDemand)).toEqual([false, false]);
  });

  it('is null of a key in a key store, which KMS tells nothing of', async () => {
    const id = await made({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-1234567890abcdef0' });
    expect(await keys.rotation(await found(id))).toBeNull();
    expect(aws.router.log.count({ operation: 'ListKeyRotations' })).toBe(0);
  });

  it.each(['GetKeyRotationStatus', 'ListKeyRotations'])(
    'is not taken for none where %s is refused',
    async (operation) => {
      const key = await found(await made());
      aws.faults.refuse(new WireError('AccessDeniedException', 'no'), { operation });
      expect(await refusalOf(keys.rotation(key))).toBe(
        `denied: read the rotation of key ${key.arn}: AccessDeniedException: no`,
      );
    },
  );
});

describe('a key whose deletion was canceled a moment ago', () => {
  const patient = () => new KmsKeys(aws.clients, [1, 1]);
  const refused = (code: string, times: number) =>
    aws.faults.refuse(new WireError(code, 'is pending deletion'), { operation: 'EnableKey', times });
  const tries = () => aws.router.log.count({ operation: 'EnableKey' });

  it('is tried again while KMS has not caught up, three times in all', async () => {
    const key = await found(await made());
    refused('KMSInvalidStateException', 2);
    await patient().enable(key);
    expect(tries()).toBe(3);
    refused('KMSInvalidStateException', 3);
    expect(await refusalOf(patient().enable(key))).toContain('KMSInvalidStateException');
    expect(tries()).toBe(6);
  });

  it('is not tried again where it is refused for anything else', async () => {
    const key = await found(await made());
    refused('AccessDeniedException', 1);
    expect(await refusalOf(patient().enable(key))).toContain('AccessDenied');
    expect(tries()).toBe(1);
  });
});

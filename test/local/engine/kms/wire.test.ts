import {
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  paginateListGrants,
  paginateListKeyRotations,
  paginateListResourceTags,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import type { Cloud } from '../../../../local/cloud';
import { Router } from '../../../../local/wire/router';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import { TRANSPORTS, type Transport } from '../../wire/clients';
import { AWAY, at, cloudAt, HOME } from '../world';

describe.each(TRANSPORTS)("KMS through the SDK's client, %s", (_name, connect) => {
  let cloud: Cloud;
  let transport: Transport;
  let kms: KMSClient;
  let KeyId: string;
  const bugs: unknown[] = [];

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    transport = await connect(
      new Router(cloud.services, { account: cloud.account, onError: (error) => bugs.push(error) }),
    );
    kms = transport.kms({ region: HOME });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ MultiRegion: true }));
    KeyId = KeyMetadata?.KeyId ?? '';
  });

  afterEach(async () => {
    await transport.close();
    expect(bugs).toEqual([]);
  });

  const failure = (call: Promise<unknown>) => call.then(() => null).catch((error) => error.name);

  it('rotation keeps its dates, numbers and booleans', async () => {
    await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    const { $metadata, ...status } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect(status).toEqual({
      KeyId,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
      NextRotationDate: new Date(at('2026-05-30 09:00')),
    });
    await cloud.clock.advance(90 * DAY);
    await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    await cloud.clock.advance(5 * MINUTE);
    const found = [];
    for await (const page of paginateListKeyRotations({ client: kms, pageSize: 1 }, { KeyId })) {
      found.push(...(page.Rotations ?? []));
    }
    expect(found).toMatchObject([
      {
        RotationType: 'AUTOMATIC',
        RotationDate: new Date(at('2026-05-30 09:00')),
        KeyMaterialState: 'NON_CURRENT',
      },
      {
        RotationType: 'ON_DEMAND',
        RotationDate: new Date(at('2026-05-30 09:05')),
        KeyMaterialState: 'CURRENT',
      },
    ]);
  });

  it('refusals have the names that the SDK knows', async () => {
    const enable = (RotationPeriodInDays: number) =>
      failure(kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays })));
    expect(await enable(89)).toBe('ValidationException');
    await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    expect(await failure(kms.send(new RotateKeyOnDemandCommand({ KeyId })))).toBe('ConflictException');
    await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: AWAY }));
    const away = transport.kms({ region: AWAY });
    expect(await failure(away.send(new EnableKeyRotationCommand({ KeyId })))).toBe(
      'UnsupportedOperationException',
    );
    expect(await failure(kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: AWAY })))).toBe(
      'AlreadyExistsException',
    );
  });

  it('replicas and deletions are described in full', async () => {
    const { ReplicaKeyMetadata } = await kms.send(
      new ReplicateKeyCommand({ KeyId, ReplicaRegion: AWAY, Tags: [{ TagKey: 'a', TagValue: '1' }] }),
    );
    expect(ReplicaKeyMetadata).toMatchObject({
      KeyState: 'Creating',
      MultiRegion: true,
      MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', ReplicaKeys: [{ Region: AWAY }] },
    });
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const { KeyMetadata: primary } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(primary).toMatchObject({ KeyState: 'PendingReplicaDeletion', PendingDeletionWindowInDays: 7 });
    const away = transport.kms({ region: AWAY });
    const { DeletionDate } = await away.send(
      new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
    );
    expect(DeletionDate).toEqual(new Date(at('2026-03-08 09:00')));
  });

  it('grants and tags come page after page', async () => {
    const Constraints = { EncryptionContextSubset: { 'aws:rds:db-id': 'db-ABC' } };
    for (let n = 0; n < 3; n += 1) {
      await kms.send(
        new CreateGrantCommand({
          KeyId,
          GranteePrincipal: 'rds.amazonaws.com',
          Operations: ['Decrypt'],
          Constraints,
        }),
      );
    }
    const grants = [];
    for await (const page of paginateListGrants({ client: kms, pageSize: 2 }, { KeyId })) {
      grants.push(...(page.Grants ?? []));
    }
    expect(grants).toHaveLength(3);
    expect(grants[0]).toMatchObject({ Constraints, CreationDate: new Date(at('2026-03-01 09:00')) });
    await kms.send(
      new TagResourceCommand({ KeyId, Tags: ['a', 'b', 'c'].map((TagKey) => ({ TagKey, TagValue: '' })) }),
    );
    const tags = [];
    for await (const page of paginateListResourceTags({ client: kms, pageSize: 2 }, { KeyId })) {
      tags.push(...(page.Tags ?? []).map(({ TagKey }) => TagKey));
    }
    expect(tags).toEqual(['a', 'b', 'c']);
  });
});

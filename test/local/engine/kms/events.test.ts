import type { Cloud } from '../../../../local/cloud';
import type { CloudEvent } from '../../../../local/engine/events';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import { ACCOUNT, AWAY, cloudAt, codeOf, HOME, newKey, type Region } from '../world';

const SOON = 2_000;
const TRAIL = 'AWS API Call via CloudTrail';

describe('events of KMS', () => {
  let cloud: Cloud;
  let home: Region;
  let KeyId: string;
  let heard: CloudEvent[];

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00', { delivery: { takes: [SOON, SOON] } });
    home = cloud.region(HOME);
    KeyId = await newKey(home);
    heard = [];
    cloud.events.listen((event) => void heard.push(event));
  });

  const ofType = (type: string) => heard.filter((event) => event['detail-type'] === type);
  const calls = async () => {
    await cloud.clock.advance(SOON);
    return ofType(TRAIL).map(({ detail }) => detail.eventName);
  };

  it('tell of a rotation when it is complete', async () => {
    const before = (await home.kms.DescribeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId;
    await home.kms.RotateKeyOnDemand({ KeyId });
    await cloud.clock.advance(5 * MINUTE + SOON - 1);
    expect(ofType('KMS CMK Rotation')).toEqual([]);
    await cloud.clock.advance(1);
    expect(ofType('KMS CMK Rotation')).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'KMS CMK Rotation',
        source: 'aws.kms',
        account: ACCOUNT,
        time: '2026-03-01T09:05:00Z',
        region: HOME,
        resources: [KeyId],
        detail: {
          'key-id': KeyId.split('/')[1],
          'key-origin': 'AWS_KMS',
          'rotation-type': 'ON_DEMAND',
          'previous-key-material-id': before,
          'current-key-material-id': (await home.kms.DescribeKey({ KeyId })).KeyMetadata
            ?.CurrentKeyMaterialId,
        },
      },
    ]);
  });

  it('tell of the rotation of a multi-Region key in every region that has it', async () => {
    KeyId = await newKey(home, { MultiRegion: true });
    await home.kms.ReplicateKey({ KeyId, ReplicaRegion: AWAY });
    await home.kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await cloud.clock.advance(90 * DAY + SOON);
    const told = ofType('KMS CMK Rotation');
    expect(told.map(({ region, resources }) => [region, resources[0]])).toEqual([
      [HOME, KeyId],
      [AWAY, KeyId.replace(HOME, AWAY)],
    ]);
    expect(told.map(({ detail }) => detail['rotation-type'])).toEqual(['AUTOMATIC', 'AUTOMATIC']);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it('come from no region that is lost', async () => {
    KeyId = await newKey(home, { MultiRegion: true });
    await home.kms.ReplicateKey({ KeyId, ReplicaRegion: AWAY });
    await cloud.clock.advance(10_000);
    await cloud.loseRegion(AWAY);
    await home.kms.RotateKeyOnDemand({ KeyId });
    await cloud.clock.advance(DAY);
    expect(ofType('KMS CMK Rotation').map(({ region }) => region)).toEqual([HOME]);
  });

  it('tell of a deletion when the key is gone, and KMS itself tells of nothing before', async () => {
    await home.kms.DisableKey({ KeyId });
    await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await cloud.clock.advance(7 * DAY + SOON - 1);
    expect(heard.filter((event) => event['detail-type'] !== TRAIL)).toEqual([]);
    await cloud.clock.advance(1);
    expect(ofType('KMS CMK Deletion')).toMatchObject([
      {
        source: 'aws.kms',
        time: '2026-03-08T09:00:00Z',
        resources: [KeyId],
        detail: { 'key-id': KeyId.split('/')[1] },
      },
    ]);
  });

  it('tell through CloudTrail that a deletion was scheduled, and when it comes', async () => {
    await home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await cloud.clock.advance(SOON);
    expect(heard).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': TRAIL,
        source: 'aws.kms',
        account: ACCOUNT,
        time: '2026-03-01T09:00:00Z',
        region: HOME,
        resources: [],
        detail: {
          eventVersion: '1.11',
          eventTime: '2026-03-01T09:00:00Z',
          eventSource: 'kms.amazonaws.com',
          eventName: 'ScheduleKeyDeletion',
          awsRegion: HOME,
          requestParameters: { keyId: KeyId, pendingWindowInDays: 7 },
          responseElements: {
            keyId: KeyId,
            keyState: 'PendingDeletion',
            pendingWindowInDays: 7,
            deletionDate: 'Mar 8, 2026, 9:00:00 AM',
          },
          readOnly: false,
          resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: KeyId }],
          eventType: 'AwsApiCall',
          managementEvent: true,
          recipientAccountId: ACCOUNT,
        },
      },
    ]);
  });

  it('tell through CloudTrail of every call that changed something, with the key as it was asked for', async () => {
    const id = KeyId.split('/')[1] ?? '';
    await home.kms.DisableKey({ KeyId: id });
    await home.kms.EnableKey({ KeyId: id });
    await home.kms.EnableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 });
    await home.kms.RotateKeyOnDemand({ KeyId: id });
    await home.kms.DisableKeyRotation({ KeyId: id });
    await home.kms.TagResource({ KeyId: id, Tags: [{ TagKey: 'A', TagValue: 'B' }] });
    await home.kms.UntagResource({ KeyId: id, TagKeys: ['A'] });
    await home.kms.CreateAlias({ AliasName: 'alias/a', TargetKeyId: id });
    await home.kms.UpdateAlias({ AliasName: 'alias/a', TargetKeyId: id });
    await home.kms.DeleteAlias({ AliasName: 'alias/a' });
    await home.kms.ScheduleKeyDeletion({ KeyId: id });
    await home.kms.CancelKeyDeletion({ KeyId: id });
    expect(await calls()).toEqual([
      'DisableKey',
      'EnableKey',
      'EnableKeyRotation',
      'RotateKeyOnDemand',
      'DisableKeyRotation',
      'TagResource',
      'UntagResource',
      'CreateAlias',
      'UpdateAlias',
      'DeleteAlias',
      'ScheduleKeyDeletion',
      'CancelKeyDeletion',
    ]);
    for (const { detail } of heard) {
      expect(detail.resources).toEqual([{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: KeyId }]);
      expect(detail.responseElements).toMatchObject({ keyId: KeyId });
    }
    expect(heard[2]?.detail.requestParameters).toEqual({ keyId: id, rotationPeriodInDays: 90 });
    expect(heard[5]?.detail.requestParameters).toEqual({ keyId: id, tags: [{ tagKey: 'A', tagValue: 'B' }] });
    expect(new Set(heard.map((event) => event.id)).size).toBe(heard.length);
  });

  it('have an id each, of the same call made twice too', async () => {
    await home.kms.EnableKey({ KeyId });
    await home.kms.EnableKey({ KeyId });
    expect(await calls()).toEqual(['EnableKey', 'EnableKey']);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(2);
  });

  it('tell of new keys and grants by what was answered, and of no token', async () => {
    const arn = await newKey(home, { Description: 'new' });
    const Constraints = { EncryptionContextSubset: { Department: 'It' } };
    const { GrantId } = await home.kms.CreateGrant({
      KeyId: arn,
      GranteePrincipal: 'rds.amazonaws.com',
      Operations: ['Decrypt'],
      Constraints,
    });
    await home.kms.RevokeGrant({ KeyId: arn, GrantId });
    expect(await calls()).toEqual(['CreateKey', 'CreateGrant', 'RevokeGrant']);
    const [created, granted] = heard;
    expect(created?.detail).toMatchObject({
      requestParameters: { description: 'new' },
      responseElements: {
        keyMetadata: { arn, keyState: 'Enabled', creationDate: 'Mar 1, 2026, 9:00:00 AM' },
      },
      resources: [{ ARN: arn }],
    });
    expect(granted?.detail).toMatchObject({
      requestParameters: { constraints: { encryptionContextSubset: { Department: 'It' } } },
    });
    expect(granted?.detail.responseElements).toEqual({ grantId: GrantId, keyId: arn });
  });

  it('tell of a replica in both regions', async () => {
    KeyId = await newKey(home, { MultiRegion: true });
    await home.kms.ReplicateKey({ KeyId, ReplicaRegion: AWAY });
    await home.kms.UpdatePrimaryRegion({ KeyId, PrimaryRegion: AWAY }).catch(() => {});
    await cloud.clock.advance(10_000);
    await home.kms.UpdatePrimaryRegion({ KeyId, PrimaryRegion: AWAY });
    await calls();
    expect(heard.map(({ region, detail }) => [region, detail.eventName])).toEqual([
      [HOME, 'CreateKey'],
      [HOME, 'ReplicateKey'],
      [AWAY, 'CreateKey'],
      // While the replica was being made, refused, and then.
      [HOME, 'UpdatePrimaryRegion'],
      [HOME, 'UpdatePrimaryRegion'],
    ]);
    expect(heard.map(({ detail }) => detail.errorCode)).toEqual([
      undefined,
      undefined,
      undefined,
      'KMSInvalidStateException',
      undefined,
    ]);
    expect(heard[2]?.detail.resources).toMatchObject([{ ARN: KeyId.replace(HOME, AWAY) }]);
  });

  it('tell of calls that were refused, and why', async () => {
    const before = (await home.kms.DescribeKey({ KeyId })).KeyMetadata?.KeyState;
    expect(await codeOf(home.kms.DisableKey({ KeyId: 'nothing' }))).toBe('NotFoundException');
    expect(await codeOf(home.kms.CancelKeyDeletion({ KeyId }))).toBe('KMSInvalidStateException');
    const { KeyMetadata: managed } = await home.kms.DescribeKey({ KeyId: 'alias/aws/rds' });
    expect(await codeOf(home.kms.ScheduleKeyDeletion({ KeyId: managed?.KeyId }))).toBe(
      'AccessDeniedException',
    );
    expect(await calls()).toEqual(['DisableKey', 'CancelKeyDeletion', 'ScheduleKeyDeletion']);
    expect(heard[0]?.detail).toMatchObject({
      errorCode: 'NotFoundException',
      errorMessage: "Invalid keyId 'nothing'",
      requestParameters: { keyId: 'nothing' },
      responseElements: null,
      resources: [],
      readOnly: false,
    });
    expect(heard[1]?.detail).toMatchObject({
      errorCode: 'KMSInvalidStateException',
      errorMessage: `${KeyId} is not pending deletion.`,
      requestParameters: { keyId: KeyId },
      responseElements: null,
      resources: [{ ARN: KeyId }],
    });
    expect(heard[2]?.detail).toMatchObject({ errorCode: 'AccessDenied', resources: [{ ARN: managed?.Arn }] });
    expect(new Set(heard.map(({ id }) => id)).size).toBe(3);
    expect((await home.kms.DescribeKey({ KeyId })).KeyMetadata?.KeyState).toBe(before);
  });

  it('say nothing of calls that were none, or that only looked', async () => {
    expect(await codeOf(home.kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 1 }))).toBe(
      'ValidationException',
    );
    expect(await codeOf(home.kms.DescribeKey({ KeyId: 'nothing' }))).toBe('NotFoundException');
    await home.kms.DescribeKey({ KeyId });
    await home.kms.GetKeyRotationStatus({ KeyId });
    await home.kms.ListKeyRotations({ KeyId });
    await home.kms.ListGrants({ KeyId });
    await home.kms.ListResourceTags({ KeyId });
    await home.kms.ListAliases({});
    await home.kms.ListKeys({});
    await cloud.clock.advance(DAY);
    expect(heard).toEqual([]);
  });
});

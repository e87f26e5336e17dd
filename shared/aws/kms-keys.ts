import {
  type AliasListEntry,
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  type GetKeyRotationStatusResponse,
  type KeyMetadata,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  RotateKeyOnDemandCommand,
  type RotationsListEntry,
  type Tag,
} from '@aws-sdk/client-kms';
import { type Key, type KeyState, type Rotation, regionOf } from '../domain/key';
import { Refusal } from '../domain/refusal';
import type { Tags } from '../domain/tags';
import { DAY, type Duration } from '../domain/time';
import type { KeyRing } from '../ports/keys';
import type { Clients } from './clients';
import { calling, translate } from './errors';
import { everyPage } from './paging';

/** KMS's largest pages, in items: of tags it gives no more than 50. */
const ALIASES = 100;
const ROTATIONS = 1_000;
const TAGS = 50;

/** Keys are named by id in each call, not by ARN: a client is of one region, and emulators know ids everywhere. */
export class KmsKeys implements KeyRing {
  /** @param pauses in milliseconds, between tries to enable a key whose deletion was canceled a moment ago */
  constructor(
    private readonly clients: Clients,
    private readonly pauses: readonly number[] = [1_000, 3_000],
  ) {}

  async find(region: string, key: string): Promise<Key | null> {
    try {
      const { KeyMetadata } = await this.clients.kms(region).send(new DescribeKeyCommand({ KeyId: key }));
      return KeyMetadata === undefined ? null : described(KeyMetadata, region);
    } catch (error) {
      const refusal = translate(error, `describe key ${key} in ${region}`);
      if (refusal.kind === 'gone') return null;
      throw refusal;
    }
  }

  async aliases(region: string): Promise<ReadonlyMap<string, string>> {
    const found = await calling(`list key aliases in ${region}`, () =>
      everyPage<AliasListEntry>(async (Marker) => {
        const page = await this.clients.kms(region).send(new ListAliasesCommand({ Limit: ALIASES, Marker }));
        return { items: page.Aliases, marker: page.NextMarker };
      }),
    );
    // Those that AWS reserves for services the account has never used lead to no key yet.
    return new Map(
      found.flatMap(({ AliasName, TargetKeyId }) =>
        AliasName === undefined || TargetKeyId === undefined ? [] : [[AliasName, TargetKeyId] as const],
      ),
    );
  }

  async tags({ id, arn, region }: Key): Promise<Tags> {
    const found = await calling(`read the tags of key ${arn}`, () =>
      everyPage<Tag>(async (Marker) => {
        const page = await this.clients
          .kms(region)
          .send(new ListResourceTagsCommand({ KeyId: id, Limit: TAGS, Marker }));
        return { items: page.Tags, marker: page.NextMarker };
      }),
    );
    return Object.fromEntries(found.map(({ TagKey, TagValue }) => [TagKey ?? '', TagValue ?? '']));
  }

  async rotation({ id, arn, region }: Key): Promise<Rotation | null> {
    const kms = this.clients.kms(region);
    const doing = `read the rotation of key ${arn}`;
    let status: GetKeyRotationStatusResponse;
    try {
      status = await kms.send(new GetKeyRotationStatusCommand({ KeyId: id }));
    } catch (error) {
      const refusal = translate(error, doing);
      // KMS's answer for the keys of a custom key store, and as some report, for imported material.
      if (refusal.kind === 'unsupported') return null;
      throw refusal;
    }
    return calling(doing, async () => {
      const done = await everyPage<RotationsListEntry>(async (Marker) => {
        const page = await kms.send(new ListKeyRotationsCommand({ KeyId: id, Limit: ROTATIONS, Marker }));
        return { items: page.Rotations, marker: page.NextMarker };
      });
      const automatic = status.KeyRotationEnabled === true;
      return {
        automatic,
        period: automatic ? (status.RotationPeriodInDays ?? 365) * DAY : null,
        next: automatic ? (status.NextRotationDate?.getTime() ?? null) : null,
        underWay: status.OnDemandRotationStartDate?.getTime() ?? null,
        // The first material, and imported material that waits for its turn, have no date: nothing was rotated yet.
        done: done.flatMap(({ RotationDate, RotationType }) =>
          RotationDate === undefined
            ? []
            : [{ at: RotationDate.getTime(), onDemand: RotationType === 'ON_DEMAND' }],
        ),
      };
    });
  }

  async setRotation({ id, arn, region }: Key, every: Duration): Promise<void> {
    await calling(`rotate key ${arn} every ${every / DAY} days`, () =>
      this.clients
        .kms(region)
        .send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: every / DAY })),
    );
  }

  async rotate({ id, arn, region }: Key): Promise<void> {
    await calling(`rotate key ${arn} on demand`, () =>
      this.clients.kms(region).send(new RotateKeyOnDemandCommand({ KeyId: id })),
    );
  }

  async cancelDeletion({ id, arn, region }: Key): Promise<void> {
    await calling(`cancel the deletion of key ${arn}`, () =>
      this.clients.kms(region).send(new CancelKeyDeletionCommand({ KeyId: id })),
    );
  }

  async enable({ id, arn, region }: Key): Promise<void> {
    const enable = () =>
      calling(`enable key ${arn}`, () => this.clients.kms(region).send(new EnableKeyCommand({ KeyId: id })));
    // KMS is eventually consistent (Developer Guide): for a moment the key may still count as pending deletion there.
    for (const pause of this.pauses) {
      try {
        return void (await enable());
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'key') throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    await enable();
  }
}

function described(metadata: KeyMetadata, region: string): Key {
  const primary = metadata.MultiRegionConfiguration?.PrimaryKey;
  const arn = metadata.Arn ?? '';
  return {
    arn,
    id: metadata.KeyId ?? '',
    region: regionOf(arn) ?? region,
    manager: metadata.KeyManager === 'AWS' ? 'aws' : 'customer',
    state: stateOf(metadata),
    symmetric: (metadata.KeySpec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT',
    origin: originOf(metadata),
    created: metadata.CreationDate?.getTime() ?? null,
    deletion: metadata.DeletionDate?.getTime() ?? null,
    window:
      metadata.PendingDeletionWindowInDays === undefined ? null : metadata.PendingDeletionWindowInDays * DAY,
    primary:
      metadata.MultiRegion === true && primary?.Arn !== undefined
        ? { arn: primary.Arn, region: primary.Region ?? regionOf(primary.Arn) ?? region }
        : null,
  };
}

function originOf({ Origin }: KeyMetadata): Key['origin'] {
  if (Origin === undefined || Origin === 'AWS_KMS') return 'kms';
  return Origin === 'EXTERNAL' ? 'imported' : 'key-store';
}

function stateOf({ KeyState, Enabled }: KeyMetadata): KeyState {
  switch (KeyState) {
    case 'Enabled':
    // While its primary changes, a key goes on encrypting and decrypting (KMS guide: key states).
    case 'Updating':
      return 'enabled';
    case 'Disabled':
      return 'disabled';
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      return 'pending-deletion';
    case undefined:
      return Enabled === true ? 'enabled' : 'unavailable';
    default:
      return 'unavailable';
  }
}

import { DescribeKeyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import type { Key } from '../domain/key';
import type { Keys } from '../ports/keys';
import type { Clients } from './clients';
import { translate } from './errors';

export class KmsKeys implements Keys {
  constructor(private readonly clients: Clients) {}

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
}

function described(metadata: KeyMetadata, region: string): Key {
  return {
    arn: metadata.Arn ?? '',
    region,
    manager: metadata.KeyManager === 'AWS' ? 'aws' : 'customer',
    state: stateOf(metadata),
    symmetric: (metadata.KeySpec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT',
  };
}

function stateOf({ KeyState, Enabled }: KeyMetadata): Key['state'] {
  switch (KeyState) {
    case 'Enabled':
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

import { CustomerMasterKeySpec, type KeyMetadata, type MultiRegionConfiguration } from '@aws-sdk/client-kms';
import { algorithmsOf } from './algorithms';
import { isPrimary, type KmsKey, primaryOf } from './key';

/** The old name of KeySpec, which KMS goes on telling; specs that came after it are not among its values. */
function oldSpec(spec: string): CustomerMasterKeySpec | undefined {
  return Object.values(CustomerMasterKeySpec).find((one) => one === spec);
}

export function metadataOf(key: KmsKey): KeyMetadata {
  const { set, deletion } = key;
  const material = set.materials.at(-1);
  return {
    AWSAccountId: key.place.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.created),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: set.usage,
    KeyState: key.state,
    Origin: set.origin,
    KeyManager: key.manager,
    KeySpec: set.spec,
    CustomerMasterKeySpec: oldSpec(set.spec),
    ...algorithmsOf(set),
    ...(set.customKeyStore !== null && { CustomKeyStoreId: set.customKeyStore }),
    ...(set.origin === 'EXTERNAL' && key.hasMaterial && { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
    MultiRegion: set.multiRegion,
    ...(set.multiRegion && { MultiRegionConfiguration: configurationOf(key) }),
    ...(key.hasMaterial && material !== undefined && { CurrentKeyMaterialId: material.id }),
    // KMS tells the date or, while there is none yet, the length of the waiting: never both.
    ...(deletion !== null &&
      (deletion.at === null
        ? { PendingDeletionWindowInDays: deletion.days }
        : { DeletionDate: new Date(deletion.at) })),
  };
}

function configurationOf(key: KmsKey): MultiRegionConfiguration {
  const primary = primaryOf(key.set);
  const replicas = [...key.set.members.values()]
    .filter((member) => member !== primary)
    .sort((a, b) => (a.place.region < b.place.region ? -1 : 1));
  const name = ({ arn, place }: KmsKey) => ({ Arn: arn, Region: place.region });
  return {
    MultiRegionKeyType: isPrimary(key) ? 'PRIMARY' : 'REPLICA',
    ...(primary !== null && { PrimaryKey: name(primary) }),
    ReplicaKeys: replicas.map(name),
  };
}

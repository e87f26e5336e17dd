import type { CreateKeyRequest, CreateKeyResponse, KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import { invalid } from './asking';
import type { KeyStore } from './keys';
import { metadataOf } from './metadata';
import type { NewKey } from './new-key';
import { readTags } from './tags';

/** What keys of a spec may be for (KMS: CreateKey, KeyUsage); the first spec that fits has the say. */
const USAGES: readonly (readonly [RegExp, readonly KeyUsageType[]])[] = [
  [/^SYMMETRIC_DEFAULT$/, ['ENCRYPT_DECRYPT']],
  [/^HMAC_(224|256|384|512)$/, ['GENERATE_VERIFY_MAC']],
  [/^RSA_(2048|3072|4096)$/, ['ENCRYPT_DECRYPT', 'SIGN_VERIFY']],
  [/^ECC_NIST_P(256|384|521)$/, ['SIGN_VERIFY', 'KEY_AGREEMENT']],
  [/^(ECC_NIST_EDWARDS25519|ECC_SECG_P256K1|ML_DSA_(44|65|87))$/, ['SIGN_VERIFY']],
  [/^ML_KEM_(512|768|1024)$/, ['ENCAPSULATE_DECAPSULATE']],
];

function usageOf(spec: KeySpec, asked: KeyUsageType | undefined): KeyUsageType {
  const usages = USAGES.find(([specs]) => specs.test(spec))?.[1];
  if (usages === undefined) throw invalid(`There is no key spec ${spec} here.`);
  const usage = asked ?? (spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : undefined);
  if (usage === undefined) {
    throw invalid('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  }
  if (usages.includes(usage)) return usage;
  throw invalid(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
}

/** Custom key stores are not kept here: any id names one that is connected. */
function sourceOf(input: CreateKeyRequest, spec: KeySpec): Pick<NewKey, 'origin' | 'customKeyStore'> {
  const { Origin: origin = 'AWS_KMS', CustomKeyStoreId: store, XksKeyId: external } = input;
  const custom = origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE';
  if (custom !== (store !== undefined)) {
    throw invalid(`Origin ${origin} ${custom ? 'needs a' : 'takes no'} CustomKeyStoreId.`);
  }
  if ((origin === 'EXTERNAL_KEY_STORE') !== (external !== undefined)) {
    throw invalid('XksKeyId goes with the Origin EXTERNAL_KEY_STORE, and with no other.');
  }
  if (custom && (spec !== 'SYMMETRIC_DEFAULT' || input.MultiRegion === true)) {
    throw new WireError(
      'UnsupportedOperationException',
      'A custom key store holds symmetric encryption keys of a single Region only.',
    );
  }
  return { origin, customKeyStore: store ?? null };
}

export function createKey(store: KeyStore, input: CreateKeyRequest): CreateKeyResponse {
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  const key = store.create({
    spec,
    usage: usageOf(spec, input.KeyUsage),
    ...sourceOf(input, spec),
    multiRegion: input.MultiRegion === true,
    description: input.Description ?? '',
    tags: readTags(input.Tags),
  });
  return { KeyMetadata: metadataOf(key) };
}

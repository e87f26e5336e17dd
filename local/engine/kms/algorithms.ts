import type { GrantOperation, KeyMetadata } from '@aws-sdk/client-kms';
import type { KeySet } from './key';

type Algorithms = Pick<KeyMetadata, 'EncryptionAlgorithms' | 'SigningAlgorithms' | 'MacAlgorithms'>;

/** What KMS does with keys of a spec and usage, by its names (KMS: Key spec reference); of other specs it is not told here. */
const ALGORITHMS: readonly (readonly [RegExp, Algorithms])[] = [
  [/^SYMMETRIC_DEFAULT /, { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }],
  [/^RSA_\d+ ENCRYPT_DECRYPT$/, { EncryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] }],
  [
    /^RSA_\d+ SIGN_VERIFY$/,
    {
      SigningAlgorithms: [
        'RSASSA_PKCS1_V1_5_SHA_256',
        'RSASSA_PKCS1_V1_5_SHA_384',
        'RSASSA_PKCS1_V1_5_SHA_512',
        'RSASSA_PSS_SHA_256',
        'RSASSA_PSS_SHA_384',
        'RSASSA_PSS_SHA_512',
      ],
    },
  ],
  [/^(ECC_NIST_P256|ECC_SECG_P256K1) SIGN_VERIFY$/, { SigningAlgorithms: ['ECDSA_SHA_256'] }],
  [/^ECC_NIST_P384 SIGN_VERIFY$/, { SigningAlgorithms: ['ECDSA_SHA_384'] }],
  [/^ECC_NIST_P521 SIGN_VERIFY$/, { SigningAlgorithms: ['ECDSA_SHA_512'] }],
  [/^HMAC_224 /, { MacAlgorithms: ['HMAC_SHA_224'] }],
  [/^HMAC_256 /, { MacAlgorithms: ['HMAC_SHA_256'] }],
  [/^HMAC_384 /, { MacAlgorithms: ['HMAC_SHA_384'] }],
  [/^HMAC_512 /, { MacAlgorithms: ['HMAC_SHA_512'] }],
];

export function algorithmsOf({ spec, usage }: KeySet): Algorithms {
  return ALGORITHMS.find(([kind]) => kind.test(`${spec} ${usage}`))?.[1] ?? {};
}

const ALWAYS: readonly GrantOperation[] = ['CreateGrant', 'DescribeKey', 'RetireGrant'];

/** What a grant can permit beside that, by the kind of its key (KMS: Grant operations); the first kind has the say. */
const GRANTABLE: readonly (readonly [RegExp, readonly GrantOperation[]])[] = [
  [
    /^SYMMETRIC_DEFAULT /,
    [
      'Decrypt',
      'Encrypt',
      'GenerateDataKey',
      'GenerateDataKeyPair',
      'GenerateDataKeyPairWithoutPlaintext',
      'GenerateDataKeyWithoutPlaintext',
      'ReEncryptFrom',
      'ReEncryptTo',
    ],
  ],
  [/ ENCRYPT_DECRYPT$/, ['Decrypt', 'Encrypt', 'GetPublicKey', 'ReEncryptFrom', 'ReEncryptTo']],
  [/ SIGN_VERIFY$/, ['GetPublicKey', 'Sign', 'Verify']],
  [/ GENERATE_VERIFY_MAC$/, ['GenerateMac', 'VerifyMac']],
  [/ KEY_AGREEMENT$/, ['DeriveSharedSecret', 'GetPublicKey']],
  [/ ENCAPSULATE_DECAPSULATE$/, ['GetPublicKey']],
];

/** Those of the operations that no grant on the key can permit. */
export function notGrantable(
  { spec, usage }: KeySet,
  operations: readonly GrantOperation[],
): GrantOperation[] {
  const kind = GRANTABLE.find(([kinds]) => kinds.test(`${spec} ${usage}`))?.[1] ?? [];
  return operations.filter((one) => !ALWAYS.includes(one) && !kind.includes(one));
}

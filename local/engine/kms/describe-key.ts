import type {
  DescribeKeyRequest,
  DescribeKeyResponse,
  ListKeysRequest,
  ListKeysResponse,
} from '@aws-sdk/client-kms';
import { invalid, listed, more, notFound } from './asking';
import type { KeyStore } from './keys';
import { metadataOf } from './metadata';

export function describeKey(store: KeyStore, { KeyId = '' }: DescribeKeyRequest): DescribeKeyResponse {
  if (KeyId === '') throw invalid('KeyId must not be empty.');
  const key = store.ask(KeyId);
  if (key === null) throw notFound(store, KeyId);
  return { KeyMetadata: metadataOf(key) };
}

export function listKeys(store: KeyStore, input: ListKeysRequest): ListKeysResponse {
  const entries = [...store.keys.values()].map(({ id, arn }) => [id, { KeyId: id, KeyArn: arn }] as const);
  const page = listed(entries, input, 100, 1_000);
  return { Keys: page.items, ...more(page) };
}

import type {
  ListResourceTagsRequest,
  ListResourceTagsResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import { listed, more, named, notDying, own } from './asking';
import type { KeyStore } from './keys';

/** Per key (KMS: Resource quotas). */
const MOST_TAGS = 50;

export function readTags(tags: readonly Tag[] | undefined): Map<string, string> {
  const read = new Map(
    (tags ?? []).map(({ TagKey = '', TagValue = '' }) => {
      if (TagKey === '' || TagKey.startsWith('aws:')) {
        throw new WireError('TagException', `"${TagKey}" cannot be the key of a tag.`);
      }
      return [TagKey, TagValue];
    }),
  );
  if (read.size < (tags ?? []).length) throw new WireError('TagException', 'Duplicate tag keys');
  return few(read);
}

function few(tags: Map<string, string>): Map<string, string> {
  if (tags.size <= MOST_TAGS) return tags;
  throw new WireError('LimitExceededException', `A key takes ${MOST_TAGS} tags at most, not ${tags.size}.`);
}

export function tagResource(store: KeyStore, { KeyId, Tags }: TagResourceRequest): Record<string, never> {
  const key = own(store, KeyId);
  notDying(key);
  const added = readTags(Tags);
  few(new Map([...key.tags, ...added]));
  for (const [name, value] of added) key.tags.set(name, value);
  return {};
}

/** A tag that is not there is no error. */
export function untagResource(
  store: KeyStore,
  { KeyId, TagKeys }: UntagResourceRequest,
): Record<string, never> {
  const key = own(store, KeyId);
  notDying(key);
  for (const name of TagKeys ?? []) key.tags.delete(name);
  return {};
}

export function listResourceTags(store: KeyStore, input: ListResourceTagsRequest): ListResourceTagsResponse {
  const { tags } = named(store, input.KeyId);
  const entries = [...tags].map(([TagKey, TagValue]) => [TagKey, { TagKey, TagValue }] as const);
  const page = listed(entries, input, 50, 50);
  return { Tags: page.items, ...more(page) };
}
